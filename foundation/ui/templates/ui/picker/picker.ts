// A field in which people or things are chosen: what is taken from the suggestions becomes a chip, unchecking takes it
// away. Without script the same field takes what is typed, and unchecked chips are not sent.
import { Suggestions } from "../suggestions/suggestions";

function choose(picker: HTMLElement, box: HTMLInputElement, option: HTMLElement): void {
  const chosen = picker.querySelector<HTMLElement>("[data-picker-chosen]");
  const template = picker.querySelector<HTMLTemplateElement>("template[data-picker-chip]");
  const { value, label } = option.dataset;
  if (!chosen || !template || !value) return;
  const known = [...chosen.querySelectorAll<HTMLInputElement>("input")].some((one) => one.value === value);
  if (!known) {
    if (!("multiple" in picker.dataset)) chosen.replaceChildren();
    const chip = template.content.cloneNode(true) as DocumentFragment;
    const input = chip.querySelector("input");
    const text = chip.querySelector("span");
    if (!input || !text) return;
    input.value = value;
    text.textContent = label ?? value;
    chosen.append(chip);
  }
  box.value = "";
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

function prepare(picker: HTMLElement): void {
  if ("ready" in picker.dataset) return;
  picker.dataset.ready = "";
  const box = picker.querySelector<HTMLInputElement>("input[data-suggest-url]");
  const list = picker.querySelector<HTMLElement>("[role=listbox]");
  if (!box?.dataset.suggestUrl || !list) return;
  const suggestions = new Suggestions({
    box,
    list,
    status: document.getElementById(`${list.id}-status`),
    url: box.dataset.suggestUrl,
    take: (option) => {
      choose(picker, box, option);
      suggestions.close();
    },
  });
  picker.addEventListener("change", (event) => {
    const input = event.target as HTMLInputElement;
    if (input.type !== "checkbox" || input.checked) return;
    input.closest("li")?.remove();
    box.focus();
  });
}

function prepareAll(root: ParentNode): void {
  for (const picker of root.querySelectorAll<HTMLElement>("[data-picker]")) prepare(picker);
}

prepareAll(document);
document.addEventListener("htmx:load", (event) => {
  const { elt } = (event as CustomEvent<{ elt: HTMLElement }>).detail;
  prepareAll(elt.parentNode ?? elt);
});
