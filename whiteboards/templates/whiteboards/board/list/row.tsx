// One object of the list: what it is, in words; opened, the form to change it.
import { memo, type ReactNode } from "react";
import { Icon } from "../parts";
import { nameOf } from "../colours";
import type { Item, Kind } from "../reading";
import type { Words } from "../words";
import type { Described } from "./model";

export const ICONS: Record<Kind, string> = {
  sticky: "note",
  text: "typography",
  rectangle: "rectangle",
  ellipse: "circle",
  diamond: "square-rotated",
  arrow: "arrow-narrow-right",
  line: "line",
  drawing: "scribble",
  image: "photo",
  frame: "frame",
};

interface Props {
  item: Item;
  described: Described;
  /** Whether Tab stops here: one row of all does, arrows go on from it. */
  isStop: boolean;
  isOpen: boolean;
  isSelected: boolean;
  onToggle: (id: string) => void;
  words: Words;
  children: ReactNode;
}

function RowOf({ item, described, isStop, isOpen, isSelected, onToggle, words, children }: Props): ReactNode {
  const { element, kind } = item;
  const isFilled = kind !== "frame" && nameOf(element.backgroundColor) !== null;
  const button = (
    <button
      type="button"
      className="object__open"
      data-object={item.id}
      tabIndex={isStop ? 0 : -1}
      aria-expanded={isOpen}
      onClick={() => onToggle(item.id)}
    >
      <span className={`object__mark${isFilled ? " object__mark--filled" : ""}`} style={isFilled ? { background: element.backgroundColor } : undefined}>
        <Icon name={ICONS[kind]} small />
      </span>
      <span className="object__main">
        <span className="object__line">
          <span className="object__kind">{described.kind}<span className="visually-hidden">{"\u00a0: "}</span></span>
          {described.text || !described.isNamed ? (
            <span className={`object__text${described.text ? "" : " soft"}`}>{described.text || words.list.noText}</span>
          ) : null}
        </span>
        <span className="visually-hidden">, </span>
        <span className="object__facts">{described.facts}</span>
        {isSelected ? <span className="visually-hidden">, {words.list.selected}</span> : null}
      </span>
      {element.locked ? <span className="object__lock"><Icon name="lock" small /></span> : null}
    </button>
  );
  const classes = `object${isOpen ? " object--open" : ""}${isSelected ? " object--selected" : ""}`;
  // A frame is a heading over what it holds.
  if (kind === "frame") {
    return (
      <div className={`${classes} object--frame`} data-row={item.id}>
        <h3 id={`objects-${item.id}`}>{button}</h3>
        {children}
      </div>
    );
  }
  return <li className={classes} data-row={item.id}>{button}{children}</li>;
}

function isSame(before: Props, now: Props): boolean {
  return (
    !now.isOpen &&
    !before.isOpen &&
    before.isStop === now.isStop &&
    before.isSelected === now.isSelected &&
    before.onToggle === now.onToggle &&
    before.words === now.words &&
    before.item.id === now.item.id &&
    before.item.kind === now.item.kind &&
    before.item.element.locked === now.item.element.locked &&
    before.item.element.backgroundColor === now.item.element.backgroundColor &&
    before.described.text === now.described.text &&
    before.described.facts === now.described.facts
  );
}

export const Row = memo(RowOf, isSame);
