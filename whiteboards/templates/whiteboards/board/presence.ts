// Who is here, where they point, what they look at, whom one follows.
import type { Collaborator, SocketId } from "@excalidraw/excalidraw/dist/types/excalidraw/types";
import type { Awareness } from "y-protocols/awareness";
import type { Person } from "./page";
import { Store } from "./store";
import { paced } from "./timing";

export const POINT_EVERY = 50;
const LOOK_EVERY = 100;
/** How many selected objects others are told of. */
const MOST_SELECTED = 50;

/** Left, top, right, bottom of what is seen, in the board's own measure. */
export type View = readonly [number, number, number, number];

interface Said {
  pointer: { x: number; y: number; tool: "pointer" | "laser" } | null;
  button: "up" | "down";
  selection: string[];
  presenting: boolean;
  view: View | null;
  /** The client whom this one follows. */
  following: number | null;
}

interface Heard extends Partial<Said> {
  user?: Person;
}

/** One person, however many pages they have open. */
export interface Here {
  person: Person;
  colour: string;
  /** The page that one would follow: the one that presents, or any. */
  client: number;
  isPresenting: boolean;
  isMe: boolean;
}

export interface People {
  here: readonly Here[];
  /** The client that is followed, and who it is. */
  followed: { client: number; person: Person } | null;
}

/** Readable under dark letters, and against a light as against a dark board. */
const COLOURS = [
  "#e47067", "#dc7938", "#ba8721", "#74a01c", "#1ea941", "#1da58e", "#229fbf", "#5294e0", "#9686ea", "#c76ce5", "#e363ae",
];

export function colourOf(person: Person): string {
  let hash = 0;
  for (const letter of person.id) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return COLOURS[hash % COLOURS.length] ?? "#5294e0";
}

/** In the dark Excalidraw turns the colours of the canvas around, letters too: paler ones become deep enough under them. */
function paler(colour: string): string {
  const part = (at: number): string => Math.round(parseInt(colour.slice(at, at + 2), 16) * 0.7 + 255 * 0.3).toString(16).padStart(2, "0");
  return `#${part(1)}${part(3)}${part(5)}`;
}

export function initialsOf(name: string): string {
  const words = name.split(/[\s-]+/).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return ends.map((word) => (word ?? "").charAt(0).toLocaleUpperCase()).join("") || "?";
}

function isView(value: unknown): value is View {
  return Array.isArray(value) && value.length === 4 && value.every((each) => Number.isFinite(each));
}

export class Presence {
  readonly people = new Store<People>({ here: [], followed: null });
  /** What the canvas shows of others. */
  onCollaborators: (all: Map<SocketId, Collaborator>) => void = () => undefined;
  /** What the one who is followed looks at. */
  onView: (view: View) => void = () => undefined;
  /** What is looked at here, asked for when someone follows. */
  view: () => View | null = () => null;

  readonly #awareness: Awareness;
  readonly #me: Person;
  readonly #said: Said = { pointer: null, button: "up", selection: [], presenting: false, view: null, following: null };
  readonly #say = paced(() => this.#awareness.setLocalState({ ...this.#said }), POINT_EVERY);
  readonly #show = paced(() => this.#showNow(), POINT_EVERY);
  readonly #look = paced(() => this.#lookNow(), LOOK_EVERY);
  #isWatched = false;
  #isDark = false;
  #shown = "";
  #seen = "";

