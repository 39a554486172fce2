// Passing messages in the corner: read out politely, never stealing focus, kept while one reads them.
const LIFE = 10_000;
const MOST = 3;

export interface Toast {
  text: string;
  url?: string;
  linkText?: string;
  icon?: string;
  /** An alert stays until it is closed. */
  alert?: boolean;
}

/** A word of the page's language, from the toast region's data attributes. */
export function words(key: string): string {
  return document.getElementById("toasts")?.dataset[key] ?? "";
}

function iconOf(name: string): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${document.body.dataset.icons ?? ""}#${name}`);
  svg.append(use);
  return svg;
}

/** SECURITY: only addresses of this site, so that a message cannot carry a script or lead elsewhere. */
function local(address: string | undefined): string | null {
  if (!address) return null;
  try {
    const url = new URL(address, location.origin);
    return url.origin === location.origin ? url.href : null;
  } catch {
    return null;
  }
}

export function showToast(toast: Toast): void {
  const region = document.getElementById("toasts");
  const template = document.getElementById("toast-template") as HTMLTemplateElement | null;
  if (!region || !template || !toast.text) return;
  for (const shown of region.querySelectorAll<HTMLElement>(".toast")) {
    if (shown.dataset.key === toast.text) shown.remove();
  }
  const element = template.content.firstElementChild?.cloneNode(true) as HTMLElement;
  element.dataset.key = toast.text;
  element.classList.toggle("toast--alert", toast.alert === true);
  element.querySelector(".toast__icon")?.append(iconOf(toast.icon ?? (toast.alert ? "alert-circle" : "bell")));
  const text = element.querySelector(".toast__text");
  const address = local(toast.url);
  if (text && address) {
    const link = document.createElement("a");
    link.href = address;
    link.textContent = toast.linkText ?? toast.text;
    if (toast.linkText) {
      link.target = "_blank";
      text.append(toast.text, " ");
    }
    text.append(link);
  } else if (text) {
    text.textContent = toast.text;
  }
  element.querySelector(".toast__close")?.addEventListener("click", () => element.remove());
  region.append(element);
  const all = region.querySelectorAll(".toast");
  if (all.length > MOST) all[0]?.remove();
  if (!toast.alert) fade(element);
}

// An island that has a script of its own shows its messages here without bringing all of this along.
document.addEventListener("parvis:toast", (event) => showToast((event as CustomEvent<Toast>).detail));

/** Goes away after a while, but not under the pointer or while something in it has focus. */
function fade(element: HTMLElement): void {
  const timer = window.setInterval(() => {
    if (!element.isConnected) window.clearInterval(timer);
    else if (!document.hidden && !element.matches(":hover, :focus-within")) {
      window.clearInterval(timer);
      element.remove();
    }
  }, LIFE);
}
