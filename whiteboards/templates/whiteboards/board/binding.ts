// The board's document and Excalidraw's scene, kept the same. No React and no Excalidraw here: the canvas is an interface.
//
// The document has a map `elements` (id -> the whole element), a map `board` (its background) and a map `authors` (id of an
// element -> who changed it last). Rules, each of which was learned from a board that went wrong:
// - what comes out of Yjs is cloned before Excalidraw has it: it mutates elements in place, and would change the map;
// - nothing starts before the canvas is ready: its initial scene would wipe what was loaded;
// - an element that the scene lacks was not deleted: only `isDeleted` says so;
// - the same rule both ways decides who wins, and who loses is written back, in the map as in the scene;
// - some moments after the last change everything is compared.
import type * as Y from "yjs";
import { byIndex, isElement, plain, wins, type Element, type Versioned } from "./elements";
import type { Person } from "./page";
import { paced, settled } from "./timing";

export const SEND_EVERY = 40;
export const COMPARE_AFTER = 400;
/** How many elements one message carries. */
const MANY = 500;

export interface Canvas {
  /** All elements of the scene, deleted ones too. */
  elements(): readonly Element[];
  background(): string;
  /** Whether the element may be sent yet: one begins with nothing, an image before its file has an id. */
  isWhole(element: Element): boolean;
  /** The elements that a hand is drawing now, whose objects must not be exchanged under it. */
  held(): ReadonlySet<string>;
  show(elements: readonly Element[]): void;
  showBackground(colour: string): void;
}

export interface Change {
  id: string;
  author: Person | null;
  /** As it was before, where it was known. */
  before: Element | null;
  after: Element | null;
}

export class Binding {
  /** Whether what is done here is sent. The server decides; a page that may not write sends nothing. */
  mayWrite = false;

  readonly #elements: Y.Map<Element>;
  readonly #board: Y.Map<unknown>;
  readonly #authors: Y.Map<Person>;
  readonly #canvas: Canvas;
  readonly #doc: Y.Doc;
  readonly #person: Person;
  /** What the map holds that can be drawn, to be asked without the map's cost. */
  readonly #known = new Map<string, Element>();
  readonly #send = paced(() => this.#sendNow(), SEND_EVERY);
  readonly #show = paced(() => this.#showNow(), SEND_EVERY);
  readonly #compare = settled(() => this.compare(), COMPARE_AFTER);
  readonly #listeners = new Set<(changes: readonly Change[]) => void>();
  #toShow = new Set<string>();
  #isStarted = false;
  #background = "";

  constructor(doc: Y.Doc, canvas: Canvas, person: Person) {
    this.#doc = doc;
    this.#canvas = canvas;
    this.#person = person;
    this.#elements = doc.getMap<Element>("elements");
    this.#board = doc.getMap("board");
    this.#authors = doc.getMap<Person>("authors");
  }

  /** To be called once the canvas has loaded. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    for (const [id, element] of this.#elements.entries()) {
      if (!isElement(element, id)) continue;
      this.#known.set(id, element);
      this.#toShow.add(id);
    }
    this.#elements.observe(this.#take);
    this.#board.observe(this.#takeBoard);
    this.#background = this.#canvas.background();
    this.#takeBoard();
    this.#showNow();
  }

  get isStarted(): boolean {
    return this.#isStarted;
  }

  /** Puts on the canvas at once what waits to be shown. */
  catchUp(): void {
    this.#show.flush();
  }

