// What the list and the menus do to the board, through the canvas, so that it is undone, sent and drawn as what a hand does.
import { CaptureUpdateAction, convertToExcalidrawElements, newElementWith } from "@excalidraw/excalidraw";
import type { ExcalidrawBindableElement, SceneElementsMap } from "@excalidraw/excalidraw/dist/types/excalidraw/element/types";
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/dist/types/excalidraw/types";
import { bindLinearElement, fixBindingsAfterDeletion, redrawTextBoundingBox, updateBoundElements } from "excalidraw-inside";
import type { AnyElement, ArrowElement, Element, TextElement } from "./elements";
import { boxAround, boxOf, inReadingOrder, itemsOf, type Item } from "./reading";

export type Api = ExcalidrawImperativeAPI & {
  history: { undo(): void; redo(): void; canUndo(): boolean; canRedo(): boolean };
};

export type Addable = "sticky" | "text" | "rectangle" | "frame";

export interface Addition {
  kind: Addable;
  text: string;
  colour: string;
  frame: string | null;
}

export const STEP = 20;
/** As the portal makes them (`whiteboards/scenes/making.py`). */
export const STICKY = { width: 176, height: 176 };
export const INK = "#1e1e1e";
/** Nunito: letters that everyone reads. */
export const FONT = 6;
const GAP = 24;
const FRAME = { width: 640, height: 400 };
const FRAME_PADDING = 24;
const FONT_SIZE = 18;

interface Place {
  x: number;
  y: number;
}

type Skeletons = NonNullable<Parameters<typeof convertToExcalidrawElements>[0]>;

function bindable(element: AnyElement | undefined): element is ExcalidrawBindableElement & Element {
  return element !== undefined && ["rectangle", "ellipse", "diamond", "text", "image", "frame"].includes(element.type);
}

/** With some room around. */
function widened(area: { left: number; top: number; width: number; height: number }): typeof area {
  const around = GAP - 1;
  return { left: area.left - around, top: area.top - around, width: area.width + 2 * around, height: area.height + 2 * around };
}

/** The letters must be there before texts are measured. */
export async function fontIsReady(text: string): Promise<void> {
  try {
    await document.fonts.load(`${FONT_SIZE}px Nunito`, text || "a");
  } catch {
    // Measured with the letters that are there: the box is a little off, the text is right.
  }
}

