// "Show more" asks for the next page of a list and keeps the reader's place: focus goes to the first new line.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { elt, target, shouldSwap } = (event as CustomEvent<{ elt: HTMLElement; target: HTMLElement; shouldSwap: boolean }>)
    .detail;
  if (!shouldSwap || !elt.matches("[data-more]")) return;
  const before = target.previousElementSibling;
  const list = target.parentElement;
  document.addEventListener(
    "htmx:afterSettle",
    () => {
      const first = before ? before.nextElementSibling : list?.firstElementChild;
      first?.querySelector<HTMLElement>("a[href], button")?.focus();
    },
    { once: true },
  );
});
