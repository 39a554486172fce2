// The board as a list: every object in reading order, each to be read, changed, moved and removed by keyboard. For who does
// not see the canvas or uses no mouse, it is the board; for the others it is an outline beside it.
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { useDesk } from "../desk";
import { STEP } from "../edits";
import { Icon } from "../parts";
import { nameOfItem, type Item, type Section } from "../reading";
import { useStore } from "../store";
import { Adding } from "./adding";
import { ItemForm } from "./form";
import { describer, onlyFound, useReading, useSelected } from "./model";
import { Row } from "./row";

/** Rows that are drawn at first, and then each time one asks for more. */
const MANY = 200;

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
};

export function ObjectList(): ReactNode {
  const desk = useDesk();
  const { words } = desk;
  const { mayWrite, refusal } = useStore(desk.connection.line);
  const { field, count: asked } = useStore(desk.wanted);
  const { isReady } = useStore(desk.scene);
  const isWritable = mayWrite && refusal === null;
  const [open, setOpen] = useState<string | null>(null);
  const [current, setCurrent] = useState<string | null>(null);
  const [sought, setSought] = useState("");
  const [most, setMost] = useState(MANY);
  const [openBare, setOpenBare] = useState<ReadonlySet<string>>(new Set());
  const reading = useReading(open !== null);
  const selected = useSelected();
  const panel = useRef<HTMLElement>(null);
  const search = useRef<HTMLInputElement>(null);
  /** Where focus goes once the list is drawn again: it is never lost because a row moved or went. */
  const held = useRef<{ id: string; isInside: boolean } | null>(null);
  const openBefore = useRef<Item | null>(null);

  const sections = useMemo(() => onlyFound(reading.sections, sought, words), [reading, sought, words]);
  const describe = useMemo(
    () => describer(reading, words, (id) => desk.canvas?.binding.authorOf(id)?.name ?? null),
    [desk, reading, words],
  );
  const rows = useMemo(() => {
    const all: { item: Item; section: Section }[] = [];
    for (const section of sections) {
      if (section.frame) all.push({ item: section.frame, section });
      for (const item of section.items) all.push({ item, section });
      if (openBare.has(section.frame?.id ?? "")) for (const item of section.bare) all.push({ item, section });
    }
    return all;
  }, [sections, openBare]);
  const ids = rows.map(({ item }) => item.id);
  const shown = new Set(ids.slice(0, most));
  const stop = current && shown.has(current) ? current : (ids[0] ?? null);
  const total = [...reading.items.values()].length;

  const focusOn = useCallback((id: string | null | undefined): void => {
    if (!id) return;
    setCurrent(id);
    held.current = { id, isInside: false };
  }, []);

  // After each drawing: focus is where it was, even where its row moved, or on the row that was asked for.
  useLayoutEffect(() => {
    const wish = held.current;
    const active = document.activeElement;
    if (!wish || (wish.isInside && active && active !== document.body)) return;
    const row = panel.current?.querySelector<HTMLElement>(`[data-object="${CSS.escape(wish.id)}"]`);
    if (!wish.isInside) {
      if (!row) return;
      row.focus();
      held.current = { id: wish.id, isInside: true };
    } else if (row && active === document.body) {
      row.focus();
    }
  });

  // What is open is remembered, so that one is told when someone else removes it.
  const openItem = open === null ? null : (reading.items.get(open) ?? null);
  if (openItem) openBefore.current = openItem;
  const isOpenGone = open !== null && !openItem && openBefore.current?.id === open;

  useEffect(() => {
    if (field === "find" && asked) search.current?.focus();
    if (field === "title" && asked) panel.current?.querySelector<HTMLElement>(".objects__title")?.focus();
  }, [field, asked]);

  // What is selected on the canvas comes into view here, without focus.
  const lastSelected = [...selected].filter(Boolean).at(-1);
  useEffect(() => {
    if (!lastSelected || panel.current?.contains(document.activeElement)) return;
    const id = reading.items.has(lastSelected) ? lastSelected : [...reading.items.values()].find((item) => item.label?.id === lastSelected)?.id;
    if (!id) return;
    setCurrent(id);
    panel.current?.querySelector(`[data-object="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "nearest" });
  }, [lastSelected, reading]);

  const close = useCallback((): void => {
    setOpen((id) => {
      focusOn(id);
      return null;
    });
  }, [focusOn]);

  const toggle = useCallback(
    (id: string): void => {
      setCurrent(id);
      desk.select([id]);
      desk.show([id]);
      setOpen((was) => {
        if (was !== id) return id;
        focusOn(id);
        return null;
      });
    },
    [desk, focusOn],
  );

  /** As it is now: what is drawn here may be some moments old, and keys are quick. */
  const isLocked = useCallback(
    (id: string): boolean => desk.canvas?.api.getSceneElements().find((element) => element.id === id)?.locked ?? false,
    [desk],
  );

  const remove = useCallback(
    (id: string): void => {
      const at = ids.indexOf(id);
      const item = reading.items.get(id);
      if (isLocked(id)) {
        desk.say(words.edit.lockedHelp);
        return;
      }
      desk.canvas?.edits.remove(id);
      desk.say(words.edit.removed(nameOfItem(item, words)));
      setOpen(null);
      focusOn(ids[at + 1] ?? ids[at - 1]);
      if (ids.length === 1) panel.current?.querySelector<HTMLElement>(".objects__title")?.focus();
    },
    [desk, words, ids, reading, isLocked, focusOn],
  );

  const keys = (event: KeyboardEvent<HTMLElement>): void => {
    const target = event.target as HTMLElement;
    const isUndo = (event.ctrlKey || event.metaKey) && !event.altKey && ["z", "y"].includes(event.key.toLowerCase());
    if (isUndo && isWritable && !target.matches("input, textarea")) {
      const isRedo = event.key.toLowerCase() === "y" || event.shiftKey;
      event.preventDefault();
      undo(isRedo);
      return;
    }
    const id = target.dataset.object;
    if (!id) return;
    const at = ids.indexOf(id);
    const go = (to: string | undefined): void => {
      if (to) {
        if (!shown.has(to)) setMost(ids.indexOf(to) + MANY);
        focusOn(to);
      }
    };
    const frames = rows.map(({ section }, place) => (rows[place - 1]?.section === section ? -1 : place)).filter((place) => place >= 0);
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const item = reading.items.get(id);
    const isFree = isWritable && item !== undefined && !isLocked(id);
    const [dx, dy] = ARROWS[event.key] ?? [0, 0];
    let isOurs = true;
    if (isPlain && event.key === "ArrowDown") go(ids[at + 1]);
    else if (isPlain && event.key === "ArrowUp") go(ids[at - 1]);
    else if (isPlain && event.key === "Home") go(ids[0]);
    else if (isPlain && event.key === "End") go(ids[ids.length - 1]);
    else if (isPlain && event.key === "PageDown") go(ids[frames.find((place) => place > at) ?? ids.length - 1]);
    else if (isPlain && event.key === "PageUp") go(ids[[...frames].reverse().find((place) => place < at) ?? 0]);
    else if (isPlain && event.key === "F2") toggle(id);
    else if (isPlain && event.key === "Escape" && open !== null) close();
    else if (isPlain && event.key === "Delete" && isWritable) remove(id);
    else if (isPlain && event.key === "/") search.current?.focus();
    else if (isPlain && event.key.toLowerCase() === "n" && isWritable) desk.wanted.set({ field: "add", count: asked + 1 });
    else if (event.altKey && !event.ctrlKey && dy && isFree && item.kind === "sticky") swap(id, dy < 0 ? -1 : 1);
    else if (event.ctrlKey && event.shiftKey && (dx || dy) && isFree) move(id, dx, dy);
    else if (event.ctrlKey && event.shiftKey && event.key.toLowerCase() === "l" && isWritable && item) lock(item);
    else isOurs = false;
    if (isOurs) event.preventDefault();
  };

  const undo = (isRedo: boolean): void => {
    if (isRedo) desk.canvas?.edits.redo();
    else desk.canvas?.edits.undo();
    desk.say(isRedo ? words.edit.redone : words.edit.undone);
  };
  const swap = (id: string, side: -1 | 1): void => {
    const place = desk.canvas?.edits.swap(id, side);
    desk.say(place ? words.edit.order(place.at, place.of) : words.edit.noNeighbour);
  };
  const move = (id: string, dx: number, dy: number): void => {
    desk.canvas?.edits.move(id, dx, dy);
    desk.sayPlace(id);
  };
  const lock = (item: Item): void => {
    const was = isLocked(item.id);
    desk.canvas?.edits.setLocked([item.id], !was);
    desk.say(was ? words.edit.nowUnlocked : words.edit.nowLocked);
  };

  const row = (item: Item, section: Section): ReactNode =>
    shown.has(item.id) ? (
      <Row
        key={item.id}
        item={item}
        described={describe(item, section)}
        isStop={item.id === stop}
        isOpen={item.id === open}
        isSelected={selected.has(item.id) || (item.label !== null && selected.has(item.label.id))}
        onToggle={toggle}
        words={words}
      >
        {item.id === open ? (
          <ItemForm
            item={item}
            reading={reading}
            isWritable={isWritable}
            onClose={close}
            onRemove={() => remove(item.id)}
            onSwap={(side) => swap(item.id, side)}
          />
        ) : null}
      </Row>
    ) : null;

  const history = desk.canvas?.api.history;
  return (
    <section
      className="objects"
      aria-labelledby="objects-title"
      ref={panel}
      onKeyDown={keys}
      onFocus={(event) => {
        const id = event.target.closest<HTMLElement>("[data-row]")?.dataset.row;
        held.current = id ? { id, isInside: true } : null;
        if (event.target.dataset.object) setCurrent(event.target.dataset.object);
      }}
      onBlur={(event) => {
        // Only where focus truly goes elsewhere: a row that is moved by the list lets go of it to nothing.
        if (event.relatedTarget) held.current = null;
      }}
    >
      <div className="objects__head">
        <h2 className="objects__title" id="objects-title" tabIndex={-1}>{words.list.title}</h2>
        <span className="objects__count soft">{words.list.count(total)}</span>
        {isWritable ? (
          <span className="objects__undo">
            <button type="button" className="button button--quiet button--icon" title={words.undo} disabled={!history?.canUndo()} onClick={() => undo(false)}>
              <Icon name="arrow-back-up" /><span className="visually-hidden">{words.undo}</span>
            </button>
            <button type="button" className="button button--quiet button--icon" title={words.redo} disabled={!history?.canRedo()} onClick={() => undo(true)}>
              <Icon name="arrow-forward-up" /><span className="visually-hidden">{words.redo}</span>
            </button>
          </span>
        ) : null}
        <button type="button" className="button button--quiet button--icon" title={words.list.keys} onClick={() => desk.shown.set({ dialog: "keys" })}>
          <Icon name="keyboard" /><span className="visually-hidden">{words.list.keys}</span>
        </button>
        <button type="button" className="button button--quiet button--icon objects__close" title={words.list.hide} onClick={() => desk.shown.set({ isListShown: false })}>
          <Icon name="x" /><span className="visually-hidden">{words.list.hide}</span>
        </button>
      </div>
      {isWritable && isReady ? <Adding reading={reading} onAdded={setCurrent} /> : null}
      <div className="objects__find">
        <label className="visually-hidden" htmlFor="objects-find">{words.list.find}</label>
        <input
          className="control"
          id="objects-find"
          ref={search}
          type="search"
          placeholder={words.list.find}
          value={sought}
          onChange={(event) => setSought(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "ArrowDown" && stop) {
              event.preventDefault();
              focusOn(stop);
                          }
          }}
        />
        <p className="visually-hidden" role="status">{sought.trim() ? words.list.found(rows.length) : ""}</p>
      </div>
      {isOpenGone ? <Gone item={openBefore.current} isWritable={isWritable} onDone={() => setOpen(null)} /> : null}
      {!total ? (
        <div className="objects__empty">
          <Icon name="notes" />
          <p>{words.list.empty}</p>
          {isWritable ? <p className="soft">{words.list.emptyHelp}</p> : null}
        </div>
      ) : null}
      {total && !rows.length && sought.trim() ? <p className="objects__none soft">{words.list.noneFound}</p> : null}
      {sections.map((section) => {
        const key = section.frame?.id ?? "";
        const areShown = openBare.has(key);
        const isNamed = section.frame !== null || reading.sections.length > 1;
        return (
          <section key={key} className="objects__section" aria-labelledby={isNamed ? `objects-${key}` : undefined}>
            {section.frame ? (
              row(section.frame, section)
            ) : isNamed && (section.items.length || section.bare.length) ? (
              <h3 className="objects__outside" id="objects-">{words.list.outside}</h3>
            ) : null}
            {section.items.length ? <ul className="objects__rows">{section.items.map((item) => row(item, section))}</ul> : null}
            {section.frame && !section.items.length && !section.bare.length && !sought.trim() ? (
              <p className="objects__nothing soft">{words.list.emptyFrame}</p>
            ) : null}
            {section.bare.length ? (
              <>
                <button
                  type="button"
                  className="button button--quiet button--small objects__bare"
                  aria-expanded={areShown}
                  onClick={() => {
                    const next = new Set(openBare);
                    if (!next.delete(key)) next.add(key);
                    setOpenBare(next);
                  }}
                >
                  <Icon name={areShown ? "chevron-down" : "chevron-right"} small />{words.list.bare(section.bare.length)}
                </button>
                {areShown ? <ul className="objects__rows">{section.bare.map((item) => row(item, section))}</ul> : null}
              </>
            ) : null}
          </section>
        );
      })}
      {ids.length > most ? (
        <button type="button" className="button button--block objects__more" onClick={() => setMost(most + MANY)}>
          {words.list.more(Math.min(MANY, ids.length - most))}
        </button>
      ) : null}
    </section>
  );
}

/** Someone else removed what one has open. */
function Gone({ item, isWritable, onDone }: { item: Item | null; isWritable: boolean; onDone: () => void }): ReactNode {
  const desk = useDesk();
  const { edit, close } = desk.words;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Focus was in what is no more: it comes here, not to the top of the page.
    if (document.activeElement === document.body) box.current?.focus();
  }, []);
  if (!item) return null;
  const author = desk.canvas?.binding.authorOf(item.id)?.name ?? edit.someone;
  return (
    <div className="board-note board-note--alert objects__gone" role="alert" tabIndex={-1} ref={box}>
      <p>{edit.goneWhile(author)} {nameOfItem(item, desk.words)}</p>
      {isWritable ? (
        <button
          type="button"
          className="button button--small"
          onClick={() => {
            desk.canvas?.edits.restore(item.id);
            onDone();
          }}
        >
          {edit.restore}
        </button>
      ) : null}
      <button type="button" className="button button--small" onClick={onDone}>{close}</button>
    </div>
  );
}
