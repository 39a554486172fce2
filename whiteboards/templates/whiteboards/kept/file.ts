// What somebody drew, out of a row, as a file that a board takes in. Without the board: it may be closed to them by now.
import * as Y from "yjs";
import { byIndex, isElement, wins, type Element } from "../board/elements";
import type { Row } from "./rows";

/** All values that a row holds, without what it builds on. */
function* valuesIn(row: Row): Iterable<unknown> {
  for (const struct of Y.decodeUpdate(row.update).structs) {
    if (struct instanceof Y.Item && struct.content instanceof Y.ContentAny) yield* struct.content.arr as unknown[];
  }
}

/** The objects that rows hold, as they were last, on top of those of a board; not those that were deleted. */
export function elementsIn(rows: readonly Row[], board: Iterable<unknown> = []): Element[] {
  const found = new Map<string, Element>();
  for (const value of [...board, ...rows.flatMap((row) => [...valuesIn(row)])]) {
    const id = (value as { id?: unknown } | null)?.id;
    if (typeof id !== "string" || !isElement(value, id)) continue;
    const before = found.get(id);
    if (!before || wins(value, before)) found.set(id, value);
  }
  return [...found.values()].filter((element) => !element.isDeleted).sort(byIndex);
}

/** A name that file systems take, in which one recognizes the board. */
export function fileName(title: string, extension: string): string {
  const name = title.replace(/[\u0000-\u001f\\/:*?"<>|]+/g, " ").replace(/\s+/g, " ").trim().slice(0, 100);
  return `${name || "board"}.${extension}`;
}

/** Saves it on the person's machine. */
export function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Saves elements as a file that a board takes in; `files`: the pictures that are known. */
export function saveElements(elements: readonly Element[], title: string, files: object = {}): void {
  const file = { type: "excalidraw", version: 2, source: location.origin, elements, appState: {}, files };
  save(new Blob([JSON.stringify(file)], { type: "application/vnd.excalidraw+json" }), fileName(title, "excalidraw"));
}
