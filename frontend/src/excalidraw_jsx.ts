// What Excalidraw makes its elements with. A button that has only a tooltip has it for its name as well; and what clips its
// icons to their own frame, under one id for all of them, goes: they do not leave it.
import { Fragment, jsx as plain, jsxs as plains } from "react/jsx-runtime";

type Make = typeof plain;
type Props = Record<string, unknown>;

function mended(type: unknown, given: unknown): unknown {
  const props = given as Props;
  if (type === "button" && props.title && !props["aria-label"] && typeof props.children !== "string") {
    return { ...props, "aria-label": props.title };
  }
  if (type === "g" && props.clipPath === "url(#a)") return { ...props, clipPath: undefined };
  return props;
}

function made(make: Make): Make {
  return (type, props, key) => (type === "clipPath" && (props as Props).id === "a" ? plain(Fragment, {}) : make(type, mended(type, props) as typeof props, key));
}

export { Fragment };
export const jsx = made(plain);
export const jsxs = made(plains);
