// An open launcher looks again as applications go into service or out, unless whoever reads it is in the middle of
// something. A loss is no harm: the next visit shows what there is.
const LAUNCHER = "/apps/";
// Everyone is told at the same moment: they do not all ask at once.
const SPREAD = 4_000;
let isWaiting = false;

function isBusy(): boolean {
  const typed = [...document.querySelectorAll<HTMLInputElement>("main input[type=search]")].some((one) => one.value);
  return typed || document.querySelector("dialog[open]") !== null;
}

/** The browser keeps the place on the page. */
function lookAgain(): void {
  isWaiting = false;
  if (!isBusy()) location.reload();
}

if (location.pathname === LAUNCHER) {
  document.addEventListener("parvis:applications", () => {
    if (isWaiting) return;
    isWaiting = true;
    window.setTimeout(lookAgain, Math.random() * SPREAD);
  });
}
