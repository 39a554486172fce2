// Pictures: their bytes go over HTTP, after the permission check; the document has only their ids.
import { CaptureUpdateAction, newElementWith } from "@excalidraw/excalidraw";
import type { BinaryFileData, DataURL } from "@excalidraw/excalidraw/dist/types/excalidraw/types";
import type { Api } from "./edits";
import type { AnyElement, Element, ImageElement } from "./elements";
import { post, Refused, type BoardPage } from "./page";
import type { Words } from "./words";

const LARGEST_SIDE = 2400;
const LARGE = 1_500_000;
const QUALITY = 0.86;
/** How many times finer than its own size a drawing becomes a picture, at most. */
const FINER = 4;
/** Seconds before a picture that did not come is asked for again. */
const AGAIN = [1, 3, 10, 30, 60, 120];
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** SECURITY: what a picture may be. A drawing in SVG is loaded as an image, where its scripts do not run. */
const SHOWN = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml", "image/bmp", "image/avif"]);

function dataUrlOf(blob: Blob): Promise<DataURL> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as DataURL);
    reader.onerror = () => reject(reader.error ?? new Error("The picture cannot be read."));
    reader.readAsDataURL(blob);
  });
}

function blobOf(dataUrl: string): Blob {
  const [head = "", body = ""] = dataUrl.split(",", 2);
  const type = /^data:([^;,]+)/.exec(head)?.[1] ?? "application/octet-stream";
  const bytes = head.includes(";base64") ? atob(body) : decodeURIComponent(body);
  return new Blob([Uint8Array.from(bytes, (letter) => letter.charCodeAt(0))], { type });
}

function painted(picture: CanvasImageSource, width: number, height: number, type: string): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width));
  canvas.height = Math.max(1, Math.round(height));
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, type, QUALITY));
}

/**
 * A drawing in SVG as a picture, fine enough to be looked at closely; as it is where the browser cannot draw it. SECURITY:
 * in an image its scripts do not run and it loads nothing; the server takes no SVG at all.
 */
async function rastered(file: File): Promise<File> {
  const picture = new Image();
  picture.src = URL.createObjectURL(file);
  try {
    await picture.decode();
    // Without a size of its own it has the browser's.
    const scale = LARGEST_SIDE / Math.max(picture.naturalWidth, picture.naturalHeight, LARGEST_SIDE / FINER);
    const blob = await painted(picture, picture.naturalWidth * scale, picture.naturalHeight * scale, "image/png");
    return blob ? new File([blob], file.name.replace(/\.svg$/i, ".png"), { type: "image/png" }) : file;
  } catch {
    return file;
  } finally {
    URL.revokeObjectURL(picture.src);
  }
}

/** The same picture, not larger than a board needs; an animation as it is. */
async function shrunk(file: File): Promise<File> {
  if (file.type === "image/svg+xml") return rastered(file);
  if (!/^image\/(png|jpeg|webp|bmp)$/.test(file.type)) return file;
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file);
  } catch {
    return file;
  }
  const scale = Math.min(1, LARGEST_SIDE / Math.max(picture.width, picture.height));
  if (scale === 1 && file.size < LARGE) return file;
  const type = file.type === "image/bmp" ? "image/png" : file.type;
  const blob = await painted(picture, picture.width * scale, picture.height * scale, type);
  picture.close();
  return blob && blob.size < file.size ? new File([blob], file.name, { type }) : file;
}

export class Images {
  readonly #page: BoardPage;
  readonly #words: Words;
  readonly #api: Api;
  /** Called with a sentence when a picture could not be sent. */
  readonly #onFailure: (text: string) => void;
  /** What the server has of this board's pictures. */
  readonly #stored = new Set<string>();
  readonly #asked = new Map<string, number>();
  readonly #sending = new Set<string>();

  constructor(page: BoardPage, words: Words, api: Api, onFailure: (text: string) => void) {
    this.#page = page;
    this.#words = words;
    this.#api = api;
    this.#onFailure = onFailure;
  }

