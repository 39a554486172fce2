import { focusOn } from "../../../../../frontend/src/focus";

// Text areas grow with the text; Ctrl-Enter sends; a sent text is cleared only once it is really there.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const area = event.target as HTMLElement;
  if (area instanceof HTMLTextAreaElement && area.form?.matches(".composer")) {
    event.preventDefault();
    area.form.requestSubmit();
  }
});

/** Say whom the composer answers; nobody for an empty uuid. The links work without this, at the price of a page. */
function replyTo(form: HTMLFormElement, uuid: string, name: string): void {
  const parent = form.querySelector<HTMLInputElement>("input[name=parent]");
  const note = form.querySelector<HTMLElement>("[data-reply-note]");
  const who = form.querySelector<HTMLElement>("[data-reply-to-name]");
  if (!parent || !note || !who) return;
  parent.value = uuid;
  who.textContent = name;
  note.hidden = uuid === "";
}

document.addEventListener("click", (event) => {
  const link = (event.target as HTMLElement).closest<HTMLElement>("[data-reply-to], [data-reply-cancel]");
  const form = document.querySelector<HTMLFormElement>("#composer");
  if (!link || !form || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  replyTo(form, link.dataset.replyTo ?? "", link.dataset.replyName ?? "");
  form.querySelector("textarea")?.focus();
});

// Browsers bring back what was written on a page that is gone back to, Firefox also on one that is loaded again: a draft,
// and whom it answers in a field that nobody sees. It is said again, or forgotten where that comment is not here any more.
// Chromium brings it back only once everything has loaded.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll<HTMLFormElement>(".composer")) {
    const parent = form.querySelector<HTMLInputElement>("input[name=parent]");
    if (parent?.value && form.querySelector("[data-reply-note][hidden]")) {
      const link = document.querySelector<HTMLElement>(`[data-reply-to="${CSS.escape(parent.value)}"]`);
      replyTo(form, link ? parent.value : "", link?.dataset.replyName ?? "");
    }
  }
});

interface Answer {
  successful: boolean;
  requestConfig?: { elt: HTMLElement };
  target?: HTMLElement;
}

document.addEventListener("htmx:afterRequest", (event) => {
  const { successful, requestConfig, target } = (event as CustomEvent<Answer>).detail;
  const elt = requestConfig?.elt;
  if (!successful || !(elt instanceof HTMLFormElement) || !elt.hasAttribute("data-clear-after")) return;
  elt.reset();
  replyTo(elt, "", "");
  // The next text is another one: under the key of the last the server would take it for the same, sent again.
  const key = elt.querySelector<HTMLInputElement>("input[name=sending_key]");
  if (key) key.value = [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
  // What was published is read out: the eye sees it appear, the ear would not.
  if (target?.lastElementChild instanceof HTMLElement) focusOn(target.lastElementChild);
});
