// The board as a text: what is on it, in the order in which one reads it, each thing in words.
import { nameOf } from "./colours";
import type { AnyElement, ArrowElement, FrameElement, TextElement } from "./elements";
import type { Words } from "./words";

export type Kind = "sticky" | "text" | "rectangle" | "ellipse" | "diamond" | "arrow" | "line" | "drawing" | "image" | "frame";

/** One thing on the board: an element, with the text that is bound to it. */
export interface Item {
  id: string;
  kind: Kind;
  element: AnyElement;
  label: TextElement | null;
  text: string;
}

export interface Section {
  frame: Item | null;
  items: Item[];
  /** Bare shapes, lines and strokes by hand, which say little one by one. */
  bare: Item[];
}

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** How far below the first of a row another may begin and still be read in it, at most. */
const ROW = 60;

export function boxOf(element: AnyElement): Box {
  if (element.type !== "arrow" && element.type !== "line" && element.type !== "freedraw") {
    return { left: element.x, top: element.y, width: element.width, height: element.height };
  }
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of element.points) {
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
  }
  if (left > right) return { left: element.x, top: element.y, width: 0, height: 0 };
  return { left: element.x + left, top: element.y + top, width: right - left, height: bottom - top };
}

export function boxAround(elements: readonly AnyElement[]): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const element of elements) {
    const box = boxOf(element);
    left = Math.min(left, box.left);
    top = Math.min(top, box.top);
    right = Math.max(right, box.left + box.width);
    bottom = Math.max(bottom, box.top + box.height);
  }
  return left > right ? { left: 0, top: 0, width: 0, height: 0 } : { left, top, width: right - left, height: bottom - top };
}

/** Row by row, each from left to right. A row holds what begins not far below its first. */
export function inReadingOrder<T extends { element: AnyElement }>(items: readonly T[]): T[] {
  const boxes = new Map(items.map((item) => [item, boxOf(item.element)]));
  const box = (item: T): Box => boxes.get(item) ?? boxOf(item.element);
  const byTop = [...items].sort((a, b) => box(a).top - box(b).top || box(a).left - box(b).left);
  const rows: T[][] = [];
  let limit = -Infinity;
  for (const item of byTop) {
    const { top, height } = box(item);
    if (top >= limit) {
      rows.push([]);
      limit = top + Math.max(8, Math.min(height / 2, ROW));
    }
    rows[rows.length - 1]?.push(item);
  }
  return rows.flatMap((row) => row.sort((a, b) => box(a).left - box(b).left || box(a).top - box(b).top));
}

function isSticky(element: AnyElement, label: TextElement | null): boolean {
  if (element.type !== "rectangle") return false;
  if (element.customData?.sticky === true) return true;
  return label !== null && element.fillStyle === "solid" && nameOf(element.backgroundColor) !== null;
}

function kindOf(element: AnyElement, label: TextElement | null): Kind | null {
  if (isSticky(element, label)) return "sticky";
  switch (element.type) {
    case "freedraw":
      return "drawing";
    case "text":
    case "rectangle":
    case "ellipse":
    case "diamond":
    case "arrow":
    case "line":
    case "image":
    case "frame":
      return element.type;
    default:
      return null;
  }
}

function textOf(element: AnyElement, label: TextElement | null): string {
  if (element.type === "frame") return element.name ?? "";
  if (element.type === "text") return element.originalText ?? element.text;
  return label ? (label.originalText ?? label.text) : "";
}

/** Everything that is on the board, element by element; bound texts are with what they are bound to. */
export function itemsOf(elements: readonly AnyElement[]): Map<string, Item> {
  const labels = new Map<string, TextElement>();
  const present = new Set<string>();
  for (const element of elements) if (!element.isDeleted) present.add(element.id);
  for (const element of elements) {
    const isBound = element.type === "text" && element.containerId && present.has(element.containerId);
    if (isBound && !element.isDeleted) labels.set(element.containerId, element);
  }
  const items = new Map<string, Item>();
  for (const element of elements) {
    if (element.isDeleted || (element.type === "text" && labels.get(element.containerId ?? "") === element)) continue;
    const label = labels.get(element.id) ?? null;
    const kind = kindOf(element, label);
    if (kind) items.set(element.id, { id: element.id, kind, element, label, text: textOf(element, label).trim() });
  }
  return items;
}

