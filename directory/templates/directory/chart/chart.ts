// The org chart as a picture: zoom, pan, and the keys of a tree. Without it the boxes are links and the window scrolls.
const STEP = 1.25;
const SMALLEST = 0.25;
const LARGEST = 2.5;
const PAN = 80;

let scale = 1;

function picture(): HTMLElement | null {
  return document.querySelector<HTMLElement>("[data-chart]");
}

function bands(chart: HTMLElement): SVGSVGElement[] {
  return [...chart.querySelectorAll<SVGSVGElement>(".chart__band")];
}

/** Draw at another size; what is at (x, y) of the window stays there. */
function zoom(chart: HTMLElement, wanted: number, x = chart.clientWidth / 2, y = chart.clientHeight / 2): void {
  const next = Math.min(LARGEST, Math.max(SMALLEST, wanted));
  const ratio = next / scale;
  const left = (chart.scrollLeft + x) * ratio - x;
  const top = (chart.scrollTop + y) * ratio - y;
  scale = next;
  for (const band of bands(chart)) {
    const { width, height } = band.viewBox.baseVal;
    band.setAttribute("width", String(width * scale));
    band.setAttribute("height", String(height * scale));
  }
  chart.scrollTo(left, top);
}

function fit(chart: HTMLElement): void {
  const style = getComputedStyle(chart);
  const room = chart.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  zoom(chart, room / Number(chart.dataset.width), 0, 0);
}

function change(chart: HTMLElement, way: string | undefined): void {
  if (way === "in") zoom(chart, scale * STEP);
  else if (way === "out") zoom(chart, scale / STEP);
  else fit(chart);
}

// -- A tree for the keyboard --------------------------------------------------------------------------------------
type Box = SVGAElement;

function boxes(chart: HTMLElement): Box[] {
  return [...chart.querySelectorAll<Box>("[data-chart-box]")];
}

function toggleOf(box: Box): Box | null {
  return box.parentElement?.querySelector<Box>("[data-chart-toggle]") ?? null;
}

function childrenOf(chart: HTMLElement, box: Box): Box[] {
  return boxes(chart).filter((one) => one.dataset.parent === box.id);
}

/** What is a list of links without script becomes one stop of the Tab key, with the keys of a tree. */
function plant(chart: HTMLElement): void {
  chart.setAttribute("role", "tree");
  chart.removeAttribute("tabindex");
  const all = boxes(chart);
  const current = all.find((one) => "center" in one.dataset) ?? all[0];
  for (const box of all) {
    const siblings = all.filter((one) => one.dataset.parent === box.dataset.parent);
    box.setAttribute("role", "treeitem");
    box.setAttribute("aria-level", box.dataset.level ?? "1");
    box.setAttribute("aria-setsize", String(siblings.length));
    box.setAttribute("aria-posinset", String(siblings.indexOf(box) + 1));
    box.setAttribute("tabindex", box === current ? "0" : "-1");
    const toggle = toggleOf(box);
    const below = all.some((one) => one.dataset.parent === box.id);
    if (toggle) {
      box.setAttribute("aria-expanded", toggle.dataset.open ?? "false");
      toggle.setAttribute("tabindex", "-1");
      toggle.setAttribute("aria-hidden", "true");
    } else if (below) box.setAttribute("aria-expanded", "true");
  }
}

