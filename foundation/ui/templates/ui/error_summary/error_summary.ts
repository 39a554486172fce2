// After a refused form, focus goes to the summary and its links lead to the controls themselves.
function show(summary: HTMLElement): void {
  const prefix = summary.dataset.prefix ?? "";
  if (prefix && !document.title.startsWith(prefix)) document.title = `${prefix} ${document.title}`;
  summary.focus();
}

document.addEventListener("click", (event) => {
  const link = (event.target as HTMLElement).closest?.<HTMLAnchorElement>("[data-error-summary] a[href^='#']");
  if (!link) return;
  const id = decodeURIComponent(link.hash.slice(1));
  const target = document.getElementById(id);
  if (!target) return;
  event.preventDefault();
  const control = target.matches("input, select, textarea") ? target : target.querySelector<HTMLElement>("input");
  target.closest(".field")?.scrollIntoView({ block: "start" });
  control?.focus({ preventScroll: true });
});

const first = document.querySelector<HTMLElement>("[data-error-summary]");
if (first) show(first);

document.addEventListener("htmx:load", (event) => {
  const part = (event as CustomEvent<{ elt: HTMLElement }>).detail.elt;
  const summary = part.matches("[data-error-summary]") ? part : part.querySelector<HTMLElement>("[data-error-summary]");
  if (summary && part !== document.body) show(summary);
});
