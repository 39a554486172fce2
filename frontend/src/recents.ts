// What one opens often, remembered by this browser alone: the box suggests it first. The server is only asked whether
// it may still be seen, and keeps nothing. Signing out forgets it.
interface Opened {
  /** Sort and key, "topic:<uuid>". */
  key: string;
  title: string;
  times: number;
  /** Milliseconds. */
  last: number;
}

const MOST = 60;
const SHOWN = 6;
// After so long, a visit counts half.
const HALF_LIFE = 7 * 24 * 3600 * 1000;
const person = document.body.dataset.person;
const place = `opened:${person ?? ""}`;

function read(): Opened[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place) ?? "[]");
    return Array.isArray(kept) ? (kept as Opened[]) : [];
  } catch {
    // Storage that is refused or damaged remembers nothing.
    return [];
  }
}

function write(opened: Opened[]): void {
  try {
    localStorage.setItem(place, JSON.stringify(opened));
  } catch {
    // Full or refused: the box works without.
  }
}

function worth(one: Opened): number {
  return one.times * 2 ** ((one.last - Date.now()) / HALF_LIFE);
}

function folded(text: string): string {
  return text
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/œ/g, "oe");
}

/** The keys of what was opened before and fits `words`, the likeliest first, for the server to look at. */
export function remembered(words: string): string {
  const wanted = folded(words).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  return read()
    .filter((one) => {
      const own = folded(one.title).split(/[^\p{L}\p{N}]+/u);
      return wanted.every((word) => own.some((part) => part.startsWith(word)));
    })
    .sort((one, other) => worth(other) - worth(one))
    .slice(0, SHOWN)
    .map((one) => one.key)
    .join(",");
}

const key = document.querySelector<HTMLMetaElement>("meta[name=recent]")?.content;
if (person && key) {
  const title = document.querySelector("h1")?.textContent?.trim() ?? "";
  const opened = read();
  const before = opened.find((one) => one.key === key);
  const now = { key, title, times: (before?.times ?? 0) + 1, last: Date.now() };
  const others = opened.filter((one) => one.key !== key).sort((one, other) => worth(other) - worth(one));
  write([now, ...others].slice(0, MOST));
}

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  const button = (event as SubmitEvent).submitter as HTMLButtonElement | null;
  if (!(button?.formAction || form.action).endsWith("/sign-out/")) return;
  try {
    localStorage.removeItem(place);
  } catch {
    // Nothing was kept.
  }
});