export class Edits {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Puts new elements, and new forms of those that are there; what is bound to those that moved follows. */
  #commit(changed: readonly AnyElement[], moved: readonly string[] = [], selected?: readonly string[]): void {
    const byId = new Map(changed.map((element) => [element.id, element]));
    const elements: AnyElement[] = this.#all().map((element) => {
      const next = byId.get(element.id);
      byId.delete(element.id);
      return next ?? element;
    });
    const selection = selected && { appState: { selectedElementIds: Object.fromEntries(selected.map((id) => [id, true as const])) } };
    this.#api.updateScene({
      elements: [...elements, ...byId.values()],
      ...selection,
      captureUpdate: CaptureUpdateAction.IMMEDIATELY,
    });
    if (moved.length) this.#follow(moved);
  }

  /** Arrows keep hold of what moved, as they do under a hand; undoing moves them back by itself. */
  #follow(moved: readonly string[]): void {
    const elements = this.#all();
    const live = new Map(elements.map((element) => [element.id, element])) as unknown as SceneElementsMap;
    for (const id of moved) {
      const element = live.get(id);
      if (element && !element.isDeleted) updateBoundElements(element, live);
    }
    this.#api.updateScene({ elements, captureUpdate: CaptureUpdateAction.EVENTUALLY });
  }

  #all(): readonly Element[] {
    return this.#api.getSceneElementsIncludingDeleted();
  }

  #get(id: string | null): Element | undefined {
    return id === null ? undefined : this.#all().find((element) => element.id === id && !element.isDeleted);
  }

  #items(): Map<string, Item> {
    return itemsOf(this.#all());
  }

  /** The element, the text bound to it, and what a frame holds: what moves together. */
  #together(id: string): Element[] {
    const ids = new Set([id]);
    for (const element of this.#all()) if (element.frameId === id) ids.add(element.id);
    return this.#all().filter((one) => !one.isDeleted && (ids.has(one.id) || (one.type === "text" && ids.has(one.containerId ?? ""))));
  }

  undo(): void {
    this.#api.history.undo();
  }

  redo(): void {
    this.#api.history.redo();
  }

  /** Adds one thing in a free place; answers its id. */
  add(addition: Addition): string {
    const size = this.#sizeOf(addition.kind);
    const place = this.#free(size, addition.kind, addition.frame);
    const made = this.#make(addition, place);
    this.#commit(made, [], made[0] ? [made[0].id] : []);
    return made[0]?.id ?? "";
  }

  /** An empty sticky around a point. */
  addSticky(centre: Place): string {
    const place = { x: centre.x - STICKY.width / 2, y: centre.y - STICKY.height / 2 };
    const made = this.#make({ kind: "sticky", text: "", colour: "#ffec99", frame: null }, place);
    this.#commit(made, [], made[0] ? [made[0].id] : []);
    return made[0]?.id ?? "";
  }

  /** One sticky a line, in a tidy grid that is about as wide as it is high. */
  addStickies(lines: readonly string[], colour: string, centre: Place | null): string[] {
    const columns = Math.max(1, Math.min(8, Math.ceil(Math.sqrt((lines.length * STICKY.height) / STICKY.width) * 1.2)));
    const rows = Math.ceil(lines.length / columns);
    const width = columns * (STICKY.width + GAP) - GAP;
    const height = rows * (STICKY.height + GAP) - GAP;
    const start = centre && this.#isEmpty({ left: centre.x - width / 2, top: centre.y - height / 2, width, height })
      ? { x: centre.x - width / 2, y: centre.y - height / 2 }
      : this.#free({ width, height }, "frame", null);
    const made: AnyElement[] = [];
    const ids: string[] = [];
    let top = start.y;
    for (let row = 0; row < rows; row += 1) {
      let tallest = STICKY.height;
      for (const [column, text] of lines.slice(row * columns, (row + 1) * columns).entries()) {
        const sticky = this.#make({ kind: "sticky", text, colour, frame: null }, { x: start.x + column * (STICKY.width + GAP), y: top });
        tallest = Math.max(tallest, sticky[0]?.height ?? 0);
        made.push(...sticky);
        if (sticky[0]) ids.push(sticky[0].id);
      }
      top += tallest + GAP;
    }
    this.#commit(made, [], ids);
    return ids;
  }

  /** An arrow from one thing to another; answers its id, or nothing where they cannot be joined. */
  connect(from: string, to: string): string | null {
    const [start, end] = [this.#get(from), this.#get(to)];
    if (!bindable(start) || !bindable(end) || from === to) return null;
    const [a, b] = [boxOf(start), boxOf(end)];
    const [x, y] = [a.left + a.width / 2, a.top + a.height / 2];
    const [dx, dy] = [b.left + b.width / 2 - x, b.top + b.height / 2 - y];
    const arrow = {
      type: "arrow", x, y, width: dx, height: dy, points: [[0, 0], [dx, dy]], strokeColor: INK, strokeWidth: 2, roughness: 0,
    };
    const [made] = convertToExcalidrawElements([arrow] as unknown as Skeletons);
    if (!made) return null;
    const ends = [structuredClone(start), structuredClone(end)].map((element) => newElementWith(element, {}, true));
    const around = new Map([...ends, made].map((element) => [element.id, element]));
    for (const [index, side] of (["start", "end"] as const).entries()) {
      bindLinearElement(made as unknown as ArrowElement, ends[index] as never, side, around as never);
    }
    const frameId = start.frameId && start.frameId === end.frameId ? start.frameId : null;
    this.#commit([...ends, { ...made, index: null, frameId } as AnyElement], [from, to], [made.id]);
    return made.id;
  }

  setText(id: string, text: string): void {
    const element = this.#get(id);
    if (!element) return;
    if (element.type === "frame") {
      this.#commit([newElementWith(element, { name: text || null })]);
      return;
    }
    const label = element.type === "text" ? element : this.#labelOf(id);
    if (label) {
      const container = element.type === "text" ? (this.#get(element.containerId) ?? null) : element;
      if (!text.trim() && element.type !== "text") {
        const boundElements = (element.boundElements ?? []).filter((bound) => bound.id !== label.id);
        this.#commit([newElementWith(element, { boundElements }), newElementWith(label, { isDeleted: true })]);
        return;
      }
      const [drawn, holder] = this.#written(label, container, text);
      this.#commit(holder ? [holder, drawn] : [drawn], holder ? [holder.id] : [id]);
    } else if (text.trim() && element.type !== "text") {
      const made = this.#labelFor(element, text);
      if (made) this.#commit(made, [id]);
    }
  }

  setColour(id: string, colour: string): void {
    const element = this.#get(id);
    if (!element) return;
    const isFilled = ["rectangle", "ellipse", "diamond"].includes(element.type);
    const change = isFilled ? { backgroundColor: colour, fillStyle: "solid" as const } : { strokeColor: colour };
    this.#commit([newElementWith(element, change)]);
  }

  setLink(id: string, link: string | null): void {
    const element = this.#get(id);
    if (element) this.#commit([newElementWith(element, { link })]);
  }

  setLocked(ids: readonly string[], isLocked: boolean): void {
    const together = ids.flatMap((id) => this.#together(id).filter((one) => one.id === id || (one as TextElement).containerId === id));
    this.#commit(together.map((element) => newElementWith(element, { locked: isLocked })));
  }

  move(id: string, dx: number, dy: number): void {
    const together = this.#together(id);
    this.#commit(together.map((one) => newElementWith(one, { x: one.x + dx, y: one.y + dy })), together.map((one) => one.id));
  }

  /** Into a frame, at a free place; or out of any, to the right of the one that held it. */
  intoFrame(id: string, frame: string | null): void {
    const element = this.#get(id);
    if (!element || element.type === "frame" || element.frameId === frame) return;
    const box = boxOf(element);
    const place = this.#free(box, "sticky", frame, id);
    const [dx, dy] = [place.x - box.left, place.y - box.top];
    const together = this.#together(id);
    const moved = together.map((one) => newElementWith(one, { x: one.x + dx, y: one.y + dy, frameId: frame }));
    const holder = this.#get(frame);
    const bottom = place.y + box.height + FRAME_PADDING;
    const grown = holder && bottom > holder.y + holder.height ? [newElementWith(holder, { height: bottom - holder.y })] : [];
    this.#commit([...moved, ...grown], together.map((one) => one.id));
  }

  /** Changes places with the sticky before or after, in reading order; answers where it is now, or nothing where it is alone. */
  swap(id: string, side: -1 | 1): { at: number; of: number } | null {
    const items = this.#items();
    const own = items.get(id);
    if (!own) return null;
    const all = [...items.values()].filter((item) => item.kind === "sticky" && item.element.frameId === own.element.frameId);
    const ordered = inReadingOrder(all);
    const at = ordered.findIndex((item) => item.id === id);
    const other = ordered[at + side];
    if (!other || other.element.locked) return null;
    const [a, b] = [own.element, other.element];
    const here = this.#together(a.id).map((one) => newElementWith(one, { x: one.x + b.x - a.x, y: one.y + b.y - a.y }));
    const there = this.#together(b.id).map((one) => newElementWith(one, { x: one.x + a.x - b.x, y: one.y + a.y - b.y }));
    this.#commit([...here, ...there], [a.id, b.id]);
    return { at: at + side + 1, of: ordered.length };
  }

  /** Of a frame, only the frame goes: what it holds stays where it is. */
  remove(id: string): void {
    const element = this.#get(id);
    if (!element) return;
    const gone = this.#all().filter((one) => !one.isDeleted && (one.id === id || (one.type === "text" && one.containerId === id)));
    const ids = new Set(gone.map((one) => one.id));
    const freed = this.#all().filter((one) => !one.isDeleted && !ids.has(one.id) && (element.type === "frame" ? one.frameId === id : this.#isBoundTo(one, id)));
    const deleted = gone.map((one) => newElementWith(one, { isDeleted: true }));
    const kept = freed.map((one) => newElementWith(structuredClone(one), element.type === "frame" ? { frameId: null } : {}, true));
    if (element.type !== "frame") fixBindingsAfterDeletion(kept, deleted);
    this.#commit([...deleted, ...kept], [], []);
  }

  /** Puts back what was deleted, by whomever. */
  restore(id: string): void {
    const gone = this.#all().filter((one) => one.id === id || (one.type === "text" && one.containerId === id));
    this.#commit(gone.map((one) => newElementWith(one, { isDeleted: false })));
  }

  /** Copies of elements from elsewhere, with ids of their own, around a point. */
  addCopies(elements: readonly AnyElement[], centre: Place): string[] {
    const copies = freshCopies(elements.filter((element) => !element.isDeleted));
    const box = boxAround(copies);
    const [dx, dy] = [centre.x - box.left - box.width / 2, centre.y - box.top - box.height / 2];
    const moved = copies.map((one) => ({ ...one, x: one.x + dx, y: one.y + dy }) as AnyElement);
    this.#commit(moved, [], moved.filter((one) => !(one.type === "text" && one.containerId)).map((one) => one.id));
    return moved.map((one) => one.id);
  }

  #isBoundTo(element: AnyElement, id: string): boolean {
    if (element.boundElements?.some((bound) => bound.id === id)) return true;
    if (element.type !== "arrow" && element.type !== "line") return false;
    return element.startBinding?.elementId === id || element.endBinding?.elementId === id;
  }

  #labelOf(id: string): (TextElement & Element) | null {
    return this.#all().find((one): one is TextElement & Element => one.type === "text" && !one.isDeleted && one.containerId === id) ?? null;
  }

  /** A text and what holds it, as they are with other words. */
  #written(label: TextElement, container: AnyElement | null, text: string): [TextElement, AnyElement | null] {
    const drawn = newElementWith(structuredClone(label), { originalText: text, text });
    const holder = container && newElementWith(structuredClone(container), {}, true);
    const around = new Map(this.#all().map((element) => [element.id, element as AnyElement]));
    around.set(drawn.id, drawn);
    if (holder) around.set(holder.id, holder);
    redrawTextBoundingBox(drawn, holder, around, false);
    return [drawn, holder];
  }

  /** What is bound to a thing that had no text yet. */
  #labelFor(element: AnyElement, text: string): AnyElement[] | null {
    if (!["rectangle", "ellipse", "diamond", "arrow"].includes(element.type)) return null;
    const [made] = convertToExcalidrawElements([
      { type: "text", text, x: element.x, y: element.y, fontSize: FONT_SIZE, fontFamily: FONT, strokeColor: INK, textAlign: "center", verticalAlign: "middle" },
    ] as unknown as Skeletons);
    if (made?.type !== "text") return null;
    const label = { ...made, index: null, containerId: element.id, frameId: element.frameId, locked: element.locked, groupIds: element.groupIds };
    const bound = [...(element.boundElements ?? []), { type: "text" as const, id: label.id }];
    const [drawn, holder] = this.#written(label as unknown as TextElement, newElementWith(element, { boundElements: bound }), text);
    return holder ? [holder, drawn] : [drawn];
  }

  #sizeOf(kind: Addable): { width: number; height: number } {
    return kind === "frame" ? FRAME : STICKY;
  }

  #make({ kind, text, colour, frame }: Addition, { x, y }: Place): AnyElement[] {
    const words = { fontSize: FONT_SIZE, fontFamily: FONT, strokeColor: INK };
    const skeleton = {
      sticky: {
        type: "rectangle", x, y, ...STICKY, backgroundColor: colour, fillStyle: "solid", strokeColor: INK, strokeWidth: 1,
        roughness: 0, roundness: null, customData: { sticky: true }, ...(text.trim() ? { label: { ...words, text } } : {}),
      },
      rectangle: {
        type: "rectangle", x, y, ...STICKY, strokeColor: INK, strokeWidth: 2, roughness: 0, roundness: { type: 3, value: 8 },
        ...(text.trim() ? { label: { ...words, text } } : {}),
      },
      text: { type: "text", x, y, text, ...words },
      frame: { type: "frame", x, y, ...FRAME, name: text || undefined, children: [] },
    }[kind];
    const made = convertToExcalidrawElements([skeleton] as unknown as Skeletons);
    // A frame that holds nothing has no bounds of its own there; the order of stacking is given by the scene they come into.
    const own = kind === "frame" ? { x, y, ...FRAME, frameId: null } : { frameId: frame };
    return made.map((element) => ({ ...element, index: null, ...own }) as unknown as AnyElement);
  }

  #isEmpty(area: { left: number; top: number; width: number; height: number }, except?: string): boolean {
    return !this.#all().some((element) => {
      if (element.isDeleted || element.type === "frame" || element.id === except) return false;
      const box = boxOf(element);
      return box.left < area.left + area.width && box.left + box.width > area.left && box.top < area.top + area.height && box.top + box.height > area.top;
    });
  }

  /** Where something of this size covers nothing: in its frame row by row; outside, beside the last sticky or below everything. */
  #free(size: { width: number; height: number }, kind: Addable, frame: string | null, except?: string): Place {
    const holder = this.#get(frame);
    if (holder) {
      const [left, top] = [holder.x + FRAME_PADDING, holder.y + FRAME_PADDING];
      for (let y = top; y + size.height <= holder.y + holder.height - FRAME_PADDING / 2; y += STEP) {
        for (let x = left; x + size.width <= holder.x + holder.width - FRAME_PADDING / 2; x += STEP) {
          if (this.#isEmpty(widened({ left: x, top: y, ...size }), except)) return { x, y };
        }
      }
      const inside = boxAround(this.#all().filter((one) => one.frameId === frame && !one.isDeleted && one.id !== except));
      return { x: left, y: inside.height ? inside.top + inside.height + GAP : top };
    }
    const items = [...this.#items().values()].filter((item) => item.id !== except);
    if (!items.length) return { x: 0, y: 0 };
    const all = boxAround(items.map((item) => item.element));
    const last = inReadingOrder(items.filter((item) => item.kind === "sticky" && !item.element.frameId)).at(-1);
    if (last && kind !== "frame") {
      const box = boxOf(last.element);
      const beside = { x: box.left + box.width + GAP, y: box.top };
      const isNear = beside.x + size.width <= Math.max(all.left + all.width, all.left + 5 * (STICKY.width + GAP));
      if (isNear && this.#isEmpty({ left: beside.x, top: beside.y, ...size }, except) && !this.#isInFrame(beside, size)) return beside;
    }
    return { x: all.left, y: all.top + all.height + 2 * GAP };
  }

  #isInFrame(place: Place, size: { width: number; height: number }): boolean {
    return this.#all().some(
      (one) => one.type === "frame" && !one.isDeleted && place.x < one.x + one.width && place.x + size.width > one.x && place.y < one.y + one.height && place.y + size.height > one.y,
    );
  }
}

