// The launcher with a script: typing anywhere filters, arrows move, stars and order change in place, counts stay true.
// Without one every part of it is a link, a form or a <details>.
import htmx from "htmx.org";
import { showToast, words } from "../../../../foundation/ui/templates/ui/toast/toast";

const launcher = document.querySelector<HTMLElement>("[data-launcher]");
const box = launcher?.querySelector<HTMLInputElement>("[data-find]") ?? null;
const KEY = /\/apps\/([0-9a-f-]{36})\//;

function folded(text: string): string {
  return text
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/œ/g, "oe")
    .replace(/æ/g, "ae")
    .replace(/[’'-]/g, " ");
}

function keyOf(tile: Element): string {
  return KEY.exec(tile.querySelector("a")?.getAttribute("href") ?? tile.getAttribute("href") ?? "")?.[1] ?? "";
}

// ---- Finding ----

interface Entry {
  tile: HTMLElement;
  /** What it is found by; the name first. */
  text: string;
}

let entries: Entry[] | null = null;

/** Both names, and what it does: read from the page once, at the first letter. */
function read(): Entry[] {
  entries ??= [...(launcher?.querySelectorAll<HTMLElement>("[data-section^=category] .app") ?? [])].map((tile) => {
    const about = tile.querySelector(".app__panel p, .app__description")?.textContent ?? "";
    const name = tile.querySelector(".app__name")?.firstChild?.textContent ?? "";
    return { tile, text: folded(`${name} ${tile.dataset.other ?? ""} ${about}`) };
  });
  return entries;
}

function filter(): void {
  if (!launcher || !box) return;
  const wanted = folded(box.value).split(/\s+/).filter(Boolean);
  let found = 0;
  let first: HTMLElement | null = null;
  for (const { tile, text } of read()) {
    const fits = wanted.every((word) => text.includes(word));
    tile.hidden = !fits;
    delete tile.dataset.first;
    if (fits) {
      found += 1;
      first ??= tile;
    }
  }
  const isAsked = wanted.length > 0;
  if (first && isAsked) first.dataset.first = "";
  for (const section of launcher.querySelectorAll<HTMLElement>("[data-section]")) {
    section.hidden = section.dataset.section?.startsWith("category")
      ? !section.querySelector(".app:not([hidden])")
      : isAsked;
  }
  const aside = launcher.querySelector<HTMLElement>("[data-aside]");
  if (aside) aside.hidden = isAsked;
  const nothing = launcher.querySelector<HTMLElement>("[data-nothing]");
  if (nothing) nothing.hidden = found > 0;
  say(isAsked ? found : null);
}

let timer = 0;

/** Said once the typing pauses: a screen reader would stumble over every letter. */
function say(found: number | null): void {
  const count = launcher?.querySelector<HTMLElement>("[data-count]");
  if (!count || !launcher) return;
  window.clearTimeout(timer);
  const { one = "", many = "", none = "" } = launcher.dataset;
  const text = found === null ? "" : found === 0 ? none : found === 1 ? one : many.replace("#", String(found));
  timer = window.setTimeout(() => (count.textContent = text), 200);
}

function clear(): void {
  if (!box) return;
  box.value = "";
  filter();
  const here = new URL(location.href);
  if (here.searchParams.delete("q"), here.href !== location.href) history.replaceState(history.state, "", here);
}

function isWriting(target: EventTarget | null): boolean {
  return !!(target as HTMLElement | null)?.closest?.(
    "input, textarea, select, dialog, [contenteditable]:not([contenteditable=false])",
  );
}

// ---- Moving ----

function links(): HTMLElement[] {
  return [...(launcher?.querySelectorAll<HTMLElement>(".app__name") ?? [])].filter((one) => one.offsetParent !== null);
}

/** The link in the next row above or below, in the column nearest to this one. */
function across(all: HTMLElement[], here: HTMLElement, step: number): HTMLElement | null {
  const tile = (one: HTMLElement): DOMRect => (one.closest(".app") ?? one).getBoundingClientRect();
  const from = tile(here);
  const beyond = all.filter((one) => (step > 0 ? tile(one).top >= from.bottom - 1 : tile(one).bottom <= from.top + 1));
  if (!beyond.length) return null;
  const tops = beyond.map((one) => tile(one).top);
  const row = step > 0 ? Math.min(...tops) : Math.max(...tops);
  const distance = (one: HTMLElement): number => Math.abs(tile(one).left - from.left);
  return beyond.filter((one) => Math.abs(tile(one).top - row) < 2).sort((a, b) => distance(a) - distance(b))[0] ?? null;
}

function move(key: string, from: HTMLElement): boolean {
  const all = links();
  const place = all.indexOf(from);
  let to: HTMLElement | null | undefined;
  if (key === "ArrowRight") to = all[place + 1];
  else if (key === "ArrowLeft") to = all[place - 1];
  else if (key === "Home") to = all[0];
  else if (key === "End") to = all.at(-1);
  else to = across(all, from, key === "ArrowDown" ? 1 : -1) ?? (key === "ArrowUp" ? box : null);
  to?.focus();
  to?.scrollIntoView({ block: "nearest" });
  return !!to;
}

document.addEventListener("keydown", (event) => {
  if (!launcher || !box || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target as HTMLElement;
  if (target === box) {
    if (event.key === "Escape" && box.value) {
      event.preventDefault();
      clear();
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      links()[0]?.focus();
    }
    return;
  }
  if (isWriting(target) || target.closest?.("[data-open-menu], details[data-menu][open]")) return;
  if (event.key === "Escape" && box.value) {
    clear();
    box.focus();
  } else if (target.matches?.(".app__name") && /^(Arrow|Home$|End$)/.test(event.key)) {
    if (move(event.key, target)) event.preventDefault();
  } else if (event.key.length === 1 && /[\p{L}\p{N}]/u.test(event.key)) {
    // The letter itself lands in the box, which has focus before it is written.
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
  }
});

if (launcher && box) {
  document.documentElement.dataset.scripted = "";
  box.addEventListener("input", filter);
  box.form?.addEventListener("submit", (event) => {
    event.preventDefault();
    // Enter opens the first one found.
    if (box.value.trim()) launcher.querySelector<HTMLElement>(".app[data-first] .app__name")?.click();
  });
  launcher.addEventListener("click", (event) => {
    const way = (event.target as HTMLElement).closest("[data-clear], [data-nothing] a");
    if (!way) return;
    event.preventDefault();
    clear();
    box.focus();
  });
  if (box.value) filter();
}

// ---- Favourites ----

function showStars(key: string, isFavourite: boolean): void {
  for (const star of launcher?.querySelectorAll<HTMLButtonElement>(`.app__star[formaction*="${key}"]`) ?? []) {
    star.setAttribute("aria-pressed", String(isFavourite));
    star.value = isFavourite ? "0" : "1";
  }
}

launcher?.addEventListener("click", (event) => {
  const star = (event.target as HTMLElement).closest<HTMLButtonElement>(".app__star");
  if (!star) return;
  event.preventDefault();
  const address = star.getAttribute("formaction") ?? "";
  void htmx.ajax("post", address, {
    target: "#favourites",
    swap: "outerHTML",
    values: { keep: star.value, arranging: isArranging() },
  });
});

function isArranging(): string {
  return launcher?.querySelector("[data-arrange][open]") ? "1" : "0";
}

// The stars everywhere say what the favourites say; a list just swapped in can be dragged.
document.addEventListener("htmx:afterSwap", (event) => {
  if (!launcher || (event.target as HTMLElement).id !== "favourites") return;
  // What had focus went with the old list (a removal undone): it is not lost at the top of the page.
  if (document.activeElement === document.body) document.getElementById("favourites-title")?.focus();
  const chosen = new Set([...launcher.querySelectorAll("#favourites .app")].map(keyOf));
  for (const star of launcher.querySelectorAll<HTMLButtonElement>(".app__star")) {
    const key = KEY.exec(star.getAttribute("formaction") ?? "")?.[1] ?? "";
    const isFavourite = chosen.has(key);
    if ((star.getAttribute("aria-pressed") === "true") !== isFavourite) showStars(key, isFavourite);
  }
});

document.addEventListener("htmx:configRequest", (event) => {
  const { parameters } = (event as CustomEvent<{ parameters: Record<string, string> }>).detail;
  if (launcher && (event.target as HTMLElement).closest?.("#favourites")) parameters.arranging = isArranging();
});

// Dragging by the grip: the same order as by the buttons, sent once it is let go.
let moving: HTMLElement | null = null;

function places(): HTMLElement[] {
  return [...(launcher?.querySelectorAll<HTMLElement>(".place:not([data-forced])") ?? [])];
}

launcher?.setAttribute("data-drags", "");
launcher?.addEventListener("pointerdown", (event) => {
  const grip = (event.target as HTMLElement).closest<HTMLElement>("[data-grip]");
  const place = grip?.closest<HTMLElement>(".place:not([data-forced])");
  if (!grip || !place || event.button !== 0) return;
  event.preventDefault();
  moving = place;
  place.dataset.moving = "";
  grip.setPointerCapture(event.pointerId);
});

launcher?.addEventListener("pointermove", (event) => {
  if (!moving) return;
  for (const other of places()) {
    const { top, bottom } = other.getBoundingClientRect();
    if (other === moving || event.clientY < top || event.clientY > bottom) continue;
    const isBelow = moving.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
    other.parentElement?.insertBefore(moving, isBelow ? other.nextSibling : other);
    break;
  }
});

function drop(isKept: boolean): void {
  if (!moving || !launcher) return;
  delete moving.dataset.moving;
  moving = null;
  const uuids = places().map((one) => one.dataset.place ?? "");
  if (isKept) void htmx.ajax("post", launcher.dataset.order ?? "", { target: "#favourites", swap: "outerHTML", values: { uuids: uuids.join(",") } });
}

launcher?.addEventListener("pointerup", () => drop(true));
launcher?.addEventListener("pointercancel", () => drop(false));

// ---- Counts ----

const counted = document.querySelector<HTMLElement>("[data-badges]");

function showCounts(counts: Record<string, [string, string]>): void {
  for (const badge of document.querySelectorAll<HTMLElement>("[data-badge]")) {
    const tile = badge.closest(".app, .tile, .menu__item");
    const told = tile ? counts[keyOf(tile)] : undefined;
    badge.hidden = !told;
    badge.replaceChildren();
    if (!told) continue;
    const heard = document.createElement("span");
    heard.className = "visually-hidden";
    heard.textContent = ` ${told[1]}`;
    badge.append(told[0], heard);
  }
}

async function lookAgain(): Promise<void> {
  const address = counted?.dataset.badges;
  if (!address) return;
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (answer.ok && !answer.redirected) showCounts(((await answer.json()) as { badges: Record<string, [string, string]> }).badges);
  } catch {
    // Away: the next word of the server, or the next page, shows them.
  }
}

if (counted) {
  let waiting = 0;
  // A thousand pages told at once do not all ask in the same moment.
  document.addEventListener("parvis:badges", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => void lookAgain(), Math.random() * 1_000);
  });
  document.addEventListener("parvis:reconnected", () => void lookAgain());
}

