// Menus are native <details>: they open without script. The script adds Escape, outside click and arrow keys.
const OPEN = "details[data-menu][open]";

function close(menu: HTMLDetailsElement, refocus: boolean): void {
  menu.open = false;
  if (refocus) menu.querySelector<HTMLElement>(":scope > summary")?.focus();
}

function openMenus(): HTMLDetailsElement[] {
  return [...document.querySelectorAll<HTMLDetailsElement>(OPEN)];
}

function steps(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>("a[href], button:not(:disabled), input:not(:disabled)")].filter(
    (element) => element.offsetParent !== null,
  );
}

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) {
    if (!menu.contains(event.target as Node)) close(menu, false);
  }
});

document.addEventListener("focusin", (event) => {
  for (const menu of openMenus()) {
    if (!menu.contains(event.target as Node)) close(menu, false);
  }
});

document.addEventListener("keydown", (event) => {
  const menu = openMenus().at(-1);
  if (!menu) {
    const summary = (event.target as HTMLElement).closest?.("details[data-menu] > summary");
    if (summary && event.key === "ArrowDown") {
      event.preventDefault();
      const details = summary.parentElement as HTMLDetailsElement;
      details.open = true;
      steps(details)[0]?.focus();
    }
    return;
  }
  if (event.key === "Escape") {
    event.preventDefault();
    close(menu, true);
    return;
  }
  if (!["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
  const target = event.target as HTMLElement;
  if (!menu.contains(target) || target.matches("textarea, input:not([type=checkbox]):not([type=radio])")) return;
  const items = steps(menu);
  if (items.length === 0) return;
  event.preventDefault();
  const here = items.indexOf(target);
  const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: items.length - 1 }[event.key] ?? 0;
  items[(next + items.length) % items.length]?.focus();
});