/** The same elements under new ids, still bound to one another and to nothing else. */
export function freshCopies(elements: readonly AnyElement[]): AnyElement[] {
  const ids = new Map(elements.map((element) => [element.id, crypto.randomUUID()]));
  const groups = new Map<string, string>();
  const kept = (id: string | null | undefined): string | null => (id ? (ids.get(id) ?? null) : null);
  return elements.map((element) => {
    const copy = structuredClone(element) as AnyElement & Record<string, unknown>;
    const changes: Record<string, unknown> = {
      id: ids.get(element.id),
      index: null,
      version: 1,
      versionNonce: Math.floor(Math.random() * 2 ** 31),
      frameId: kept(element.frameId),
      groupIds: element.groupIds.map((group) => {
        if (!groups.has(group)) groups.set(group, crypto.randomUUID());
        return groups.get(group);
      }),
      boundElements: (element.boundElements ?? []).flatMap((bound) => (ids.has(bound.id) ? [{ ...bound, id: ids.get(bound.id) }] : [])),
    };
    if (element.type === "text") changes.containerId = kept(element.containerId);
    if (element.type === "arrow" || element.type === "line") {
      for (const side of ["startBinding", "endBinding"] as const) {
        const binding = element[side];
        changes[side] = binding && ids.has(binding.elementId) ? { ...binding, elementId: ids.get(binding.elementId) } : null;
      }
    }
    return Object.assign(copy, changes) as AnyElement;
  });
}
