// Presenting: the whole screen, frame by frame, others following if they wish.
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useDesk, type Desk } from "./desk";
import type { AnyElement } from "./elements";
import { Icon } from "./parts";
import { framesToPresent } from "./reading";
import { useStore } from "./store";
import { settled } from "./timing";

const STEPS: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 };

/** What lies around a frame, in pixels; below it, our bar. */
const AROUND = { top: 24, right: 24, bottom: 88, left: 24 };
/** Milliseconds after which Excalidraw knows its new size. */
const MEASURED_AFTER = 150;

function lookAt(desk: Desk, frame: AnyElement, isAnimated: boolean): void {
  desk.canvas?.api.scrollToContent([frame], { fitToViewport: true, viewportZoomFactor: 1, canvasOffsets: AROUND, animate: isAnimated, duration: 250 });
}

export function Presenting(): ReactNode {
  const desk = useDesk();
  const { present: words } = desk.words;
  const { presented } = useStore(desk.shown);
  const { revision } = useStore(desk.scene);
  const [hasLaser, setLaser] = useState(false);
  const api = desk.canvas?.api;
  const isPresenting = presented !== null;
  // Frames are read again as the board changes: someone may add one meanwhile.
  const frames = isPresenting && api ? framesToPresent(api.getSceneElements()) : [];
  const at = presented === null || !frames.length ? -1 : Math.min(Math.max(presented, 0), frames.length - 1);
  const frame = frames[at];
  const name = frame ? (frame.name ?? words.untitled(at + 1)) : "";

  const shown = useRef(frame);
  shown.current = frame;

  useEffect(() => {
    if (!frame) return;
    lookAt(desk, frame, !matchMedia("(prefers-reduced-motion: reduce)").matches);
    desk.say(words.at(name, at + 1, frames.length));
    // Only the frame that is gone to: what is drawn in it meanwhile moves nothing.
  }, [desk, frame?.id]);

  // The canvas takes the whole screen a moment after one begins; a projector is plugged in, a phone is turned.
  useEffect(() => {
    const place = document.querySelector(".board__canvas");
    if (!isPresenting || !place) return undefined;
    const again = settled(() => {
      if (shown.current) lookAt(desk, shown.current, false);
    }, MEASURED_AFTER);
    const observer = new ResizeObserver(again);
    observer.observe(place);
    return () => {
      observer.disconnect();
      again.cancel();
    };
  }, [desk, isPresenting]);

  useEffect(() => {
    if (!isPresenting) return undefined;
    const last = frames.length - 1;
    const onKey = (event: KeyboardEvent): void => {
      const isButton = event.target instanceof HTMLButtonElement && (event.key === " " || event.key === "Enter");
      const to = event.key === "Home" ? 0 : event.key === "End" ? last : at + (STEPS[event.key] ?? 0);
      if (event.key === "Escape") desk.stopPresenting();
      else if (isButton || event.altKey || event.ctrlKey || event.metaKey || (to === at && !(event.key in STEPS))) return;
      else if (frames.length) desk.shown.set({ presented: Math.min(Math.max(to, 0), last) });
      event.preventDefault();
      event.stopPropagation();
    };
    // Leaving the whole screen with the browser's own key is leaving.
    const onScreen = (): void => {
      if (!document.fullscreenElement) desk.stopPresenting();
    };
    document.addEventListener("keydown", onKey, true);
    document.addEventListener("fullscreenchange", onScreen);
    return () => {
      document.removeEventListener("keydown", onKey, true);
      document.removeEventListener("fullscreenchange", onScreen);
    };
  }, [desk, isPresenting, at, frames.length, revision]);

  useEffect(() => {
    if (!isPresenting) return;
    api?.setActiveTool({ type: hasLaser ? "laser" : "selection" });
  }, [api, isPresenting, hasLaser]);

  // Our bar goes with the presentation, and focus with it: it comes back to where one began.
  const wasPresenting = useRef(false);
  useEffect(() => {
    if (!isPresenting && wasPresenting.current && document.activeElement === document.body) {
      const buttons = document.querySelectorAll<HTMLElement>(".board-bar__present, .board-bar__tools > .board-menu:last-of-type > button");
      [...buttons].find((one) => one.checkVisibility())?.focus();
    }
    wasPresenting.current = isPresenting;
  }, [isPresenting]);

  if (!isPresenting) return null;
  return (
    <>
      <h1 className="visually-hidden" lang={desk.titleLanguage}>{desk.page.title}</h1>
      <div className="presenting" role="toolbar" aria-label={words.bar}>
        {frames.length ? (
          <>
            <button type="button" className="button button--icon" title={words.previous} disabled={at <= 0} onClick={() => desk.shown.set({ presented: at - 1 })}>
              <Icon name="chevron-left" /><span className="visually-hidden">{words.previous}</span>
            </button>
            <span className="presenting__at">
              <span className="tabular presenting__counter">{words.counter(at + 1, frames.length)}</span>
              <span className="presenting__name">{name}</span>
            </span>
            <button type="button" className="button button--icon" title={words.next} disabled={at >= frames.length - 1} onClick={() => desk.shown.set({ presented: at + 1 })}>
              <Icon name="chevron-right" /><span className="visually-hidden">{words.next}</span>
            </button>
          </>
        ) : (
          <span className="presenting__name">{words.noFrames}</span>
        )}
        <button type="button" className="button button--icon" aria-pressed={hasLaser} title={words.laser} onClick={() => setLaser(!hasLaser)}>
          <Icon name="flare" /><span className="visually-hidden">{words.laser}</span>
        </button>
        <button type="button" className="button" aria-label={words.stop} autoFocus onClick={() => desk.stopPresenting()}>
          <Icon name="x" />{words.stopShort}
        </button>
      </div>
    </>
  );
}
