// Whether what one does is saved, in words; and what is wrong with the line, with what to do about it.
import { useEffect, useRef, type ReactNode } from "react";
import type { Line } from "./connection";
import { useDesk } from "./desk";
import { Icon, Popup } from "./parts";
import { useStore } from "./store";

export type State = "opening" | "saved" | "saving" | "offline" | "readOnly";

export function stateOf(line: Line): State {
  if (line.refusal || line.link === "lost") return "offline";
  if (!line.isLoaded) return "opening";
  if (!line.mayWrite) return "readOnly";
  return line.isUnsaved ? "saving" : "saved";
}

const ICONS: Record<State, string> = {
  opening: "refresh",
  saved: "cloud-check",
  saving: "cloud-up",
  offline: "cloud-off",
  readOnly: "eye",
};

export function Status(): ReactNode {
  const desk = useDesk();
  const line = useStore(desk.connection.line);
  const { isViewOnly } = useStore(desk.shown);
  const kept = useStore(desk.keeping.state);
  const state = stateOf(line);
  const { words } = desk;
  const key = state === "readOnly" && isViewOnly ? "viewOnly" : state;
  // Only what is written is said to be kept.
  const isKept = kept.isAble && (kept.isKept || !line.isUnsaved);
  const help =
    state === "readOnly" && desk.reason ? desk.reason
    : state === "offline" && isKept ? words.kept.offline
    : state === "offline" && kept.trouble ? words.kept[kept.trouble]
    : words.stateHelp[key];
  // Read out is only what changes what one may count on: each stroke goes from saved to saving and back.
  const before = useRef<State>(state);
  useEffect(() => {
    const [was, is] = [before.current, state];
    if (is === was) return;
    if (is === "offline") desk.say(desk.keeping.state.value.isAble ? words.kept.isOffline : words.isOffline);
    else if (was === "offline" && is === "saving") return;
    else if (was === "offline" && is === "saved") desk.say(words.isBack);
    else if (is === "readOnly" && was !== "opening") desk.say(words.nowReadOnly);
    else if (was === "readOnly") desk.say(words.nowWritable);
    before.current = is;
  }, [desk, words, state]);
  // Who was told that what they do is kept hears when it no longer is.
  const trouble = state === "offline" ? kept.trouble : null;
  useEffect(() => {
    if (trouble) desk.tell(words.kept[trouble], true);
  }, [desk, words, trouble]);
  return (
    <Popup
      label={words.state[key]}
      className={`board-state board-state--${state}`}
      buttonClassName="board-state__button"
      button={<><Icon name={ICONS[state]} /><span className="board-state__text">{words.state[key]}</span></>}
    >
      <p className="board-state__help">{help}</p>
    </Popup>
  );
}

/** Sentences for screen readers. */
export function Announcer(): ReactNode {
  const desk = useDesk();
  const { sentences } = useStore(desk.said);
  // Each is added, none is changed: what is said while another one is being read waits for its turn.
  return (
    <div className="visually-hidden" role="status" aria-live="polite" aria-atomic="false">
      {sentences.map(({ text, key }) => <p key={key}>{text}</p>)}
    </div>
  );
}

/** Why the line is closed for good; and what could not be saved. */
export function Trouble(): ReactNode {
  const desk = useDesk();
  const line = useStore(desk.connection.line);
  const { isKept } = useStore(desk.keeping.state);
  const { words } = desk;
  const { refusal } = line;
  const isLost = line.isUnsaved && (refusal !== null || (!line.mayWrite && line.link === "open"));
  if (!refusal && !isLost) return null;
  const keep = (
    <button type="button" className="button button--small" onClick={() => void desk.export("file")}>
      <Icon name="download" small />{words.keepCopy}
    </button>
  );
  if (!refusal) {
    return (
      <div className="board-note board-note--alert" role="alert">
        <Icon name="alert-triangle" />
        <p>{isKept ? words.kept.notSent : words.notSent}</p>
        {keep}
      </div>
    );
  }
  const said = words.refusals[refusal];
  const lost = !isLost || refusal === "session" ? "" : isKept ? words.kept.notSent : words.notSent;
  const mayTryAgain = refusal === "session";
  const mustReload = refusal === "message" || refusal === "too_large";
  const signIn = `/sign-in/?next=${encodeURIComponent(location.pathname)}`;
  return (
    <div className={`board-note board-note--alert${refusal === "right" ? " board-note--whole" : ""}`} role="alert">
      <Icon name={refusal === "session" ? "lock" : "alert-triangle"} />
      <div className="board-note__text">
        <h2>{said.title}</h2>
        <p>{`${said.text} ${lost}`.trim()}</p>
      </div>
      <div className="button-row">
        {mayTryAgain ? <a className="button button--primary button--small" href={signIn} target="_blank" rel="noopener">{words.signIn}</a> : null}
        {mayTryAgain ? <button type="button" className="button button--small" onClick={() => desk.connection.retry()}>{words.retry}</button> : null}
        {mustReload ? <button type="button" className="button button--primary button--small" onClick={() => location.reload()}>{words.reload}</button> : null}
        {refusal === "right" || refusal === "gone" ? <a className="button button--primary button--small" href={desk.page.urls.boards}>{words.goToBoards}</a> : null}
        {refusal !== "right" && (refusal !== "session" || isLost) ? keep : null}
      </div>
    </div>
  );
}

/** What an earlier page kept in this browser, and could not be taken up: it is the person who decides. */
export function Left(): ReactNode {
  const desk = useDesk();
  const { left } = useStore(desk.keeping.state);
  const { refusal } = useStore(desk.connection.line);
  const { words } = desk;
  if (!left || refusal) return null;
  const discard = (): void => {
    if (confirm(words.kept.discardAsked)) void desk.keeping.discardLeft();
  };
  return (
    <div className="board-note board-note--alert" role="alert">
      <Icon name="cloud-off" />
      <p>{words.kept.left[left]}</p>
      <div className="button-row">
        <button type="button" className="button button--small" onClick={() => desk.exportLeft()}>
          <Icon name="download" small />{words.kept.download}
        </button>
        <button type="button" className="button button--small" onClick={discard}>{words.kept.discard}</button>
      </div>
    </div>
  );
}
