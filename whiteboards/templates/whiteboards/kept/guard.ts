// On every page, those of the editors' desk too: what boards keep in this browser is the person's alone. Someone else who
// signs in makes it go; who signs out is asked first, while something of theirs is only here. It shares no module with
// `rows.ts`, which writes it: a part that `main` shared would be asked for by every page.

const MARK = "boards-kept";
const STORE = "rows";
const nb = "\u00a0";
/** The body says it; at the desk, whose body is not ours, the script's own element. */
const person = document.querySelector<HTMLElement>("[data-person]")?.dataset.person;
let mayLeave = false;

interface Kept {
  person: string;
  board: string;
  tab: number;
  title: string;
}

/** Who may have something here, as `rows.ts` noted when it wrote. */
function owner(): string | null {
  try {
    return localStorage.getItem(MARK);
  } catch {
    // Refused: then nothing is kept either.
    return null;
  }
}

/** Does something with what is kept, in one transaction. */
function withRows<T>(run: (store: IDBObjectStore, rows: Kept[]) => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(MARK, 1);
    request.onerror = () => reject(request.error ?? new Error("The store failed."));
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: ["person", "board", "tab"] });
    request.onsuccess = () => {
      const store = request.result.transaction(STORE, "readwrite").objectStore(STORE);
      const reading = store.getAll() as IDBRequest<Kept[]>;
      let answer: T;
      reading.onsuccess = () => (answer = run(store, reading.result));
      store.transaction.oncomplete = () => {
        request.result.close();
        resolve(answer);
      };
      store.transaction.onabort = () => reject(store.transaction.error ?? new Error("The store refused."));
    };
  });
}

/** SECURITY: empties it, and tells open pages to keep nothing more; `but`: the person whose rows and pages are left alone. */
async function forget(but: string | null): Promise<void> {
  const channel = new BroadcastChannel(MARK);
  channel.postMessage(but);
  channel.close();
  await withRows((store, rows) => {
    for (const row of rows) if (row.person !== but) store.delete([row.person, row.board, row.tab]);
  });
  if (owner() !== but) localStorage.removeItem(MARK);
}

function question(titles: readonly string[]): string {
  if (!document.documentElement.lang.startsWith("fr")) {
    return (
      `Drawings on these whiteboards are not saved on the server yet: ${titles.map((title) => `“${title}”`).join(", ")}. ` +
      "If you sign out, they will be erased from this device and lost. To save them, cancel, then open these whiteboards.\n\nSign out anyway?"
    );
  }
  return (
    `Des dessins de ces tableaux ne sont pas encore enregistrés sur le serveur${nb}: ${titles.map((title) => `«${nb}${title}${nb}»`).join(", ")}. ` +
    "Si vous fermez la session, ils seront effacés de cet appareil et perdus. Pour les enregistrer, annulez, puis ouvrez ces tableaux." +
    `\n\nFermer la session quand même${nb}?`
  );
}

/** Empties what is kept, after asking where something would be lost. Answers whether one may go on signing out. */
async function mayForget(): Promise<boolean> {
  const rows = await withRows((_store, all) => all.filter((row) => row.person === person));
  const titles = [...new Set(rows.map((row) => row.title))];
  if (titles.length && !confirm(question(titles))) return false;
  await forget(null);
  return true;
}

/** Whether a form signs out: the frame's, or the one that an application leads to. */
function signsOut(form: HTMLFormElement, button: HTMLButtonElement | null): boolean {
  const address = button?.getAttribute("formaction") ?? form.getAttribute("action") ?? "";
  return address.endsWith("/sign-out/") || (address.endsWith("/logout/") && button?.value !== "no");
}

// SECURITY: of somebody else, nothing stays. A store that fails is not asked: nothing of it is ever shown to others.
const whose = owner();
if (person && whose !== null && whose !== person) forget(person).catch(() => undefined);

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target as HTMLFormElement;
    const button = event.submitter as HTMLButtonElement | null;
    if (mayLeave || !signsOut(form, button) || owner() === null) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const go = (): void => {
      // A board that is open here does not ask a second time.
      document.dispatchEvent(new CustomEvent("parvis:forgotten"));
      mayLeave = true;
      form.requestSubmit(button);
      mayLeave = false;
    };
    // A store that fails keeps nobody in: the answer to signing out empties it besides.
    mayForget().then((may) => (may ? go() : undefined), go);
  },
  { capture: true },
);
