// Who is on the board, and whom one follows.
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useDesk } from "./desk";
import { Icon, Popup } from "./parts";
import { initialsOf, type Here } from "./presence";
import { useStore } from "./store";

const MOST_FACES = 3;

function Face({ one }: { one: Here }): ReactNode {
  return (
    <span className={`face${one.isPresenting ? " face--presents" : ""}`} style={{ background: one.colour }} aria-hidden="true">
      {initialsOf(one.person.name)}
    </span>
  );
}

export function People(): ReactNode {
  const desk = useDesk();
  const { people: words } = desk.words;
  const { here, followed } = useStore(desk.presence.people);
  const others = here.filter((one) => !one.isMe);
  const faces = here.length > MOST_FACES + 1 ? here.slice(0, MOST_FACES) : here;
  return (
    <Popup
      label={words.button(here.length)}
      name={words.button(here.length)}
      className="board-people"
      buttonClassName="board-people__button"
      button={
        <>
          <span className="board-people__faces" aria-hidden="true">
            {faces.map((one) => <Face key={one.person.id} one={one} />)}
            {here.length > faces.length ? <span className="face face--more" aria-hidden="true">+{here.length - faces.length}</span> : null}
          </span>
          <span className="board-people__count" aria-hidden="true"><Icon name="users" />{here.length}</span>
        </>
      }
    >
      <h2 className="board-menu__title">{words.title}</h2>
      <ul className="board-people__list">
        {here.map((one) => {
          const isFollowed = followed?.person.id === one.person.id;
          return (
            <li key={one.person.id} className="board-people__one">
              <Face one={one} />
              <span className="board-people__name">
                {one.person.name}
                {one.isMe ? <span className="soft"> ({words.you})</span> : null}
                {one.isPresenting ? <span className="board-people__presents">{words.presents}</span> : null}
              </span>
              {one.isMe ? null : (
                <button
                  type="button"
                  className="button button--small"
                  onClick={() => desk.follow(isFollowed ? null : one)}
                >
                  <Icon name={isFollowed ? "eye-off" : "eye"} small />
                  <span aria-hidden="true">{isFollowed ? words.stop : words.followHere}</span>
                  <span className="visually-hidden">{isFollowed ? words.unfollow(one.person.name) : words.follow(one.person.name)}</span>
                </button>
              )}
            </li>
          );
        })}
      </ul>
      {others.length ? null : <p className="soft board-people__alone">{words.alone}</p>}
    </Popup>
  );
}

/** Says whom one follows, and offers to follow who presents. */
export function Following(): ReactNode {
  const desk = useDesk();
  const { people: words } = desk.words;
  const { here, followed } = useStore(desk.presence.people);
  const { presented } = useStore(desk.shown);
  const [declined, setDeclined] = useState<readonly string[]>([]);
  const presenting = here.filter((one) => one.isPresenting && !one.isMe);
  const keys = presenting.map((one) => one.person.id).join(" ");
  // Who stops and begins again is offered again.
  useEffect(() => setDeclined((all) => all.filter((id) => keys.split(" ").includes(id))), [keys]);
  const offered = followed || presented !== null ? undefined : presenting.find((one) => !declined.includes(one.person.id));
  const said = useRef("");
  useEffect(() => {
    const text = offered ? words.offer(offered.person.name) : followed ? words.following(followed.person.name) : "";
    if (text && text !== said.current) desk.say(text);
    said.current = text;
  }, [desk, words, offered, followed]);
  useEffect(() => {
    if (!followed) return undefined;
    const stop = (event: KeyboardEvent): void => {
      if (event.key === "Escape") desk.follow(null);
    };
    document.addEventListener("keydown", stop);
    return () => document.removeEventListener("keydown", stop);
  }, [desk, followed]);
  if (followed) {
    return (
      <div className="board-note board-note--follow">
        <Icon name="eye" />
        <p>{words.following(followed.person.name)}</p>
        <button type="button" className="button button--small" onClick={() => desk.follow(null)}>
          {words.stop} <kbd>{desk.page.language === "fr" ? "Échap" : "Esc"}</kbd>
        </button>
      </div>
    );
  }
  if (!offered) return null;
  return (
    <div className="board-note board-note--follow">
      <Icon name="presentation" />
      <p>{words.offer(offered.person.name)}</p>
      <button type="button" className="button button--primary button--small" onClick={() => desk.follow(offered)}>{words.accept}</button>
      <button type="button" className="button button--small" onClick={() => setDeclined([...declined, offered.person.id])}>{words.decline}</button>
    </div>
  );
}