  constructor(awareness: Awareness, me: Person) {
    this.#awareness = awareness;
    this.#me = me;
    awareness.setLocalState({ ...this.#said });
    awareness.on("change", () => this.#show());
    this.#showNow();
    // A page that is left is not waited for; one that comes back says where it is.
    window.addEventListener("pagehide", () => awareness.setLocalState(null));
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) awareness.setLocalState({ ...this.#said });
    });
  }

  /** The theme of the canvas. */
  set isDark(isDark: boolean) {
    this.#isDark = isDark;
    this.#show();
  }

  point(pointer: Said["pointer"], button: Said["button"]): void {
    this.#said.pointer = pointer && { x: Math.round(pointer.x), y: Math.round(pointer.y), tool: pointer.tool };
    this.#said.button = button;
    this.#say();
  }

  select(ids: readonly string[]): void {
    const selection = ids.slice(0, MOST_SELECTED);
    if (selection.join() === this.#said.selection.join()) return;
    this.#said.selection = selection;
    this.#say();
  }

  present(isPresenting: boolean): void {
    if (this.#said.presenting === isPresenting) return;
    this.#said.presenting = isPresenting;
    this.#lookNow();
    this.#say();
    this.#show();
  }

  follow(client: number | null): void {
    if (this.#said.following === client) return;
    this.#said.following = client;
    this.#seen = "";
    this.#say();
    this.#showNow();
  }

  /** What is looked at has changed. */
  looked(): void {
    if (this.#isWatched || this.#said.presenting) this.#look();
  }

  #seeWith(view: View): void {
    if (view.join() === this.#seen) return;
    this.#seen = view.join();
    this.onView(view);
  }

  #lookNow(): void {
    const isWanted = this.#isWatched || this.#said.presenting;
    const view = isWanted ? this.view() : null;
    this.#said.view = view && [Math.round(view[0]), Math.round(view[1]), Math.round(view[2]), Math.round(view[3])];
    this.#say();
  }

  #showNow(): void {
    const own = this.#awareness.clientID;
    const collaborators = new Map<SocketId, Collaborator>();
    const here = new Map<string, Here>();
    const me = { person: this.#me, colour: colourOf(this.#me), client: own, isPresenting: this.#said.presenting, isMe: true };
    here.set(this.#me.id, me);
    let isWatched = false;
    let followed: People["followed"] = null;
    for (const [client, state] of this.#awareness.getStates()) {
      const heard = state as Heard;
      const person = heard.user;
      // Who one is comes from the server; before it has said so, nobody is shown.
      if (client === own || typeof person?.id !== "string" || typeof person.name !== "string") continue;
      const colour = colourOf(person);
      isWatched ||= heard.following === own;
      if (client === this.#said.following) {
        followed = { client, person };
        if (isView(heard.view)) this.#seeWith(heard.view);
      }
      const isPresenting = heard.presenting === true;
      const known = here.get(person.id);
      if (!known) here.set(person.id, { person, colour, client, isPresenting, isMe: false });
      else if (isPresenting && !known.isPresenting && !known.isMe) here.set(person.id, { ...known, client, isPresenting });
      const { pointer } = heard;
      const isPointing = Number.isFinite(pointer?.x) && Number.isFinite(pointer?.y);
      collaborators.set(String(client) as SocketId, {
        id: person.id,
        socketId: String(client) as SocketId,
        username: person.name,
        color: { background: this.#isDark ? paler(colour) : colour, stroke: colour },
        ...(isPointing && pointer ? { pointer: { ...pointer, tool: pointer.tool === "laser" ? "laser" : "pointer" } } : {}),
        button: heard.button === "down" ? "down" : "up",
        selectedElementIds: Object.fromEntries((Array.isArray(heard.selection) ? heard.selection : []).map((id) => [id, true])),
      });
    }
    if (this.#said.following !== null && !followed) {
      this.#said.following = null;
      this.#say();
    }
    const wasWatched = this.#isWatched;
    this.#isWatched = isWatched;
    if (isWatched !== wasWatched) this.#lookNow();
    this.onCollaborators(collaborators);
    // Pointers move all the time; the list of people is drawn again when it changes.
    const list = [...here.values()].sort((a, b) => Number(b.isMe) - Number(a.isMe) || a.person.name.localeCompare(b.person.name));
    const shown = JSON.stringify([list, followed]);
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.people.set({ here: list, followed });
    }
  }
}
