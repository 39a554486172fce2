// What is drawn here and not stored by the server yet is kept in this browser, until the server says that it has it; what an
// earlier page kept is taken up again.
//
// - Kept is what this page's document has of ours beyond what it had when all was saved: small, and whole by itself. Each
//   page has one row, which is written over.
// - What is found goes into the document once the server's is there, and into our own row: a row goes when the server has
//   stored it, never before. Twice the same is once, so it matters little whether the page that kept it still lives.
// - What the server would not take is not tried again and again: it stays, and the person decides.
import * as Y from "yjs";
import { elementsIn } from "../kept/file";
import { Rows, type Row } from "../kept/rows";
import type { Connection } from "./connection";
import type { Element } from "./elements";
import type { BoardPage } from "./page";
import { Store } from "./store";

export interface Kept {
  /** Whether this browser keeps anything: not before it was asked, nor where it refuses. */
  isAble: boolean;
  /** Whether all that is not saved is written here. Says nothing where everything is saved. */
  isKept: boolean;
  /** Why what is not saved cannot be written here: there is more than is kept, or the disk is full. */
  trouble: "tooMuch" | "full" | null;
  /** Why something of an earlier page was not taken up again: no right to draw, or it cannot be added. */
  left: "right" | "refused" | null;
}

/** Milliseconds: online most things are saved before; offline a page may be gone at any moment. */
const WHEN_ONLINE = 1_000;
const WHEN_OFFLINE = 250;
/** Bytes of one board. */
const MOST = 20_000_000;

export class Keeping {
  readonly state = new Store<Kept>({ isAble: false, isKept: false, trouble: null, left: null });
  /** Called once, when something of an earlier page was added to the board. */
  onResumed: () => void = () => undefined;

  readonly #doc: Y.Doc;
  readonly #connection: Connection;
  readonly #page: BoardPage;
  /** Who counts as us: this page's document, and those whose rows it has taken up. */
  readonly #clients: Set<number>;
  #rows: Rows | null = null;
  /** How far the document was when all was saved; null while it is. */
  #base: Map<number, number> | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #changes = 0;
  /** What was written last, by this page. */
  #own: Row | null = null;
  /** Rows that are in the document now, and go once the server has stored it. */
  #taken: readonly Row[] = [];
  /** Rows that wait for a right, or for the person's decision. */
  #left: readonly Row[] = [];
  #isSought = false;
  /** Whether the server refused what is not saved here. */
  #isRefused = false;

