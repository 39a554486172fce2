// An open object: its text, colour, link and place, in place. What is typed is kept as it is typed, and others' changes to
// the same text are shown beside it, never put over it.
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { STICKY_COLOURS } from "../colours";
import { useDesk } from "../desk";
import { fontIsReady, STEP } from "../edits";
import { safeLink } from "../links";
import { Icon } from "../parts";
import { nameOfItem, type Item } from "../reading";
import { Swatches } from "../swatches";
import { settled } from "../timing";
import type { Reading } from "./model";

const KEEP_AFTER = 400;
const WITH_TEXT = new Set(["sticky", "text", "rectangle", "ellipse", "diamond", "arrow"]);
const WITH_COLOUR = new Set(["sticky", "rectangle", "ellipse", "diamond"]);
const MOVES = [
  ["up", "arrow-up", 0, -STEP],
  ["down", "arrow-down", 0, STEP],
  ["left", "arrow-left", -STEP, 0],
  ["right", "arrow-right", STEP, 0],
] as const;

export function ItemForm({ item, reading, isWritable, onClose, onRemove, onSwap }: {
  item: Item;
  reading: Reading;
  isWritable: boolean;
  onClose: () => void;
  onRemove: () => void;
  onSwap: (side: -1 | 1) => void;
}): ReactNode {
  const desk = useDesk();
  const { words } = desk;
  const { edit } = words;
  const { element, kind, id } = item;
  const isFree = isWritable && !element.locked;
  const box = useRef<HTMLDivElement>(null);
  const frames = reading.sections.flatMap((section) => (section.frame ? [section.frame] : []));
  const named = nameOfItem(item, words);

  // Focus comes into what was opened, where one would begin to work.
  useEffect(() => {
    const first = box.current?.querySelector<HTMLElement>("textarea:not(:disabled), input[type=text]:not(:disabled), button:not(:disabled), a");
    first?.focus();
    if (first instanceof HTMLTextAreaElement) first.setSelectionRange(first.value.length, first.value.length);
    box.current?.scrollIntoView({ block: "nearest" });
  }, []);

  const keys = (event: KeyboardEvent): void => {
    if (event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey))) {
      event.preventDefault();
      event.stopPropagation();
      onClose();
    }
  };

  return (
    <div className="object-form" role="group" aria-label={edit.form(named)} ref={box} onKeyDown={keys}>
      {element.locked ? <p className="object-form__help"><Icon name="lock" small /> {edit.lockedHelp}</p> : null}
      {WITH_TEXT.has(kind) || kind === "frame" ? <TextField key={id} item={item} isDisabled={!isFree} /> : null}
      {WITH_COLOUR.has(kind) ? (
        <Swatches
          label={edit.colour}
          value={element.backgroundColor}
          choices={STICKY_COLOURS.map((colour) => ({ value: colour.value, name: words.colours[colour.name] }))}
          isDisabled={!isFree}
          onChange={(colour) => desk.canvas?.edits.setColour(id, colour)}
        />
      ) : null}
      {isFree ? (
        <fieldset className="object-form__moves">
          <legend className="field__label">{edit.move}</legend>
          <div className="button-row">
            {MOVES.map(([name, icon, dx, dy]) => (
              <button
                key={name}
                type="button"
                className="button button--icon"
                title={edit[name]}
                onClick={() => {
                  desk.canvas?.edits.move(id, dx, dy);
                  desk.sayPlace(id);
                }}
              >
                <Icon name={icon} /><span className="visually-hidden">{edit[name]}</span>
              </button>
            ))}
            {kind === "sticky" ? (
              <>
                <button type="button" className="button button--small" onClick={() => onSwap(-1)}>{edit.before}</button>
                <button type="button" className="button button--small" onClick={() => onSwap(1)}>{edit.after}</button>
              </>
            ) : null}
          </div>
        </fieldset>
      ) : null}
      {isFree && kind !== "frame" && frames.length ? (
        <div className="object-form__field">
          <label className="field__label" htmlFor={`frame-${id}`}>{edit.frame}</label>
          <select
            className="control"
            id={`frame-${id}`}
            value={element.frameId ?? ""}
            onChange={(event) => {
              const frame = event.target.value || null;
              desk.canvas?.edits.intoFrame(id, frame);
              desk.say(frame ? edit.inFrame(nameOfItem(reading.items.get(frame), words)) : edit.outOfFrame);
            }}
          >
            <option value="">{edit.noFrame}</option>
            {frames.map((frame) => <option key={frame.id} value={frame.id}>{frame.text || words.list.untitledFrame}</option>)}
          </select>
        </div>
      ) : null}
      {kind === "frame" ? null : <LinkField key={`link-${id}`} item={item} isDisabled={!isFree} />}
      <div className="button-row object-form__acts">
        <button type="button" className="button button--primary button--small" onClick={onClose}>{edit.done}</button>
        {isWritable ? (
          <button
            type="button"
            className="button button--small"
            aria-pressed={element.locked}
            onClick={() => {
              desk.canvas?.edits.setLocked([id], !element.locked);
              desk.say(element.locked ? edit.nowUnlocked : edit.nowLocked);
            }}
          >
            <Icon name={element.locked ? "lock-open" : "lock"} small />{element.locked ? edit.unlock : edit.lock}
          </button>
        ) : null}
        <button type="button" className="button button--small object-form__show" onClick={() => desk.showOnCanvas(id)}>
          <Icon name="eye" small />{edit.showOnBoard}
        </button>
        {isFree ? (
          <button type="button" className="button button--danger button--small" onClick={onRemove}>
            <Icon name="trash" small />{kind === "frame" ? edit.removeFrame : edit.remove}
          </button>
        ) : null}
      </div>
    </div>
  );
}

