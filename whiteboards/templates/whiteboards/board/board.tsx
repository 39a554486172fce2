// The board: our bar, Excalidraw, the list of its objects, and what is asked and said meanwhile.
import { CaptureUpdateAction, Excalidraw, MainMenu } from "@excalidraw/excalidraw";
import type { ExcalidrawProps } from "@excalidraw/excalidraw/dist/types/excalidraw/types";
import { Component, useEffect, useMemo, useRef, useSyncExternalStore, type DragEvent, type ReactNode, type RefObject } from "react";
import { Bar } from "./bar";
import { useDesk } from "./desk";
import { Dialogs } from "./dialogs";
import { FONT, type Api } from "./edits";
import type { AnyElement } from "./elements";
import { isBoardFile } from "./files";
import { News } from "./list/news";
import { ObjectList } from "./list/list";
import { safeLink } from "./links";
import { Icon } from "./parts";
import { Following } from "./people";
import { Presenting } from "./presenting";
import { Announcer, Left, Trouble } from "./status";
import { useStore } from "./store";

const UI: ExcalidrawProps["UIOptions"] = {
  canvasActions: {
    changeViewBackgroundColor: false,
    clearCanvas: false,
    export: false,
    loadScene: false,
    saveToActiveFile: false,
    toggleTheme: false,
    saveAsImage: false,
  },
};

/** What one draws with at first: plain lines and letters that everyone reads. */
const INITIAL: ExcalidrawProps["initialData"] = {
  appState: { currentItemFontFamily: FONT, currentItemRoughness: 0, currentItemFillStyle: "solid" },
};

const dark = matchMedia("(prefers-color-scheme: dark)");
/** Where there is room for the drawing or for the list, not for both. */
const narrow = matchMedia("(max-width: 47.99rem)");

function subscribeNarrow(listener: () => void): () => void {
  narrow.addEventListener("change", listener);
  return () => narrow.removeEventListener("change", listener);
}

/** The portal's theme, as it is now. */
function useTheme(): "light" | "dark" {
  const subscribe = useMemo(
    () => (listener: () => void) => {
      const watch = new MutationObserver(listener);
      watch.observe(document.documentElement, { attributeFilter: ["data-theme"] });
      dark.addEventListener("change", listener);
      return () => {
        watch.disconnect();
        dark.removeEventListener("change", listener);
      };
    },
    [],
  );
  return useSyncExternalStore(subscribe, () => {
    const { theme } = document.documentElement.dataset;
    return theme === "dark" || (theme !== "light" && dark.matches) ? "dark" : "light";
  });
}

function useCanvas(): ReactNode {
  const desk = useDesk();
  const theme = useTheme();
  const { mayWrite, refusal } = useStore(desk.connection.line);
  const { presented } = useStore(desk.shown);
  const { page } = desk;
  useEffect(() => {
    desk.presence.isDark = theme === "dark";
  }, [desk, theme]);
  const fixed = useMemo<Partial<ExcalidrawProps>>(
    () => ({
      excalidrawAPI: (api) => desk.attach(api as Api),
      initialData: INITIAL,
      langCode: page.language === "fr" ? "fr-FR" : "en",
      name: page.title,
      isCollaborating: true,
      validateEmbeddable: false,
      aiEnabled: false,
      UIOptions: UI,
      onChange: desk.changed,
      onPointerUpdate: ({ pointer, button }) => desk.presence.point(pointer, button),
      onScrollChange: () => desk.presence.looked(),
      generateIdForFile: (file) => desk.canvas?.images.send(file) ?? Promise.reject(new Error(desk.words.images.failed)),
      onLinkOpen: (element: AnyElement, event) => {
        event.preventDefault();
        const url = safeLink(element.link ?? "");
        const target = url?.searchParams.get("element");
        if (url?.pathname === location.pathname && target) desk.show([target]);
        else if (url) window.open(url.href, "_blank", "noopener,noreferrer");
      },
    }),
    [desk, page],
  );
  return (
    <Excalidraw
      {...fixed}
      theme={theme}
      viewModeEnabled={!mayWrite || refusal !== null || presented !== null}
      zenModeEnabled={presented !== null}
    >
      <MainMenu />
    </Excalidraw>
  );
}

/** Where the board covers the whole window (see `board.scss`), nobody comes by Tab to what lies under it. */
const covering = matchMedia("(max-width: 47.99rem), (max-height: 29.99rem)");

function subscribeCovering(listener: () => void): () => void {
  covering.addEventListener("change", listener);
  return () => covering.removeEventListener("change", listener);
}

function useCover(isPresenting: boolean): void {
  const isCovering = useSyncExternalStore(subscribeCovering, () => covering.matches) || isPresenting;
  useEffect(() => {
    for (const one of document.querySelectorAll<HTMLElement>("body > header, body > .skip-link")) one.inert = isCovering;
  }, [isCovering]);
}

/** Excalidraw learns of its new width after it has drawn itself, and then does not draw itself again: a phone that is
 * turned would keep the bars of how it was held before. */
function useItsWidth(): RefObject<HTMLElement | null> {
  const desk = useDesk();
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!place.current) return;
    let frame = 0;
    const observer = new ResizeObserver(() => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => desk.canvas?.api.updateScene({ appState: {}, captureUpdate: CaptureUpdateAction.NEVER }));
    });
    observer.observe(place.current);
    return () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
    };
  }, [desk]);
  return place;
}

export function Board(): ReactNode {
  const desk = useDesk();
  const place = useItsWidth();
  const { words } = desk;
  const { isListShown, presented } = useStore(desk.shown);
  const { isReady } = useStore(desk.scene);
  const { refusal, mayWrite } = useStore(desk.connection.line);
  const canvas = useCanvas();
  useCover(presented !== null);
  const isNarrow = useSyncExternalStore(subscribeNarrow, () => narrow.matches);
  const drop = (event: DragEvent): void => {
    const files = [...event.dataTransfer.files].filter(isBoardFile);
    if (!files.length || !mayWrite) return;
    event.preventDefault();
    // Excalidraw would put the file in the place of the board.
    event.stopPropagation();
    for (const file of files) void desk.import(file);
  };
  const classes = ["board", isListShown ? "board--list" : "", presented === null ? "" : "board--presenting"].join(" ");
  return (
    <div className={classes}>
      {presented === null ? <Bar /> : null}
      <div className="board__notes">
        <Trouble />
        <Left />
        <Following />
      </div>
      {refusal === "right" ? null : (
        <div className="board__work">
          <section ref={place} className="board__canvas" aria-label={words.canvas} aria-busy={!isReady} inert={isListShown && isNarrow} onDropCapture={drop}>
            {canvas}
            {isReady ? null : <p className="board__loading"><Icon name="refresh" />{words.loading}</p>}
          </section>
          {isListShown ? <ObjectList /> : null}
        </div>
      )}
      <Presenting />
      <Dialogs />
      <News />
      <Announcer />
    </div>
  );
}

/** What remains when the canvas fails: a sentence and a way out, never an empty page. */
export class Safe extends Component<{ text: string; reload: string; children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <div className="board__broken" role="alert">
        <p>{this.props.text}</p>
        <button type="button" className="button button--primary" onClick={() => location.reload()}>{this.props.reload}</button>
      </div>
    );
  }
}
