// Text areas grow with the text; Ctrl-Enter sends; a sent text is cleared only once it is really there.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const area = event.target as HTMLElement;
  if (area instanceof HTMLTextAreaElement && area.form?.matches(".composer")) {
    event.preventDefault();
    area.form.requestSubmit();
  }
});

interface Answer {
  successful: boolean;
  requestConfig?: { elt: HTMLElement };
}

document.addEventListener("htmx:afterRequest", (event) => {
  const { successful, requestConfig } = (event as CustomEvent<Answer>).detail;
  const elt = requestConfig?.elt;
  if (successful && elt instanceof HTMLFormElement && elt.hasAttribute("data-clear-after")) elt.reset();
});
