// The search box takes focus with `/` or Ctrl-K, suggests while one types; on a phone it opens over the whole screen.
import { remembered } from "../../../../../frontend/src/recents";
import { Suggestions } from "../suggestions/suggestions";

const header = document.querySelector<HTMLElement>("[data-header]");
const input = document.querySelector<HTMLInputElement>("[data-search] input[type=search]");
const opener = document.querySelector<HTMLElement>("[data-search-open]");

function isWriting(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  return !!element?.closest?.("input, textarea, select, [contenteditable]:not([contenteditable=false])");
}

function open(): void {
  if (!input) return;
  header?.setAttribute("data-searching", "");
  input.focus();
  input.select();
}

function shut(): void {
  if (!header?.hasAttribute("data-searching")) return;
  header.removeAttribute("data-searching");
  if (opener?.offsetParent) opener.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey) return;
  const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !isWriting(event.target);
  // An editor may use Ctrl-K for its links: it wins while one writes in it.
  const controlK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !isWriting(event.target);
  if (slash || controlK) {
    event.preventDefault();
    open();
  } else if (event.key === "Escape") {
    shut();
  }
});

opener?.addEventListener("click", (event) => {
  event.preventDefault();
  open();
});

document.querySelector("[data-search-close]")?.addEventListener("click", shut);

const list = document.getElementById("search-suggestions");
if (input?.dataset.suggestUrl && list) {
  const status = document.getElementById("search-suggestions-status");
  // The options are links: Enter opens them as a click would.
  new Suggestions({
    box: input,
    list,
    status,
    url: input.dataset.suggestUrl,
    take: (option) => option.click(),
    besides: (words): Record<string, string> => {
      const recent = remembered(words);
      return recent ? { recent } : {};
    },
  });
}
