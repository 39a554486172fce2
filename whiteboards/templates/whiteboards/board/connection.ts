// The line to the server: the stock client of y-websocket, with what it does not know. It is told what the server has stored,
// so that it can say truthfully whether everything is saved; it does not come back where it was refused; it comes back at
// once when the person does, and not all at the same moment when the server restarts.
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { encodeAwarenessUpdate } from "y-protocols/awareness";
import { writeUpdate } from "y-protocols/sync";
import { WebsocketProvider } from "y-websocket";
import type * as Y from "yjs";
import { Store } from "./store";

/** Why the line is closed for good, until the person does something. */
export type Refusal = "session" | "right" | "gone" | "message" | "too_large";

export interface Line {
  link: "opening" | "open" | "lost";
  /** Whether the board was read from the server at least once. */
  isLoaded: boolean;
  mayWrite: boolean;
  /** Whether something done here is not stored by the server yet. */
  isUnsaved: boolean;
  refusal: Refusal | null;
}

type Said =
  | { type: "welcome"; write: boolean; person: { id: string } }
  | { type: "access"; write: boolean }
  | { type: "saved"; count: number }
  | { type: "refused"; reason: string }
  | { type: "alive" };

const SYNC = 0;
const AWARENESS = 1;
const OURS = 4;
const STEP_2 = 1;
const UPDATE = 2;
const SILENCE = 25_000;
const CONNECTING_TOO_LONG = 10_000;
const LONGEST_WAIT = 15_000;
const NOT_FOUND = 4404;
const REFUSALS: Record<number, Refusal> = { 1009: "too_large", 4400: "message", 4401: "session", 4403: "right", [NOT_FOUND]: "gone" };

/** A socket that counts what changes the board, as the server counts it. */
class CountingSocket extends WebSocket {
  sent = 0;
  saved = 0;
  /** SECURITY: whether the server has said whom it takes us for: before that, nothing that was drawn goes out. */
  isKnown = false;
  /** Whether what the server lacked of ours was sent on this socket: before that, nothing can be said to be saved. */
  hasAnswered = false;

  override send(data: string | Bufferable): void {
    if (data instanceof Uint8Array && data[0] === SYNC && (data[1] === STEP_2 || data[1] === UPDATE)) {
      // It is asked for with all the rest, after the welcome.
      if (!this.isKnown) return;
      this.sent += 1;
      this.hasAnswered ||= data[1] === STEP_2;
    }
    super.send(data);
  }
}

type Bufferable = Exclude<Parameters<WebSocket["send"]>[0], string>;

export class Connection {
  readonly line: Store<Line>;
  readonly provider: WebsocketProvider;
  readonly #person: string;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #failures = 0;
  #connectingSince = 0;

  /** `person`: the uuid of whose page this is. */
  constructor(uuid: string, person: string, doc: Y.Doc, mayWrite: boolean) {
    this.#person = person;
    this.line = new Store<Line>({ link: "opening", isLoaded: false, mayWrite, isUnsaved: false, refusal: null });
    const host = `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}`;
    this.provider = new WebsocketProvider(`${host}/ws/rooms`, `board/${uuid}`, doc, {
      connect: false,
      disableBc: true,
      WebSocketPolyfill: CountingSocket,
      // When to come back is decided here.
      shouldReconnect: () => false,
    });
    this.#speakForOneself();
    this.provider.messageHandlers[OURS] = (_encoder, decoder) => this.#hear(decoding.readVarString(decoder));
    this.provider.on("status", ({ status }) => this.#status(status));
    this.provider.on("sync", (isSynced) => {
      if (isSynced) this.line.set({ isLoaded: true });
      this.#failures = isSynced ? 0 : this.#failures;
    });
    this.provider.on("closed", ({ code, reason }) => this.#closed(code, reason));
    doc.on("update", (_update: Uint8Array, origin: unknown) => {
      if (origin !== this.provider) this.line.set({ isUnsaved: true });
    });
    for (const [target, name] of [[document, "visibilitychange"], [window, "online"], [window, "pageshow"], [window, "focus"]] as const) {
      target.addEventListener(name, () => this.#resume());
    }
    window.addEventListener("offline", () => this.#drop());
  }

  open(): void {
    this.#connect();
  }

  /** For good, with the page. */
  close(): void {
    this.#forgetTimer();
    this.provider.destroy();
  }

  /** The person asks for it. */
  retry(): void {
    this.line.set({ refusal: null, link: "opening" });
    this.#connect();
  }

  /** Sends a change that the server may have already, so that it says when it is stored. */
  assure(update: Uint8Array): void {
    this.line.set({ isUnsaved: true });
    const { ws } = this.provider;
    if (ws?.readyState !== WebSocket.OPEN) return;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, SYNC);
    writeUpdate(encoder, update);
    ws.send(encoding.toUint8Array(encoder));
  }

  /** The stock client sends back what it hears of others; we say where we are, and nobody else. */
  #speakForOneself(): void {
    const { provider } = this;
    const { awareness } = provider;
    awareness.off("update", provider._awarenessUpdateHandler);
    awareness.on("update", ({ added, updated, removed }: Record<"added" | "updated" | "removed", number[]>) => {
      const own = awareness.clientID;
      if (![...added, ...updated, ...removed].includes(own) || provider.ws?.readyState !== WebSocket.OPEN) return;
      const encoder = encoding.createEncoder();
      encoding.writeVarUint(encoder, AWARENESS);
      encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(awareness, [own]));
      provider.ws.send(encoding.toUint8Array(encoder));
    });
  }

  #connect(): void {
    this.#forgetTimer();
    if (this.provider.ws) return;
    this.provider.connect();
  }

