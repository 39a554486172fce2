// Who else has this page open, and who is writing. One socket for the page, open while the page is looked at; nothing
// where nobody else is. Quiet: it moves nothing, and is read out at most once a minute.

interface Person {
  id: string;
  name: string;
  initials: string;
  typing: boolean;
}

interface People {
  type: "people";
  people: Person[];
  more: number;
}

// Who only passes by is not shown to anybody.
const SETTLE = 1_500;
const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 60_000;
const STEADY = 10_000;
// A page in the background for so long is not being read.
const HIDDEN_FOR = 60_000;
// Without a key for so long, one no longer writes.
const WRITES_FOR = 6_000;
const ANNOUNCE_EVERY = 60_000;
const FACES = 4;
const NAMES = 2;
// The room says that one may not be there, or has enough of us: it is not asked again.
const FINAL = (code: number): boolean => (code >= 4400 && code < 4500) || code === 1008;

class Presence {
  private socket: WebSocket | null = null;
  private timer = 0;
  private steady = 0;
  private hiding = 0;
  private failures = 0;
  private ended = false;
  private present: string[] = [];
  private heard = new Set<string>();
  private saidAt = 0;
  private speaking = 0;
  private writes = false;
  private writing = 0;

  constructor(private readonly root: HTMLElement) {
    this.retry(SETTLE * (0.7 + Math.random() * 0.6));
    document.addEventListener("visibilitychange", () => this.looked());
    window.addEventListener("online", () => this.connect());
    window.addEventListener("pagehide", () => this.hangUp());
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) this.connect();
    });
    document.addEventListener("input", (event) => {
      if (this.isMine(event.target)) this.wrote((event.target as HTMLTextAreaElement).value !== "");
    });
    document.addEventListener("submit", (event) => {
      if ((event.target as HTMLElement).querySelector("[data-presence-writes]")) this.wrote(false);
    });
  }

  private part(name: string): HTMLElement | null {
    return this.root.querySelector<HTMLElement>(`[data-presence-${name}]`);
  }

  private isMine(target: EventTarget | null): boolean {
    return target instanceof HTMLTextAreaElement && target.hasAttribute("data-presence-writes");
  }

  // -- The line ------------------------------------------------------------------------------------------------------

  private looked(): void {
    window.clearTimeout(this.hiding);
    if (document.visibilityState === "visible") this.connect();
    else this.hiding = window.setTimeout(() => this.hangUp(), HIDDEN_FOR);
  }

  private connect(): void {
    window.clearTimeout(this.timer);
    this.timer = 0;
    if (this.ended || this.socket || document.visibilityState === "hidden") return;
    const url = new URL(this.root.dataset.presence ?? "", location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const line = new WebSocket(url);
    this.socket = line;
    line.addEventListener("open", () => {
      this.steady = window.setTimeout(() => (this.failures = 0), STEADY);
      if (this.writes) line.send(JSON.stringify({ typing: true }));
    });
    line.addEventListener("message", (event: MessageEvent<string>) => {
      try {
        const message = JSON.parse(event.data) as People;
        if (message.type === "people") this.show(message);
      } catch {
        // A newer server may say things this page does not know yet.
      }
    });
    line.addEventListener("close", (event) => {
      window.clearTimeout(this.steady);
      if (this.socket !== line) return;
      this.socket = null;
      this.show({ type: "people", people: [], more: 0 });
      if (FINAL(event.code)) this.ended = true;
      else this.retry(this.wait());
    });
  }

  /** Jitter: after a restart, everybody must not come back in the same second. */
  private wait(): number {
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.failures);
    this.failures += 1;
    return longest / 2 + Math.random() * (longest / 2);
  }

  private retry(after: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.connect(), after);
  }

  private hangUp(): void {
    window.clearTimeout(this.timer);
    const line = this.socket;
    this.socket = null;
    line?.close();
    this.show({ type: "people", people: [], more: 0 });
  }

  // -- Who is there --------------------------------------------------------------------------------------------------

  private show({ people, more }: People): void {
    this.present = people.map((one) => one.id);
    const shown = this.part("shown");
    const words = this.part("words");
    const faces = this.part("faces");
    if (!shown || !words || !faces) return;
    shown.hidden = people.length === 0 && more === 0;
    words.textContent = shown.hidden ? "" : `${this.root.dataset.reading ?? ""} ${this.names(people, more)}`;
    shown.title = shown.hidden ? "" : people.map((one) => one.name).join(", ");
    const total = people.length + more;
    const drawn = people.slice(0, total > FACES ? FACES - 1 : FACES);
    faces.replaceChildren(...drawn.map(face), ...(total > FACES ? [plus(total - drawn.length)] : []));
    const writers = people.filter((one) => one.typing);
    for (const note of document.querySelectorAll<HTMLElement>("[data-presence-writing]")) {
      note.textContent = this.writers(writers);
    }
    this.announce();
  }

  /** « Claire Dubois, Karim Benali et 3 autres ». */
  private names(people: Person[], more: number): string {
    const named = people.slice(0, NAMES).map((one) => one.name);
    const rest = people.length - named.length + more;
    if (rest === 1) named.push(this.root.dataset.oneMore ?? "");
    else if (rest > 1) named.push((this.root.dataset.more ?? "").replace("{count}", String(rest)));
    return list(named);
  }

  private writers(people: Person[]): string {
    const { oneWrites, someWrite, manyWrite } = this.root.dataset;
    if (people.length === 0) return "";
    if (people.length > NAMES) return manyWrite ?? "";
    const sentence = people.length === 1 ? oneWrites : someWrite;
    return (sentence ?? "").replace("{names}", list(people.map((one) => one.name)));
  }

  /** Read out who is there when somebody came, and not again for a while. That somebody left is no news. */
  private announce(): void {
    if (this.speaking || this.present.every((one) => this.heard.has(one))) return;
    const wait = this.saidAt ? Math.max(0, this.saidAt + ANNOUNCE_EVERY - Date.now()) : 0;
    this.speaking = window.setTimeout(() => {
      this.speaking = 0;
      const status = this.part("status");
      if (!status || this.present.every((one) => this.heard.has(one))) return;
      status.textContent = this.part("words")?.textContent ?? "";
      this.heard = new Set(this.present);
      this.saidAt = Date.now();
    }, wait);
  }

  // -- Writing -------------------------------------------------------------------------------------------------------

  private wrote(writes: boolean): void {
    window.clearTimeout(this.writing);
    if (writes) this.writing = window.setTimeout(() => this.wrote(false), WRITES_FOR);
    if (writes === this.writes) return;
    this.writes = writes;
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ typing: writes }));
  }
}

function list(words: string[]): string {
  const language = document.documentElement.lang === "fr" ? "fr-CA" : "en-CA";
  return new Intl.ListFormat(language, { type: "conjunction" }).format(words);
}

/** Initials on the person's own colour, as everywhere (see the `avatar` tag). */
function face(person: Person): HTMLElement {
  const one = document.createElement("span");
  const tint = (Number.parseInt(person.id.slice(-1), 16) & 7) + 1;
  one.className = `avatar avatar--sm tint-${tint}`;
  one.textContent = person.initials;
  return one;
}

/** The others, as a number. */
function plus(count: number): HTMLElement {
  const one = document.createElement("span");
  one.className = "avatar avatar--sm tint-8";
  one.textContent = `+${count > 99 ? 99 : count}`;
  return one;
}

const root = document.querySelector<HTMLElement>("[data-presence]");
if (root) new Presence(root);