function focusOn(chart: HTMLElement, box: Box | undefined | null): void {
  if (!box) return;
  for (const one of boxes(chart)) one.setAttribute("tabindex", one === box ? "0" : "-1");
  box.focus({ preventScroll: true });
  const [inner, outer] = [box.getBoundingClientRect(), chart.getBoundingClientRect()];
  const margin = 24;
  const past = (low: number, high: number, from: number, to: number) =>
    low < from + margin ? low - from - margin : high > to - margin ? Math.min(high - to + margin, low - from - margin) : 0;
  chart.scrollBy(past(inner.left, inner.right, outer.left, outer.right), past(inner.top, inner.bottom, outer.top, outer.bottom));
  // The picture's own window may reach below the screen's edge.
  box.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** Open or close a branch in place: the same page's answer, its picture put here, the box where it was. */
async function toggle(chart: HTMLElement, box: Box): Promise<void> {
  const link = toggleOf(box);
  const url = link?.getAttribute("href");
  if (!url) return;
  const answer = await fetch(url, { headers: { Accept: "text/html" } }).catch(() => null);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const fresh = page?.querySelector<HTMLElement>("[data-chart]");
  if (!page || !fresh) {
    // Signed out, or out of reach: the ordinary way says so.
    location.assign(url);
    return;
  }
  const before = box.getBoundingClientRect();
  chart.replaceChildren(...fresh.childNodes);
  chart.dataset.width = fresh.dataset.width ?? "";
  const bar = page.querySelector(".chart-bar");
  document.querySelector(".chart-bar")?.replaceWith(bar ?? "");
  history.replaceState(history.state, "", url);
  plant(chart);
  zoom(chart, scale, 0, 0);
  showTools();
  const again = document.getElementById(box.id) as Box | null;
  if (!again) return;
  const after = again.getBoundingClientRect();
  chart.scrollBy(after.left - before.left, after.top - before.top);
  focusOn(chart, again);
}

function walk(chart: HTMLElement, box: Box, key: string): void {
  const all = boxes(chart);
  const place = all.indexOf(box);
  const below = childrenOf(chart, box);
  const state = toggleOf(box)?.dataset.open;
  if (key === "ArrowDown") focusOn(chart, all[place + 1]);
  else if (key === "ArrowUp") focusOn(chart, all[place - 1]);
  else if (key === "Home") focusOn(chart, all[0]);
  else if (key === "End") focusOn(chart, all[all.length - 1]);
  else if (key === "ArrowRight") {
    if (state === "false") void toggle(chart, box);
    else focusOn(chart, below[0]);
  } else if (key === "ArrowLeft") {
    if (state === "true") void toggle(chart, box);
    else focusOn(chart, all.find((one) => one.id === box.dataset.parent));
  }
}

const PANS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const WALKS = new Set(["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight", "Home", "End"]);

document.addEventListener("keydown", (event) => {
  const chart = picture();
  const target = event.target as Element;
  if (!chart || event.ctrlKey || event.metaKey || event.altKey || !chart.contains(target)) return;
  const box = target.closest<Box>("[data-chart-box]");
  if (event.key === "+" || event.key === "=") change(chart, "in");
  else if (event.key === "-") change(chart, "out");
  else if (event.key === "0") change(chart, "fit");
  else if (event.shiftKey && event.key in PANS) chart.scrollBy(PANS[event.key][0] * PAN, PANS[event.key][1] * PAN);
  else if (box && WALKS.has(event.key)) walk(chart, box, event.key);
  else return;
  event.preventDefault();
});

// -- Mouse and fingers ---------------------------------------------------------------------------------------------
document.addEventListener("click", (event) => {
  const chart = picture();
  const target = event.target as Element;
  if (!chart) return;
  const way = target.closest<HTMLElement>("[data-chart-zoom]");
  if (way) change(chart, way.dataset.chartZoom);
  else if (target.closest("[data-chart-print]")) window.print();
  const link = target.closest<Box>("[data-chart-toggle]");
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  const box = link?.parentElement?.querySelector<Box>("[data-chart-box]");
  if (box && isPlain) {
    event.preventDefault();
    void toggle(chart, box);
  }
});

function listen(chart: HTMLElement): void {
  chart.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const frame = chart.getBoundingClientRect();
      zoom(chart, scale * Math.exp(-event.deltaY / 300), event.clientX - frame.left, event.clientY - frame.top);
    },
    { passive: false },
  );

  // Dragging with a mouse; fingers scroll by themselves.
  let from: { x: number; y: number; left: number; top: number } | null = null;
  let moved = false;
  chart.addEventListener("pointerdown", (event) => {
    moved = false;
    if (event.pointerType !== "mouse" || event.button !== 0) return;
    from = { x: event.clientX, y: event.clientY, left: chart.scrollLeft, top: chart.scrollTop };
  });
  window.addEventListener("pointermove", (event) => {
    if (!from) return;
    const [x, y] = [event.clientX - from.x, event.clientY - from.y];
    if (!moved && Math.hypot(x, y) < 5) return;
    moved = true;
    chart.dataset.dragging = "";
    chart.scrollTo(from.left - x, from.top - y);
  });
  window.addEventListener("pointerup", () => {
    from = null;
    delete chart.dataset.dragging;
  });
  // A drag that ends on a box does not open it, and a box is not itself dragged away.
  chart.addEventListener(
    "click",
    (event) => {
      // A key that presses a link is no end of a drag.
      if (!moved || event.detail === 0) return;
      moved = false;
      event.preventDefault();
      event.stopPropagation();
    },
    { capture: true },
  );
  chart.addEventListener("dragstart", (event) => event.preventDefault());

  let spread = 0;
  const apart = (touches: TouchList) => Math.hypot(touches[0].clientX - touches[1].clientX, touches[0].clientY - touches[1].clientY);
  chart.addEventListener("touchstart", (event) => {
    spread = event.touches.length === 2 ? apart(event.touches) : 0;
  });
  chart.addEventListener(
    "touchmove",
    (event) => {
      if (event.touches.length !== 2 || !spread) return;
      event.preventDefault();
      const [one, two] = [event.touches[0], event.touches[1]];
      const frame = chart.getBoundingClientRect();
      const now = apart(event.touches);
      zoom(chart, (scale * now) / spread, (one.clientX + two.clientX) / 2 - frame.left, (one.clientY + two.clientY) / 2 - frame.top);
      spread = now;
    },
    { passive: false },
  );
}

function showTools(): void {
  for (const tools of document.querySelectorAll<HTMLElement>("[data-chart-tools]")) tools.hidden = false;
}

const chart = picture();
if (chart) {
  plant(chart);
  listen(chart);
  showTools();
}
