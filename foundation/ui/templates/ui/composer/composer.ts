// Text areas grow with the text; Ctrl-Enter sends; a sent text is cleared only once it is really there.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const area = event.target as HTMLElement;
  if (area instanceof HTMLTextAreaElement && area.form?.matches(".composer")) {
    event.preventDefault();
    area.form.requestSubmit();
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, successful } = (event as CustomEvent<{ elt: HTMLElement; successful: boolean }>).detail;
  if (successful && elt instanceof HTMLFormElement && elt.hasAttribute("data-clear-after")) elt.reset();
});