  stop(): void {
    for (const waiting of [this.#send, this.#show, this.#compare]) waiting.cancel();
    this.#elements.unobserve(this.#take);
    this.#board.unobserve(this.#takeBoard);
    this.#isStarted = false;
  }

  /** The canvas says that something may have changed. */
  changed(): void {
    if (this.#isStarted) this.#send();
  }

  /** Sends at once what waits to be sent. */
  flush(): void {
    this.#send.flush();
  }

  /** Who changed an element last. */
  authorOf(id: string): Person | null {
    return this.#authors.get(id) ?? null;
  }

  /** Hear of what others change. Answers how to stop. */
  listen(listener: (changes: readonly Change[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Map and scene, element by element: what each lacks of the other is given to it. */
  compare(): void {
    if (!this.#isStarted) return;
    const scene = new Map(this.#canvas.elements().map((element) => [element.id, element]));
    for (const [id, theirs] of this.#known) {
      const mine = scene.get(id);
      if (mine ? wins(theirs, mine) : !theirs.isDeleted) this.#toShow.add(id);
    }
    this.#showNow();
    this.#sendNow();
  }

  readonly #take = (event: Y.YMapEvent<Element>, transaction: Y.Transaction): void => {
    const changes: Change[] = [];
    for (const id of event.keysChanged) {
      const value: unknown = this.#elements.get(id);
      const after = isElement(value, id) ? value : null;
      const before = this.#known.get(id) ?? null;
      if (after) this.#known.set(id, after);
      else this.#known.delete(id);
      if (transaction.origin === this) continue;
      this.#toShow.add(id);
      changes.push({ id, author: this.#authors.get(id) ?? null, before, after });
    }
    if (!changes.length) return;
    this.#show();
    for (const listener of [...this.#listeners]) listener(changes);
  };

  readonly #takeBoard = (): void => {
    const background = this.#board.get("background");
    if (typeof background !== "string" || background === this.#background) return;
    this.#background = background;
    this.#canvas.showBackground(background);
  };

  #sendNow(): void {
    if (!this.#isStarted) return;
    const sent: Element[] = [];
    let hasLost = false;
    for (const element of this.#canvas.elements()) {
      const known: Versioned | undefined = this.#known.get(element.id);
      if (known && !wins(element, known)) {
        if (!wins(known, element)) continue;
        this.#toShow.add(element.id);
        hasLost = true;
      } else if (this.#canvas.isWhole(element) && (known || !element.isDeleted)) {
        sent.push(plain(element));
      }
    }
    const background = this.#canvas.background();
    const isOtherBackground = background !== this.#background;
    if (hasLost) this.#show();
    if (!this.mayWrite || (!sent.length && !isOtherBackground)) return;
    // A whole board that is pasted goes in several messages: one alone could be larger than the server takes.
    for (let at = 0; at < sent.length; at += MANY) this.#store(sent.slice(at, at + MANY));
    if (isOtherBackground) {
      this.#background = background;
      this.#doc.transact(() => this.#board.set("background", background), this);
    }
    this.#compare();
  }

  #store(elements: readonly Element[]): void {
    this.#doc.transact(() => {
      for (const element of elements) {
        this.#elements.set(element.id, element);
        if (this.#authors.get(element.id)?.id !== this.#person.id) this.#authors.set(element.id, { ...this.#person });
      }
    }, this);
  }

  #showNow(): void {
    const ids = this.#toShow;
    this.#toShow = new Set();
    if (!this.#isStarted || !ids.size) return;
    const held = this.#canvas.held();
    const scene = new Map(this.#canvas.elements().map((element) => [element.id, element]));
    let isOther = false;
    let hasWon = false;
    for (const id of ids) {
      const theirs = this.#known.get(id);
      if (!theirs) continue;
      const mine = scene.get(id);
      if (mine && !wins(theirs, mine)) {
        hasWon ||= wins(mine, theirs);
      } else if (held.has(id)) {
        this.#toShow.add(id);
      } else if (mine || !theirs.isDeleted) {
        scene.set(id, structuredClone(theirs));
        isOther = true;
      }
    }
    if (isOther) {
      const shown = [...scene.values()];
      // To look is cheap, to sort is not: most changes move nothing to the front or the back.
      const isInOrder = shown.every((element, at) => at === 0 || byIndex(shown[at - 1] ?? element, element) < 0);
      this.#canvas.show(isInOrder ? shown : shown.sort(byIndex));
    }
    if (hasWon) this.#send();
    this.#compare();
  }
}
