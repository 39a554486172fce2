// On a narrow screen tabs scroll sideways: the current one is in sight, and so is the one that has focus. A browser
// leaves a tab that is half in sight where it is.
function show(tab: Element | null): void {
  tab?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

for (const list of document.querySelectorAll(".tabs__list")) {
  if (list.scrollWidth > list.clientWidth) show(list.querySelector("[aria-current]"));
}
document.addEventListener("focusin", (event) => {
  show((event.target as Element).closest(".tabs__tab"));
});
