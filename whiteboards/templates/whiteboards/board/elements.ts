// Excalidraw's elements: their types, which of two wins, and which of what others send can be shown.
import type {
  ExcalidrawArrowElement,
  ExcalidrawElement,
  ExcalidrawFrameElement,
  ExcalidrawImageElement,
  ExcalidrawTextElement,
  OrderedExcalidrawElement,
} from "@excalidraw/excalidraw/dist/types/excalidraw/element/types";

export type Element = OrderedExcalidrawElement;
export type AnyElement = ExcalidrawElement;
export type TextElement = ExcalidrawTextElement;
export type FrameElement = ExcalidrawFrameElement;
export type ImageElement = ExcalidrawImageElement;
export type ArrowElement = ExcalidrawArrowElement;

export interface Versioned {
  readonly version: number;
  readonly versionNonce: number;
}

/** The one rule of who wins, on every page and on the server: the higher version, then the lower nonce. */
export function wins(one: Versioned, other: Versioned): boolean {
  return one.version > other.version || (one.version === other.version && one.versionNonce < other.versionNonce);
}

/** Order of stacking: fractional indexes compare as plain strings; those that have none yet come last. */
export function byIndex(one: AnyElement, other: AnyElement): number {
  const [a, b] = [one.index ?? "\uffff", other.index ?? "\uffff"];
  if (a !== b) return a < b ? -1 : 1;
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0;
}

const TYPES = new Set(["rectangle", "diamond", "ellipse", "arrow", "line", "freedraw", "text", "image", "frame"]);
const FAR = 1e7;

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && Math.abs(value) <= FAR;
}

function isPoints(value: unknown): boolean {
  return Array.isArray(value) && value.every((point) => Array.isArray(point) && point.length >= 2 && point.every(isNumber));
}

function isListOf(value: unknown, one: (item: unknown) => boolean): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.every(one));
}

function isBinding(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  const binding = value as Record<string, unknown>;
  return typeof binding.elementId === "string" && isNumber(binding.focus) && isNumber(binding.gap);
}

/** SECURITY: what others sent is drawn only when it has the form of an element: one that has not would stop the canvas.
 * Pages of other sites and generated ones (`embeddable`, `iframe`) are not among what is drawn here. */
export function isElement(value: unknown, id: string): value is Element {
  if (typeof value !== "object" || value === null) return false;
  const one = value as Record<string, unknown>;
  if (one.id !== id || typeof one.type !== "string" || !TYPES.has(one.type)) return false;
  if (!Number.isInteger(one.version) || !Number.isInteger(one.versionNonce)) return false;
  if (![one.x, one.y, one.width, one.height, one.angle ?? 0].every(isNumber)) return false;
  if (typeof one.strokeColor !== "string" || typeof one.backgroundColor !== "string") return false;
  if (![one.opacity, one.strokeWidth, one.roughness, one.seed].every((each) => typeof each === "number")) return false;
  if (one.index !== null && one.index !== undefined && typeof one.index !== "string") return false;
  if (!Array.isArray(one.groupIds) || !isListOf(one.groupIds, (each) => typeof each === "string")) return false;
  if (!isListOf(one.boundElements, (each) => typeof (each as { id?: unknown } | null)?.id === "string")) return false;
  if (one.link !== null && one.link !== undefined && typeof one.link !== "string") return false;
  if (one.type === "text") {
    const isText = [one.text, one.originalText ?? one.text].every((each) => typeof each === "string");
    return isText && isNumber(one.fontSize) && isNumber(one.fontFamily) && isNumber(one.lineHeight);
  }
  if (one.type === "arrow" || one.type === "line") {
    return isPoints(one.points) && isBinding(one.startBinding) && isBinding(one.endBinding);
  }
  if (one.type === "freedraw") return isPoints(one.points) && isListOf(one.pressures, isNumber);
  if (one.type === "image") return one.fileId === null || typeof one.fileId === "string";
  return true;
}

/** A copy that nothing mutates and that JSON knows: Excalidraw goes on changing its own, and leaves holes in it. */
export function plain(element: Element): Element {
  const copy = structuredClone(element) as Record<string, unknown>;
  for (const [name, value] of Object.entries(copy)) if (value === undefined) delete copy[name];
  return copy as unknown as Element;
}