function rawTextOf(item: Item): string {
  const { element, label } = item;
  if (element.type === "frame") return element.name ?? "";
  if (element.type === "text") return element.originalText ?? element.text;
  return label ? (label.originalText ?? label.text) : "";
}

function TextField({ item, isDisabled }: { item: Item; isDisabled: boolean }): ReactNode {
  const desk = useDesk();
  const { edit } = desk.words;
  const { id, kind } = item;
  const theirs = rawTextOf(item);
  const [draft, setDraft] = useState(theirs);
  /** What the board had when one last wrote or read: what differs from it came from someone else. */
  const base = useRef(theirs);
  const now = useRef(draft);
  now.current = draft;
  const [clash, setClash] = useState<string | null>(null);

  const keep = useCallback(async (): Promise<void> => {
    const text = now.current;
    if (text === base.current) return;
    await fontIsReady(text);
    base.current = text;
    desk.canvas?.edits.setText(id, text);
  }, [desk, id]);
  const later = useMemo(() => settled(() => void keep(), KEEP_AFTER), [keep]);
  useEffect(() => () => later.flush(), [later]);

  useEffect(() => {
    if (theirs === base.current) return;
    // Nothing was typed that they do not have: theirs is simply the text. Otherwise mine stays, and theirs is shown.
    if (now.current === base.current || now.current === theirs) setDraft(theirs);
    else {
      later.cancel();
      setClash(theirs);
    }
    base.current = theirs;
  }, [theirs, later]);

  const author = desk.canvas?.binding.authorOf(item.label?.id ?? id)?.name ?? edit.someone;
  const isName = kind === "frame";
  const change = (text: string): void => {
    setDraft(text);
    if (clash === null) later();
  };
  return (
    <div className="object-form__field">
      <label className="field__label" htmlFor={`text-${id}`}>{isName ? edit.name : edit.text}</label>
      {isName ? (
        <input className="control" type="text" id={`text-${id}`} value={draft} disabled={isDisabled} onChange={(event) => change(event.target.value)} />
      ) : (
        <textarea className="control" id={`text-${id}`} rows={3} value={draft} disabled={isDisabled} onChange={(event) => change(event.target.value)} />
      )}
      {clash === null ? null : (
        <div className="object-form__clash" role="alert">
          <p>{edit.theirs(author)}</p>
          <blockquote>{clash}</blockquote>
          <div className="button-row">
            <button
              type="button"
              className="button button--small"
              onClick={() => {
                setDraft(clash);
                base.current = clash;
                setClash(null);
              }}
            >
              {edit.takeTheirs}
            </button>
            <button
              type="button"
              className="button button--small"
              onClick={() => {
                setClash(null);
                void keep();
              }}
            >
              {edit.keepMine}
            </button>
          </div>
        </div>
      )}
    </div>
  );
}

function LinkField({ item, isDisabled }: { item: Item; isDisabled: boolean }): ReactNode {
  const desk = useDesk();
  const { edit } = desk.words;
  const { id, element } = item;
  const [draft, setDraft] = useState(element.link ?? "");
  const [isBad, setBad] = useState(false);
  const before = useRef(element.link ?? "");
  useEffect(() => {
    const link = element.link ?? "";
    if (link === before.current) return;
    setDraft((typed) => (typed === before.current ? link : typed));
    before.current = link;
  }, [element.link]);
  const keep = (): void => {
    const typed = draft.trim();
    if (typed === before.current) return;
    const address = !typed || /^(?:[a-z][a-z0-9+.-]*:|\/)/i.test(typed) ? typed : `https://${typed}`;
    if (address && !safeLink(address)) {
      setBad(true);
      return;
    }
    setBad(false);
    setDraft(address);
    before.current = address;
    desk.canvas?.edits.setLink(id, address || null);
  };
  const url = element.link ? safeLink(element.link) : null;
  return (
    <div className="object-form__field">
      <label className="field__label" htmlFor={`link-${id}`}>{edit.link}</label>
      <div className="object-form__line">
        <input
          className="control"
          type="text"
          inputMode="url"
          id={`link-${id}`}
          value={draft}
          disabled={isDisabled}
          placeholder="https://"
          aria-invalid={isBad || undefined}
          aria-describedby={isBad ? `link-bad-${id}` : undefined}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={keep}
          onKeyDown={(event) => {
            if (event.key === "Enter") keep();
          }}
        />
        {url ? (
          <a className="button button--icon" href={url.href} target="_blank" rel="noopener noreferrer" title={edit.openLink}>
            <Icon name="external-link" /><span className="visually-hidden">{edit.openLink}</span>
          </a>
        ) : null}
      </div>
      {isBad ? <p className="field__error" id={`link-bad-${id}`} role="alert">{edit.linkBad}</p> : null}
    </div>
  );
}