// ---- The menu in the header: the first of my applications, asked for as it opens ----

const way = document.querySelector<HTMLAnchorElement>("[data-applications]");

function panel(): HTMLElement | null {
  return document.getElementById("applications-menu");
}

function shut(refocus: boolean): void {
  panel()?.remove();
  way?.setAttribute("aria-expanded", "false");
  if (refocus) way?.focus();
}

async function unfold(): Promise<void> {
  if (!way) return;
  const shown = document.createElement("div");
  shown.id = "applications-menu";
  shown.className = "menu__panel";
  shown.dataset.openMenu = "";
  way.setAttribute("aria-expanded", "true");
  try {
    const answer = await fetch(way.dataset.applications ?? "", { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    // SECURITY: parsed apart, where nothing runs or loads; it comes from this portal.
    shown.append(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
  } catch {
    way.setAttribute("aria-expanded", "false");
    showToast({ text: words("offline"), icon: "wifi-off", alert: true });
    return;
  }
  panel()?.remove();
  way.after(shown);
  shown.querySelector<HTMLElement>("a")?.focus();
}

if (way) {
  way.setAttribute("role", "button");
  way.setAttribute("aria-expanded", "false");
  way.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (panel()) shut(true);
    else void unfold();
  });
  way.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    way.click();
  });
  document.addEventListener("keydown", (event) => {
    const shown = panel();
    if (!shown) return;
    if (event.key === "Escape") {
      event.preventDefault();
      shut(true);
      return;
    }
    const items = [...shown.querySelectorAll<HTMLElement>("a")];
    const here = items.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (here < 0 || !step) return;
    event.preventDefault();
    items[(here + step + items.length) % items.length]?.focus();
  });
  for (const kind of ["click", "focusin"]) {
    document.addEventListener(kind, (event) => {
      const target = event.target as Node;
      if (panel() && !panel()?.contains(target) && !way.contains(target)) shut(false);
    });
  }
}