  #status(status: string): void {
    if (status === "connecting") {
      this.#connectingSince = performance.now();
      // Others heard that we left, one tick later than what we said last: what we say next must be later still.
      const { awareness } = this.provider;
      const own = awareness.meta.get(awareness.clientID);
      if (own) own.clock += 2;
    } else if (status === "connected") {
      this.line.set({ link: "open" });
    } else if (status === "disconnected") {
      this.line.set({ link: "lost" });
    }
  }

  #hear(text: string): void {
    let said: Said;
    try {
      said = JSON.parse(text) as Said;
    } catch {
      return;
    }
    const socket = this.provider.ws as CountingSocket | null;
    if (said.type === "welcome") {
      // SECURITY: somebody else signed in, in another tab: what is on this page is not theirs, and is not sent as theirs.
      if (said.person.id !== this.#person) {
        this.provider.disconnect();
        this.line.set({ link: "lost", refusal: "session" });
        return;
      }
      if (socket) socket.isKnown = true;
      this.line.set({ refusal: null });
    }
    if (said.type === "welcome" || said.type === "access") this.line.set({ mayWrite: said.write });
    if (said.type === "refused" && said.reason === "read_only") this.line.set({ mayWrite: false });
    if (said.type === "saved" && socket) {
      socket.saved = said.count;
      if (socket.hasAnswered && socket.saved >= socket.sent) this.line.set({ isUnsaved: false });
    }
  }

  /** `asked`: the uuid of whom the server took us for, where it let nobody in. */
  #closed(code: number, asked: string): void {
    // Refused to somebody else who signed in, in another tab: that says nothing of the board, nor of this person's right.
    const isOther = code === NOT_FOUND && asked !== "" && asked !== this.#person;
    const refusal = isOther ? "session" : (REFUSALS[code] ?? null);
    this.line.set({ link: "lost", refusal });
    if (refusal) return;
    this.#failures += 1;
    // A server that restarts closes everyone: they come back spread over some seconds. One that was flooded is left alone.
    const wait =
      code === 1012 ? 1_000 + Math.random() * 3_000
      : code === 1008 ? 10_000 + Math.random() * 5_000
      : Math.min(LONGEST_WAIT, 400 * 2 ** this.#failures) * (0.5 + Math.random() / 2);
    this.#forgetTimer();
    this.#timer = setTimeout(() => this.#connect(), wait);
  }

  /** The person is back, or the network: a line that was asleep is not waited for. */
  #resume(): void {
    if (document.hidden) return;
    const { refusal } = this.line.value;
    // Someone who signed in again in another tab finds the board as it was left.
    if (refusal && refusal !== "session") return;
    const { provider } = this;
    const silence = Date.now() - provider.wsLastMessageReceived;
    const isStuck = provider.wsconnecting && performance.now() - this.#connectingSince > CONNECTING_TOO_LONG;
    if ((provider.wsconnected && silence > SILENCE) || isStuck) provider.disconnect();
    this.#connect();
  }

  /** The browser says that there is no network: nothing that was sent since can be counted on. */
  #drop(): void {
    this.provider.disconnect();
    this.line.set({ link: "lost" });
    this.#forgetTimer();
    this.#timer = setTimeout(() => this.#connect(), 2_000 + Math.random() * 2_000);
  }

  #forgetTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