  constructor(doc: Y.Doc, connection: Connection, page: BoardPage) {
    this.#doc = doc;
    this.#connection = connection;
    this.#page = page;
    this.#clients = new Set([doc.clientID]);
    doc.on("update", (_update: Uint8Array, origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
      if (origin === connection.provider) return;
      this.#base ??= new Map(transaction.beforeState);
      this.#changes += 1;
      this.state.set({ isKept: false });
      this.#writeSoon();
    });
    connection.line.subscribe(() => this.#follow());
    void this.#open();
  }

  /** Writes at once what is not written yet. */
  async write(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const [rows, changes] = [this.#rows, this.#changes];
    if (!rows || !this.#base || this.state.value.isKept) return;
    const update = this.#unsaved(this.#base);
    if (update.byteLength > MOST) {
      this.state.set({ trouble: "tooMuch" });
      return;
    }
    const { person, uuid: board, title } = this.#page;
    const count = (this.#own?.count ?? 0) + 1;
    this.#own = { person: person.id, board, tab: this.#doc.clientID, count, title, written: Date.now(), update, isRefused: this.#isRefused };
    const instead = this.#taken;
    try {
      await rows.put(this.#own, instead);
    } catch {
      // The disk is full, or the browser refuses: what is said on the screen is that this is not kept. What was, is.
      if (this.#rows) this.state.set({ isAble: false, trouble: this.#base ? "full" : null });
      return;
    }
    this.#taken = this.#taken === instead ? [] : this.#taken;
    this.state.set({ isAble: this.#rows !== null, isKept: this.#rows !== null && changes === this.#changes, trouble: null });
  }

  /** The board as it would be with what could not be taken up: for a file. */
  leftElements(): Element[] {
    return elementsIn(this.#left, this.#doc.getMap("elements").values());
  }

  /** The person gives up what could not be taken up. */
  async discardLeft(): Promise<void> {
    await this.#rows?.remove(this.#left);
    this.#left = [];
    this.state.set({ left: null });
  }

  async #open(): Promise<void> {
    try {
      this.#rows = await Rows.open(this.#page.person.id, () => this.#stop());
    } catch {
      // No store, or none for us: the board works without, and says that the page must stay open.
      return;
    }
    this.state.set({ isAble: true });
    this.#follow();
  }

  /** SECURITY: somebody signed out here: nothing is kept from now on, and what is on the screen is said not to be. */
  #stop(): void {
    this.#rows = null;
    this.#left = this.#taken = [];
    this.state.set({ isAble: false, isKept: false, trouble: null, left: null });
  }

  #follow(): void {
    const { isLoaded, isUnsaved, link, mayWrite, refusal } = this.#connection.line.value;
    if (!this.#isRefused && (refusal === "message" || refusal === "too_large")) {
      this.#isRefused = true;
      // Written once more, so that the next page knows it.
      this.state.set({ isKept: false });
    }
    if (!isUnsaved) this.#forgetSaved();
    else if (link === "lost") void this.write();
    if (isLoaded && this.#rows && !this.#isSought) void this.#seek(this.#rows);
    else if (mayWrite && link === "open" && this.state.value.left === "right") this.#resume(this.#left);
  }

  /** The server has everything. */
  #forgetSaved(): void {
    if (!this.#base && !this.#taken.length) return;
    const gone = this.#own ? [...this.#taken, this.#own] : this.#taken;
    this.#base = null;
    this.#taken = [];
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.state.set({ isKept: false, trouble: null });
    // A row that stays is taken up once more, which changes nothing.
    this.#rows?.remove(gone).catch(() => undefined);
  }

  /** What earlier pages kept of this board. */
  async #seek(rows: Rows): Promise<void> {
    this.#isSought = true;
    let found: Row[];
    try {
      found = (await rows.read(this.#page.uuid)).filter((row) => row.tab !== this.#doc.clientID);
    } catch {
      this.state.set({ isAble: false });
      return;
    }
    if (found.length) this.#resume(found);
  }

  #resume(found: readonly Row[]): void {
    const { mayWrite } = this.#connection.line.value;
    const wanted = found.filter((row) => !row.isRefused);
    const isTaken = mayWrite && this.#fit(wanted);
    this.#left = isTaken ? found.filter((row) => row.isRefused) : found;
    this.state.set({ left: !this.#left.length ? null : mayWrite ? "refused" : "right" });
    if (!isTaken || !wanted.length) return;
    const changes = this.#changes;
    for (const { update } of wanted) for (const client of Y.parseUpdateMeta(update).to.keys()) this.#clients.add(client);
    this.#taken = [...this.#taken, ...wanted];
    Y.transact(this.#doc, () => {
      for (const { update } of wanted) Y.applyUpdate(this.#doc, update, this);
    }, this);
    if (this.#changes === changes) {
      // The server has it, and may have it in memory alone: it is asked to say when it is stored.
      this.#connection.assure(Y.mergeUpdates(wanted.map(({ update }) => update)));
      if (!this.#base) this.state.set({ isKept: true });
    } else {
      this.onResumed();
      void this.write();
    }
  }

  /** Whether nothing is missing that rows build on: a server that lost it would refuse the whole page. */
  #fit(rows: readonly Row[]): boolean {
    const trial = new Y.Doc();
    try {
      for (const update of [Y.encodeStateAsUpdate(this.#doc), ...rows.map((row) => row.update)]) Y.applyUpdate(trial, update);
      return trial.store.pendingStructs === null && trial.store.pendingDs === null;
    } catch {
      // Damaged: it can be given up, not added.
      return false;
    } finally {
      trial.destroy();
    }
  }

  #writeSoon(): void {
    const isOnline = this.#connection.line.value.link === "open";
    this.#timer ??= setTimeout(() => void this.write(), isOnline ? WHEN_ONLINE : WHEN_OFFLINE);
  }

  /** Ours beyond what all had when it was saved. What others drew meanwhile is the server's to keep. */
  #unsaved(base: Map<number, number>): Uint8Array {
    const vector = Y.decodeStateVector(Y.encodeStateVector(this.#doc));
    for (const client of this.#clients) vector.set(client, base.get(client) ?? 0);
    return Y.encodeStateAsUpdate(this.#doc, Y.encodeStateVector(vector));
  }
}
