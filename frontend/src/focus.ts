// Focus survives a swap: who works by keyboard or screen reader goes on from where they were, never from the top.
interface Exchange {
  // What sent the request, even where the swap took it away.
  requestConfig: { elt: HTMLElement };
  target?: HTMLElement;
}

interface Place {
  held: HTMLElement;
  id: string;
  parent: Element | null;
  // The lines around the one that goes, nearest first; then what holds them.
  around: (Element | null)[];
}

const places = new WeakMap<HTMLElement, Place>();

function first(inside: Element): HTMLElement | null {
  const isOne = (one: HTMLElement) => one.checkVisibility() && !one.matches(":disabled");
  return [...inside.querySelectorAll<HTMLElement>("a[href], button, summary, textarea, input")].find(isOne) ?? null;
}

/** The button that came in place of the one that was pressed. */
function same({ held, parent }: Place): HTMLElement | null {
  if (!(held instanceof HTMLButtonElement) || !held.name || !parent?.isConnected) return null;
  const all = parent.querySelectorAll<HTMLButtonElement>("button[name]");
  return [...all].find((one) => one.name === held.name && one.value === held.value) ?? null;
}

/** Focus on a part of the page that is no control: it is read out, and Tab goes on from there. */
export function focusOn(part: HTMLElement): void {
  if (!part.hasAttribute("tabindex")) part.tabIndex = -1;
  part.focus();
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const { requestConfig: { elt }, target } = (event as CustomEvent<Exchange>).detail;
  const held = document.activeElement;
  if (!(held instanceof HTMLElement) || !elt.contains(held)) return;
  const around = [target?.nextElementSibling ?? null, target?.previousElementSibling ?? null, target?.parentElement ?? null];
  places.set(elt, { held, id: target?.id ?? "", parent: target?.parentElement ?? null, around });
});

document.addEventListener("htmx:afterRequest", (event) => {
  const { elt } = (event as CustomEvent<Exchange>).detail.requestConfig;
  const place = places.get(elt);
  places.delete(elt);
  if (!place || (document.activeElement && document.activeElement !== document.body)) return;
  if (place.held.isConnected) {
    place.held.focus();
    return;
  }
  const again = place.id ? document.getElementById(place.id) : null;
  const near = again ?? place.around.find((one) => one?.isConnected && first(one));
  const next = same(place) ?? (near ? first(near) : null);
  if (next) next.focus();
  else focusOn(document.getElementById("content") ?? document.body);
});
