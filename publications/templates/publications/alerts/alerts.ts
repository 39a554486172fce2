// The banner of alerts follows the open line: what begins appears, what ends goes, without a reload.
import htmx from "htmx.org";
import { showToast } from "../../../../foundation/ui/templates/ui/toast/toast";

interface Told {
  html: string;
}

function region(): HTMLElement | null {
  return document.getElementById("alerts");
}

function keyOf(alert: Element): string {
  return alert.getAttribute("data-alert") ?? "";
}

/** Read out as it arrives: a live region must be on the page before its text is. */
function arrive(alert: HTMLElement, list: HTMLElement, before: Element | null, aloud: boolean): void {
  const content = [...alert.childNodes];
  alert.replaceChildren();
  if (aloud) alert.setAttribute("role", alert.classList.contains("alert--critical") ? "alert" : "status");
  list.insertBefore(alert, before);
  window.setTimeout(() => {
    alert.append(...content);
    htmx.process(alert);
  }, 20);
}

/** SECURITY: parsed apart, where nothing runs or loads; it comes from this portal, over this person's own line. */
function show(html: string): void {
  const list = region();
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("alerts");
  if (!list || !fresh) return;
  const wanted = [...fresh.children].filter((one) => one.hasAttribute("data-alert")) as HTMLElement[];
  const keys = new Set(wanted.map(keyOf));
  const shown = new Map<string, HTMLElement>();
  for (const one of list.querySelectorAll<HTMLElement>("[data-alert]")) {
    if (keys.has(keyOf(one))) shown.set(keyOf(one), one);
    else one.remove();
  }
  list.querySelector(".alerts__more")?.remove();
  const arriving = wanted.filter((one) => !shown.has(keyOf(one)));
  const undo = list.querySelector(".alerts__undo");
  list.hidden = wanted.length === 0 && !undo;
  const isInView = list.getBoundingClientRect().bottom >= 0;
  let place: Element | null = list.firstElementChild;
  for (const one of wanted) {
    const there = shown.get(keyOf(one));
    if (there) {
      if (there !== place) list.insertBefore(there, place);
      place = there.nextElementSibling;
    } else arrive(document.importNode(one, true), list, place, isInView);
  }
  const more = fresh.querySelector(".alerts__more");
  if (more) list.append(document.importNode(more, true));
  // Scrolled past it, one is told in the corner.
  if (!isInView) for (const one of arriving) inTheCorner(one);
}

function inTheCorner(alert: HTMLElement): void {
  const link = alert.querySelector<HTMLAnchorElement>(".alert__title a");
  const severity = alert.querySelector(".alert__severity")?.textContent ?? "";
  if (!link) return;
  showToast({
    text: `${severity} · ${link.textContent ?? ""}`,
    url: link.getAttribute("href") ?? "",
    icon: "speakerphone",
    alert: alert.classList.contains("alert--critical"),
  });
}

document.addEventListener("parvis:alerts", (event) => show((event as CustomEvent<Told>).detail.html));

// Away from the line, something may have begun or ended: the page asks once it is back.
document.addEventListener("parvis:reconnected", async () => {
  const address = region()?.dataset.url;
  if (!address) return;
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (answer.ok && !answer.redirected) show(await answer.text());
  } catch {
    // Away again: the next reconnection asks.
  }
});