  /** Sends a picture; answers its id. Raises an error whose message is for the person. */
  readonly send = async (file: File): Promise<string> => {
    const form = new FormData();
    const sent = await shrunk(file);
    form.append("file", sent, sent.name || "image");
    try {
      const answer = (await post(this.#page.urls.images, form)) as { id?: unknown } | null;
      if (typeof answer?.id !== "string") throw new Error(this.#words.images.failed);
      this.#stored.add(answer.id);
      return answer.id;
    } catch (error) {
      throw new Error(this.#said(error));
    }
  };

  #said(error: unknown): string {
    const { images } = this.#words;
    if (error instanceof Refused) {
      if (error.status === 413) return images.tooBig;
      return error.reason ? images.refused(error.reason) : images.failed;
    }
    return error instanceof TypeError ? images.offline : images.failed;
  }

  /** Whether others may be told of this element: of a picture, once the server has it. */
  isWhole(element: Element): boolean {
    return element.type !== "image" || (element.fileId !== null && this.#stored.has(element.fileId));
  }

  /** What others show is stored: it came through the server. */
  known(elements: Iterable<AnyElement>): void {
    for (const element of elements) if (element.type === "image" && element.fileId) this.#stored.add(element.fileId);
  }

  /** Fetches the pictures that are missing here, and sends those that came from elsewhere: pasted, opened from a file. */
  tend(): void {
    const files = this.#api.getFiles();
    for (const element of this.#api.getSceneElementsIncludingDeleted()) {
      if (element.isDeleted || element.type !== "image" || !element.fileId) continue;
      const file = files[element.fileId];
      if (this.#stored.has(element.fileId)) {
        if (!file && UUID.test(element.fileId)) this.#fetch(element.fileId);
      } else if (file) {
        void this.#adopt(file);
      }
    }
  }

  #fetch(id: string): void {
    if (this.#asked.has(id)) return;
    this.#asked.set(id, 0);
    const ask = async (attempt: number): Promise<void> => {
      try {
        const answer = await fetch(`${this.#page.urls.images}${id}/`, { credentials: "same-origin" });
        if (!answer.ok) throw new Error(String(answer.status));
        const blob = await answer.blob();
        const mimeType = blob.type.split(";")[0] ?? "";
        if (!SHOWN.has(mimeType)) return;
        const dataURL = await dataUrlOf(new Blob([blob], { type: mimeType }));
        this.#api.addFiles([{ id, mimeType, dataURL, created: Date.now() } as BinaryFileData]);
      } catch {
        const wait = AGAIN[attempt];
        if (wait === undefined) this.#asked.delete(id);
        else setTimeout(() => void ask(attempt + 1), wait * 1000);
      }
    };
    void ask(0);
  }

  /** A picture that is on this page alone: sent, then named by what the server calls it. */
  async #adopt(file: BinaryFileData): Promise<void> {
    if (this.#sending.has(file.id)) return;
    this.#sending.add(file.id);
    const of = (element: AnyElement): element is ImageElement => element.type === "image" && element.fileId === file.id && !element.isDeleted;
    let change: Partial<Pick<ImageElement, "fileId" | "status" | "isDeleted">>;
    try {
      const id = await this.send(new File([blobOf(file.dataURL)], "image", { type: file.mimeType }));
      this.#api.addFiles([{ ...file, id: id as BinaryFileData["id"] }]);
      change = { fileId: id as ImageElement["fileId"], status: "saved" };
    } catch (error) {
      change = { isDeleted: true };
      this.#onFailure(error instanceof Error ? error.message : this.#words.images.failed);
    }
    this.#sending.delete(file.id);
    this.#api.updateScene({
      elements: this.#api.getSceneElementsIncludingDeleted().map((element) => (of(element) ? newElementWith(element, change) : element)),
      captureUpdate: CaptureUpdateAction.NEVER,
    });
  }
}
