// What was drawn and the server does not have yet, kept in this browser (IndexedDB): one row for each page that keeps some.
// No Yjs here: a row's update is bytes.

export interface Row {
  /** Uuids of who drew, and of the board. */
  person: string;
  board: string;
  /** The document's client id in the page that keeps it: no two pages have the same. */
  tab: number;
  /** Counts the writes of that page: a row that was written again since it was read is not the one that was read. */
  count: number;
  title: string;
  /** Milliseconds since 1970. */
  written: number;
  /** A Yjs update: what that page and those before it changed, and the server has not said to have. */
  update: Uint8Array;
  /** Whether the server refused it: it is not sent again by itself. */
  isRefused: boolean;
}

/** The same stands in `guard.ts`, as the store's form does: a part that `main` shared would be asked for by every page. */
const MARK = "boards-kept";
const STORE = "rows";
const LIFE = 30 * 24 * 3600 * 1000;

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("The store failed."));
  });
}

function ended(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("The store refused."));
  });
}

function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(MARK, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: ["person", "board", "tab"] });
  return answered(request);
}

const keyOf = ({ person, board, tab }: Row): IDBValidKey => [person, board, tab];

/** The rows of one person. Everything raises when the browser refuses. */
export class Rows {
  readonly #channel: BroadcastChannel;
  readonly #database: IDBDatabase;

  private constructor(
    readonly person: string,
    database: IDBDatabase,
    onForgotten: () => void,
  ) {
    this.#database = database;
    this.#channel = new BroadcastChannel(MARK);
    this.#channel.onmessage = ({ data }) => {
      if (data !== person) onForgotten();
    };
    // A browser that is told to forget this site closes it under us.
    this.#database.onclose = onForgotten;
    this.#database.onversionchange = () => {
      this.#database.close();
      onForgotten();
    };
  }

  /** Opens what this browser keeps. SECURITY: what others kept, and what is too old, goes first. `onForgotten` is called
   * when somebody signs out: nothing may be kept from then on. */
  static async open(person: string, onForgotten: () => void = () => undefined): Promise<Rows> {
    // Without it no other page could know that there is something: refused here, it raises.
    localStorage.getItem(MARK);
    const rows = new Rows(person, await opened(), onForgotten);
    const store = rows.#database.transaction(STORE, "readwrite").objectStore(STORE);
    const oldest = Date.now() - LIFE;
    for (const row of (await answered(store.getAll())) as Row[]) {
      if (row.person !== person || row.written < oldest) store.delete(keyOf(row));
    }
    await ended(store.transaction);
    return rows;
  }

  /** What is kept, of one board or of all. */
  read(board?: string): Promise<Row[]> {
    const store = this.#database.transaction(STORE).objectStore(STORE);
    const from = board === undefined ? [this.person] : [this.person, board];
    return answered(store.getAll(IDBKeyRange.bound(from, [...from, []]))) as Promise<Row[]>;
  }

  /** Keeps a row, in which `instead` are contained: in one transaction. */
  async put(row: Row, instead: readonly Row[] = []): Promise<void> {
    // SECURITY: by this every page of the portal knows that there is something to forget, and whose it is.
    localStorage.setItem(MARK, this.person);
    const store = this.#store();
    store.put(row);
    await this.#take(store, instead);
  }

  /** Removes rows, but for those that were written again since they were read. */
  async remove(rows: readonly Row[]): Promise<void> {
    await this.#take(this.#store(), rows);
  }

  close(): void {
    this.#channel.close();
    this.#database.close();
  }

  #store(): IDBObjectStore {
    // A page that is about to end does not wait for the disk: the system has what was written.
    return this.#database.transaction(STORE, "readwrite", { durability: "relaxed" }).objectStore(STORE);
  }

  #take(store: IDBObjectStore, rows: readonly Row[]): Promise<void> {
    for (const row of rows) {
      const request = store.get(keyOf(row)) as IDBRequest<Row | undefined>;
      request.onsuccess = () => {
        // Less: where there was no room, it could not be written again.
        if (request.result && request.result.count <= row.count) store.delete(keyOf(row));
      };
    }
    return ended(store.transaction);
  }
}