function isBare({ kind, element, text }: Item): boolean {
  if (kind === "sticky" || kind === "text" || kind === "image" || kind === "frame" || text || element.link) return false;
  return !(element.type === "arrow" || element.type === "line") || (!element.startBinding && !element.endBinding);
}

/** Frames first, each with what it holds; then what is in none. */
export function sectionsOf(items: ReadonlyMap<string, Item>): Section[] {
  const frames = inReadingOrder([...items.values()].filter((item) => item.kind === "frame"));
  const inside = new Map<string | null, Item[]>([[null, []], ...frames.map((frame) => [frame.id, []] as [string, Item[]])]);
  for (const item of items.values()) {
    if (item.kind === "frame") continue;
    (inside.get(item.element.frameId) ?? inside.get(null))?.push(item);
  }
  const sections: Section[] = [];
  for (const frame of [...frames, null]) {
    const all = inside.get(frame?.id ?? null) ?? [];
    if (!frame && !all.length && frames.length) continue;
    sections.push({
      frame,
      items: inReadingOrder(all.filter((item) => !isBare(item))),
      bare: inReadingOrder(all.filter(isBare)),
    });
  }
  return sections;
}

/** Frames in the order in which they are presented: those whose names begin with a number by that number, then the others by
 * place. Names that are only names say nothing of an order. */
export function framesToPresent(elements: readonly AnyElement[]): FrameElement[] {
  const frames = elements.filter((one): one is FrameElement => one.type === "frame" && !one.isDeleted);
  const number = (frame: FrameElement): number => {
    const digits = /\d+(?:[.,]\d+)?/.exec((frame.name ?? "").slice(0, 12))?.[0];
    return digits ? Number(digits.replace(",", ".")) : Infinity;
  };
  const placed = inReadingOrder(frames.map((element) => ({ element }))).map(({ element }) => element);
  return placed.sort((a, b) => (number(a) === number(b) ? 0 : number(a) - number(b)));
}

/** The part of its frame, or of the whole board, in which a thing lies: nine parts, each with a name. */
export function placeOf(element: AnyElement, around: Box, words: Words): string {
  const box = boxOf(element);
  const third = (middle: number, start: number, length: number): 0 | 1 | 2 => {
    if (length <= 0) return 1;
    const part = (middle - start) / length;
    return part < 1 / 3 ? 0 : part > 2 / 3 ? 2 : 1;
  };
  const column = third(box.left + box.width / 2, around.left, around.width);
  const row = third(box.top + box.height / 2, around.top, around.height);
  return words.places[row][column];
}

/** What an item is called where it is named by others: its text, short, or what it is. */
export function nameOfItem(item: Item | undefined, words: Words, length = 60): string {
  if (!item) return words.nothing;
  const text = item.text.replace(/\s+/g, " ");
  if (!text) return words.kinds[item.kind];
  return text.length > length ? `${text.slice(0, length - 1).trimEnd()}…` : text;
}

export interface Ends {
  from: Item | undefined;
  to: Item | undefined;
}

/** What an arrow or a line joins. */
export function endsOf(element: AnyElement, items: ReadonlyMap<string, Item>): Ends | null {
  if (element.type !== "arrow" && element.type !== "line") return null;
  const { startBinding, endBinding } = element as ArrowElement;
  if (!startBinding && !endBinding) return null;
  return { from: items.get(startBinding?.elementId ?? ""), to: items.get(endBinding?.elementId ?? "") };
}

/** The colour that one names a thing by. */
export function colourNameOf(item: Item, words: Words): string {
  const { element, kind } = item;
  if (kind === "frame" || kind === "image") return "";
  const isFilled = nameOf(element.backgroundColor) !== null;
  const name = nameOf(isFilled ? element.backgroundColor : element.strokeColor);
  // Black lines and letters are what one expects.
  return name && (isFilled || name !== "black") ? words.colours[name] : "";
}
