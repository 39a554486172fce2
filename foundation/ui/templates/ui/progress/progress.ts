// Counts the requests under way and shows the line while there is one.
let running = 0;

export function busy(change: 1 | -1): void {
  running = Math.max(0, running + change);
  document.getElementById("progress")?.classList.toggle("progress--busy", running > 0);
}

document.addEventListener("htmx:beforeRequest", () => busy(1));
document.addEventListener("htmx:afterRequest", () => busy(-1));
