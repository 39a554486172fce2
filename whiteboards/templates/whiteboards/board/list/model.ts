// What the list shows of the board: read at most some times a second, and calm while one writes in it.
import { useEffect, useRef, useState } from "react";
import { useDesk } from "../desk";
import { boxAround, colourNameOf, endsOf, itemsOf, nameOfItem, placeOf, sectionsOf, type Item, type Section } from "../reading";
import { useStore } from "../store";
import { paced } from "../timing";
import type { Words } from "../words";

const READ_EVERY = 150;

export interface Reading {
  items: ReadonlyMap<string, Item>;
  sections: readonly Section[];
}

/** The board as it is read. While something is open, what is there keeps its order: nothing moves under one's hands. */
export function useReading(isCalm: boolean): Reading {
  const desk = useDesk();
  const [reading, setReading] = useState<Reading>(() => read(desk.canvas?.api.getSceneElementsIncludingDeleted() ?? []));
  const calm = useRef(isCalm);
  calm.current = isCalm;
  const last = useRef(reading);
  useEffect(() => {
    const look = paced(() => {
      const now = read(desk.canvas?.api.getSceneElementsIncludingDeleted() ?? []);
      last.current = calm.current ? { items: now.items, sections: inOrderOf(last.current.sections, now.sections) } : now;
      setReading(last.current);
    }, READ_EVERY);
    look();
    const stop = desk.scene.subscribe(look);
    return () => {
      stop();
      look.cancel();
    };
  }, [desk, isCalm]);
  return reading;
}

function read(elements: Parameters<typeof itemsOf>[0]): Reading {
  const items = itemsOf(elements);
  return { items, sections: sectionsOf(items) };
}

function inOrderOf(before: readonly Section[], now: readonly Section[]): Section[] {
  const ranks = new Map(before.map((section, rank) => [section.frame?.id ?? null, rank]));
  const rank = (id: string | null): number => ranks.get(id) ?? Infinity;
  const kept = [...now].sort((a, b) => rank(a.frame?.id ?? null) - rank(b.frame?.id ?? null));
  return kept.map((section) => {
    const old = before.find((one) => (one.frame?.id ?? null) === (section.frame?.id ?? null));
    const places = new Map(old?.items.map((item, place) => [item.id, place]));
    const items = [...section.items].sort((a, b) => (places.get(a.id) ?? Infinity) - (places.get(b.id) ?? Infinity));
    return { ...section, items };
  });
}

/** Small, without accents and with straight apostrophes, as one looks for things. */
export function plainly(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/’/g, "'").toLocaleLowerCase();
}

/** What the search keeps: what has all its words in its text, its kind or its colour. */
export function onlyFound(sections: readonly Section[], sought: string, words: Words): Section[] {
  const parts = plainly(sought).split(/\s+/).filter(Boolean);
  if (!parts.length) return [...sections];
  const isFound = (item: Item): boolean => {
    const all = plainly(`${words.kinds[item.kind]} ${item.text} ${colourNameOf(item, words)}`);
    return parts.every((part) => all.includes(part));
  };
  return sections
    .map((section) => ({ ...section, items: section.items.filter(isFound), bare: section.bare.filter(isFound) }))
    .filter((section) => section.items.length || section.bare.length || (section.frame && isFound(section.frame)));
}

export interface Described {
  kind: string;
  text: string;
  /** Whether what it is says enough without a text. */
  isNamed: boolean;
  /** Colour, place, who changed it last, what it is besides. */
  facts: string;
}

export type Describe = (item: Item, section: Section) => Described;

/** Things in words. `around`: what places are said of, by frame. */
export function describer(reading: Reading, words: Words, authorOf: (id: string) => string | null): Describe {
  const whole = boxAround([...reading.items.values()].map((item) => item.element));
  return (item, section) => {
    const around = section.frame && item.kind !== "frame" ? boxAround([section.frame.element]) : whole;
    const ends = endsOf(item.element, reading.items);
    const { list } = words;
    const from = ends?.from && nameOfItem(ends.from, words, 30);
    const to = ends?.to && nameOfItem(ends.to, words, 30);
    const joins = from && to ? list.joins(from, to) : from ? list.joinsFrom(from) : to ? list.joinsTo(to) : "";
    const author = authorOf(item.label && item.kind !== "frame" ? item.label.id : item.id) ?? authorOf(item.id);
    const facts = [
      joins,
      colourNameOf(item, words),
      joins ? "" : placeOf(item.element, around, words),
      author ? list.editedBy(author) : "",
      item.element.link ? list.linked : "",
      item.element.locked ? list.locked : "",
    ];
    const text = item.text || (item.kind === "frame" ? list.untitledFrame : "");
    const isNamed = joins !== "" || ["image", "drawing", "line", "arrow"].includes(item.kind);
    return { kind: words.kinds[item.kind], text, isNamed, facts: facts.filter(Boolean).join(" · ") };
  };
}

export function useSelected(): ReadonlySet<string> {
  const desk = useDesk();
  const { selected } = useStore(desk.scene);
  return new Set(selected.split(" "));
}
