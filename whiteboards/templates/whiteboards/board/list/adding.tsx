// Adding to the board without a canvas: a sticky is one line and Enter.
import { useEffect, useId, useRef, useState, type ReactNode } from "react";
import { STICKY_COLOURS } from "../colours";
import { useDesk } from "../desk";
import { fontIsReady, type Addable } from "../edits";
import { nameOfItem, type Item } from "../reading";
import { useStore } from "../store";
import { Swatches } from "../swatches";
import type { Reading } from "./model";

type Kind = Addable | "connection";
const KINDS: readonly Kind[] = ["sticky", "text", "rectangle", "frame", "connection"];
const JOINED = new Set(["sticky", "text", "rectangle", "ellipse", "diamond", "image", "frame"]);

export function Adding({ reading, onAdded }: { reading: Reading; onAdded: (id: string) => void }): ReactNode {
  const desk = useDesk();
  const { words } = desk;
  const { add } = words;
  const { field, count } = useStore(desk.wanted);
  const [kind, setKind] = useState<Kind>("sticky");
  const [text, setText] = useState("");
  const [colour, setColour] = useState<string>(STICKY_COLOURS[0]?.value ?? "#ffec99");
  const [frame, setFrame] = useState("");
  const [ends, setEnds] = useState<readonly [string, string]>(["", ""]);
  const [problem, setProblem] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const frames = reading.sections.flatMap((section) => (section.frame ? [section.frame] : []));
  const isConnection = kind === "connection";

  useEffect(() => {
    if (field === "add" && count) input.current?.focus();
  }, [field, count]);

  const submit = async (): Promise<void> => {
    const { canvas } = desk;
    if (!canvas) return;
    let made: string | null;
    let what: string;
    if (isConnection) {
      made = canvas.edits.connect(ends[0], ends[1]);
      what = `${words.kinds.arrow} ${words.list.joins(nameOfItem(reading.items.get(ends[0]), words, 30), nameOfItem(reading.items.get(ends[1]), words, 30))}`;
      if (!made) {
        setProblem(add.needsEnds);
        return;
      }
    } else {
      if (!text.trim() && kind === "text") {
        setProblem(add.needsText);
        return;
      }
      await fontIsReady(text);
      const isHeld = reading.items.get(frame)?.kind === "frame";
      made = canvas.edits.add({ kind, text: text.trim(), colour, frame: isHeld && kind !== "frame" ? frame : null });
      what = text.trim() || words.kinds[kind];
      setText("");
    }
    setProblem("");
    onAdded(made);
    desk.reveal([made]);
    desk.say(add.added(what));
    input.current?.focus();
  };

  return (
    <form
      className="adding"
      aria-label={add.title}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div className="adding__line">
        <div className="adding__kind">
          <label className="visually-hidden" htmlFor={`${id}-kind`}>{add.kind}</label>
          <select
            className="control"
            id={`${id}-kind`}
            value={kind}
            onChange={(event) => {
              setKind(event.target.value as Kind);
              setProblem("");
            }}
          >
            {KINDS.map((one) => <option key={one} value={one}>{one === "connection" ? add.connection : words.kinds[one]}</option>)}
          </select>
        </div>
        {isConnection ? null : (
          <div className="adding__text">
            <label className="visually-hidden" htmlFor={`${id}-text`}>{kind === "frame" ? add.name : add.text}</label>
            <input
              className="control"
              id={`${id}-text`}
              ref={input}
              type="text"
              autoComplete="off"
              placeholder={kind === "frame" ? add.name : add.text}
              value={text}
              aria-invalid={problem ? true : undefined}
              aria-describedby={problem ? `${id}-problem` : undefined}
              onChange={(event) => setText(event.target.value)}
            />
          </div>
        )}
        <button type="submit" className="button button--primary">{add.submit}</button>
      </div>
      {isConnection ? (
        <div className="adding__ends">
          {([0, 1] as const).map((end) => (
            <div key={end}>
              <label htmlFor={`${id}-end-${end}`}>{end === 0 ? add.from : add.to}</label>
              <select className="control" id={`${id}-end-${end}`} value={ends[end]} onChange={(event) => setEnds(end === 0 ? [event.target.value, ends[1]] : [ends[0], event.target.value])}>
                <option value="">{add.choose}</option>
                {reading.sections.map((section) => <Ends key={section.frame?.id ?? ""} label={section.frame?.text ?? add.outside} items={[...(section.frame ? [section.frame] : []), ...section.items]} />)}
              </select>
            </div>
          ))}
        </div>
      ) : null}
      {kind === "sticky" ? <Swatches label={add.colour} value={colour} onChange={setColour} isLabelHidden /> : null}
      {frames.length && !isConnection && kind !== "frame" ? (
        <div className="adding__where">
          <label htmlFor={`${id}-frame`}>{add.where}</label>
          <select className="control" id={`${id}-frame`} value={frame} onChange={(event) => setFrame(event.target.value)}>
            <option value="">{add.outside}</option>
            {frames.map((one) => <option key={one.id} value={one.id}>{one.text || words.list.untitledFrame}</option>)}
          </select>
        </div>
      ) : null}
      {problem ? <p className="field__error" id={`${id}-problem`} role="alert">{problem}</p> : null}
    </form>
  );
}

function Ends({ label, items }: { label: string; items: readonly Item[] }): ReactNode {
  const { words } = useDesk();
  const joined = items.filter((item) => JOINED.has(item.kind));
  if (!joined.length) return null;
  return (
    <optgroup label={label || words.list.untitledFrame}>
      {joined.map((item) => <option key={item.id} value={item.id}>{`${words.kinds[item.kind]}\u00a0: ${nameOfItem(item, words)}`}</option>)}
    </optgroup>
  );
}
