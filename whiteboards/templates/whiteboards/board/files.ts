// The board as a file, and files as part of the board. What is heavy is asked for when it is used.
import { exportToBlob, exportToSvg, loadFromBlob, serializeAsJSON } from "@excalidraw/excalidraw";
import type { BinaryFiles } from "@excalidraw/excalidraw/dist/types/excalidraw/types";
import { fileName, save } from "../kept/file";
import type { Api } from "./edits";
import type { AnyElement } from "./elements";

const MARGIN = 24;
/** Browsers refuse larger canvases. */
const LARGEST = 8000;

export interface Picture {
  format: "png" | "svg";
  /** Only these; everything where none are named. */
  ids?: readonly string[];
  hasBackground: boolean;
  isDark: boolean;
  /** How many dots for one of the board's, in a PNG. */
  scale: number;
  /** Whether the drawing is kept in the file, from which it can be opened again. */
  isEditable: boolean;
}

export const PICTURE: Picture = { format: "png", hasBackground: true, isDark: false, scale: 2, isEditable: false };

export function isEmpty(api: Api): boolean {
  return api.getSceneElements().length === 0;
}

/** Saves the board as a file that can be opened again. */
export function saveFile(api: Api, title: string): void {
  const json = serializeAsJSON(api.getSceneElements(), api.getAppState(), api.getFiles(), "local");
  save(new Blob([json], { type: "application/vnd.excalidraw+json" }), fileName(title, "excalidraw"));
}

/** A drawing as a file. Not its `outerHTML`, where a no-break space is an entity that XML does not know. */
export function textOfSvg(svg: SVGSVGElement): string {
  return new XMLSerializer().serializeToString(svg);
}

/** Saves the board, or a part of it, as a picture. Raises where it cannot be drawn. */
export async function savePicture(api: Api, title: string, picture: Picture): Promise<void> {
  const wanted = new Set(picture.ids);
  const isWanted = (id: string | null): boolean => id !== null && wanted.has(id);
  // With something goes the text that is bound to it, and what a frame holds.
  const elements = api.getSceneElements().filter((one) => !wanted.size || isWanted(one.id) || isWanted(one.frameId) || (one.type === "text" && isWanted(one.containerId)));
  const { format, scale: asked, hasBackground, isDark, isEditable } = picture;
  const drawing = {
    elements,
    files: api.getFiles(),
    exportPadding: MARGIN,
    appState: { ...api.getAppState(), exportBackground: hasBackground, exportWithDarkMode: isDark, exportEmbedScene: isEditable },
  };
  if (format === "svg") {
    const svg = await exportToSvg(drawing);
    save(new Blob([textOfSvg(svg)], { type: "image/svg+xml" }), fileName(title, "svg"));
    return;
  }
  const getDimensions = (width: number, height: number): { width: number; height: number; scale: number } => {
    const scale = Math.min(asked, LARGEST / width, LARGEST / height);
    return { width: width * scale, height: height * scale, scale };
  };
  save(await exportToBlob({ ...drawing, mimeType: "image/png", getDimensions }), fileName(title, "png"));
}

export interface Opened {
  elements: readonly AnyElement[];
  files: BinaryFiles;
}

/** What a file holds: `.excalidraw`, or a picture in which a drawing was kept. Raises where it holds none. */
export async function openFile(file: File): Promise<Opened> {
  const { elements, files } = await loadFromBlob(file, null, null);
  return { elements: elements ?? [], files: files ?? {} };
}

export function isBoardFile(file: File): boolean {
  return /\.(excalidraw|json)$/i.test(file.name) || file.type === "application/vnd.excalidraw+json";
}
