// "Show more" asks for the next page of a list and keeps the reader's place: focus goes to the first new line.
interface Swap {
  target: HTMLElement;
  shouldSwap: boolean;
  requestConfig: { elt: HTMLElement };
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, shouldSwap, requestConfig } = (event as CustomEvent<Swap>).detail;
  if (!shouldSwap || !requestConfig.elt.matches("[data-more]")) return;
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
