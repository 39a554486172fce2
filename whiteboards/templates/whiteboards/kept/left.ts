// On the page of boards: those on which something was drawn that only this browser has, and what one can do about it.
import { elementsIn, saveElements } from "./file";
import { Rows, type Row } from "./rows";
import { wordsHere } from "./words";

function button(text: string, label: string, run: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button button--small";
  made.textContent = text;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", run);
  return made;
}

/** Fills a place of the page, which stays hidden where nothing is kept. */
export async function showLeft(place: HTMLElement, person: string): Promise<void> {
  const store = await Rows.open(person);
  const words = wordsHere();
  const boards = new Map<string, Row[]>();
  for (const row of await store.read()) boards.set(row.board, [...(boards.get(row.board) ?? []), row]);
  if (!boards.size) return;
  const list = document.createElement("ul");
  list.className = "kept-boards__list";
  const heading = document.createElement("h2");
  heading.textContent = words.title;
  heading.id = "kept-boards-title";
  place.setAttribute("aria-labelledby", heading.id);
  const help = document.createElement("p");
  help.className = "soft";
  help.textContent = words.help;
  for (const [board, rows] of boards) list.append(lineOf(store, board, rows, place));
  place.replaceChildren(heading, help, list);
  place.hidden = false;
}

function lineOf(store: Rows, board: string, rows: Row[], place: HTMLElement): HTMLLIElement {
  const words = wordsHere();
  const title = rows.at(-1)?.title ?? "";
  const line = document.createElement("li");
  const link = document.createElement("a");
  link.href = `/boards/${encodeURIComponent(board)}/`;
  link.textContent = title;
  const download = button(words.download, words.forBoard(words.download, title), () => {
    const elements = elementsIn(rows);
    if (elements.length) saveElements(elements, title);
    else document.dispatchEvent(new CustomEvent("parvis:toast", { detail: { text: words.nothing, icon: "info-circle" } }));
  });
  const discard = button(words.discard, words.forBoard(words.discard, title), () => {
    if (!confirm(words.discardAsked(title))) return;
    void store.remove(rows).then(() => {
      line.remove();
      place.hidden = !place.querySelector("li");
    });
  });
  const row = document.createElement("div");
  row.className = "button-row";
  row.append(download, discard);
  line.append(link, row);
  return line;
}
