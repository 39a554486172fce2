// One open board: its document, its line to the server, who is here, and the canvas once it is there.
import { CaptureUpdateAction, getVisibleSceneBounds, isInvisiblySmallElement, zoomToFitBounds } from "@excalidraw/excalidraw";
import type { AppState, SocketId } from "@excalidraw/excalidraw/dist/types/excalidraw/types";
import { createContext, useContext } from "react";
import * as Y from "yjs";
import { saveElements } from "../kept/file";
import { Binding, type Canvas } from "./binding";
import { Connection } from "./connection";
import { Edits, fontIsReady, type Api } from "./edits";
import type { Element } from "./elements";
import { isEmpty, openFile, saveFile, savePicture, type Picture } from "./files";
import { Images } from "./images";
import { Keeping } from "./keeping";
import type { BoardPage } from "./page";
import { Presence, type Here, type View } from "./presence";
import { boxAround, placeOf } from "./reading";
import { Store } from "./store";
import { wordsIn, type Words } from "./words";

export type Dialog = "list" | "shapes" | "version" | "background" | "keys" | "picture";

export interface Scene {
  /** Counts what changes on the board: who follows it reads the elements again. */
  revision: number;
  /** Ids of what is selected on the canvas, joined. */
  selected: string;
  /** Whether the canvas has loaded, and what was stored is on it. */
  isReady: boolean;
}

export interface Shown {
  isListShown: boolean;
  dialog: Dialog | null;
  /** The frame that is presented, counted from 0; -1 where there are none; null when one does not present. */
  presented: number | null;
  isViewOnly: boolean;
}

/** What Excalidraw's own bars cover of the canvas, in pixels; at the left, its properties of what is selected. */
const COVERED = { top: 96, right: 24, bottom: 80, left: 24 };
const ROOMY = 730;
const FIRST_TRIES = 50;
const MOST_SAID = 4;

export class Desk {
  readonly words: Words;
  /** Why one may not draw, in the page's words. */
  readonly reason: string;
  /** The language of the title, where it is not that of the page; how many comments there are. */
  readonly titleLanguage: string | undefined;
  readonly comments: string;
  readonly doc = new Y.Doc();
  readonly connection: Connection;
  readonly keeping: Keeping;
  readonly presence: Presence;
  readonly scene = new Store<Scene>({ revision: 0, selected: "", isReady: false });
  readonly shown: Store<Shown>;
  /** A part of the list that was asked for from elsewhere. */
  readonly wanted = new Store<{ field: "find" | "add" | "title" | null; count: number }>({ field: null, count: 0 });
  /** What is read out, politely: the last sentences, each once. */
  readonly said = new Store<{ sentences: readonly { text: string; key: number }[] }>({ sentences: [] });
  #canvas: { api: Api; edits: Edits; images: Images; binding: Binding } | null = null;
  #versions = -1;
  /** The object that the address asks for. It leaves the address: Excalidraw would look for it before it is there. */
  readonly #wantedObject = new URLSearchParams(location.search).get("element");
  #isShown = false;
  /** Whether the person signs out knowing that something is lost. */
  #isGivenUp = false;

  constructor(readonly page: BoardPage) {
    this.words = wordsIn(page.language);
    const note = document.querySelector(".board-page__note");
    this.reason = note?.textContent?.trim() ?? "";
    // The bar says it from now on, and stops saying it when it is no longer so.
    note?.remove();
    // What the page showed while it waited for us.
    this.titleLanguage = document.querySelector<HTMLElement>("#board h1")?.lang || undefined;
    this.comments = document.querySelector("#board .count")?.textContent?.trim() ?? "";
    this.connection = new Connection(page.uuid, page.person.id, this.doc, page.may_write);
    this.keeping = new Keeping(this.doc, this.connection, page);
    this.keeping.onResumed = () => this.tell(this.words.kept.resumed);
    this.presence = new Presence(this.connection.provider.awareness, page.person);
    this.shown = new Store<Shown>({ isListShown: false, dialog: null, presented: null, isViewOnly: page.view_only });
    this.connection.line.subscribe(() => {
      if (this.#canvas) this.#canvas.binding.mayWrite = this.connection.line.value.mayWrite;
      this.#settle();
    });
    if (this.#wantedObject) history.replaceState(history.state, "", location.pathname);
    window.addEventListener("beforeunload", (event) => {
      this.#keep();
      // What is kept here comes back with the board: nobody is asked for that.
      if (this.connection.line.value.isUnsaved && !this.keeping.state.value.isKept && !this.#isGivenUp) event.preventDefault();
    });
    window.addEventListener("pagehide", () => this.#keep());
    // A phone ends what is not on its screen without a word.
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.#keep();
    });
    document.addEventListener("parvis:forgotten", () => (this.#isGivenUp = true));
    // What is on the screen stays there; the line to the server says that the session is over, and how to go on.
    document.addEventListener("parvis:signed_out", (event) => event.preventDefault());
    this.connection.open();
  }

  #keep(): void {
    this.#canvas?.binding.flush();
    void this.keeping.write();
  }

  get canvas(): { api: Api; edits: Edits; images: Images; binding: Binding } | null {
    return this.#canvas;
  }

  /** Reads a sentence out, without taking focus. */
  say(text: string): void {
    const { sentences } = this.said.value;
    const key = (sentences.at(-1)?.key ?? 0) + 1;
    this.said.set({ sentences: [...sentences.slice(1 - MOST_SAID), { text, key }] });
  }

  /** Shows a passing message, and reads it out: the portal's own do. */
  tell(text: string, isAlert = false): void {
    const detail = { text, icon: isAlert ? "alert-circle" : "check", alert: isAlert };
    document.dispatchEvent(new CustomEvent("parvis:toast", { detail }));
  }

  /** Excalidraw gives its handle. */
  attach(api: Api): void {
    if (this.#canvas) return;
    const edits = new Edits(api);
    const images = new Images(this.page, this.words, api, (text) => this.tell(text, true));
    const binding = new Binding(this.doc, this.#faceOf(api, images), this.page.person);
    binding.mayWrite = this.connection.line.value.mayWrite;
    this.#canvas = { api, edits, images, binding };
    this.presence.onCollaborators = (collaborators) => api.updateScene({ collaborators });
    this.presence.onView = (view) => this.#lookAt(view);
    this.presence.view = () => {
      const [left, top, right, bottom] = getVisibleSceneBounds(api.getAppState());
      return [left, top, right, bottom];
    };
    api.onUserFollow(({ action }) => {
      if (action === "UNFOLLOW" && this.presence.people.value.followed) this.follow(null);
    });
    const whenLoaded = (): void => {
      if (api.getAppState().isLoading) {
        setTimeout(whenLoaded, 20);
        return;
      }
      images.known(this.doc.getMap<Element>("elements").values());
      this.doc.getMap<Element>("elements").observe((event, transaction) => {
        if (transaction.origin !== binding) images.known([...event.keysChanged].flatMap((id) => event.target.get(id) ?? []));
      });
      binding.start();
      images.tend();
      // Without them what is written offline is measured and shown with others, until the page is loaded again.
      void fontIsReady("");
      this.#settle();
    };
    whenLoaded();
  }

  /** The canvas says that something changed: elements, selection, or where one looks. */
  readonly changed = (elements: readonly Element[], state: AppState): void => {
    const canvas = this.#canvas;
    if (!canvas) return;
    let versions = elements.length;
    for (const element of elements) versions += element.version;
    const selected = Object.keys(state.selectedElementIds).sort();
    if (versions !== this.#versions) {
      this.#versions = versions;
      this.scene.set({ revision: this.scene.value.revision + 1 });
      canvas.images.tend();
    }
    this.scene.set({ selected: selected.join(" ") });
    this.presence.select(selected);
    canvas.binding.changed();
    // What Excalidraw would say in a dialog that takes no focus is said as the portal says things.
    if (typeof state.errorMessage === "string") {
      this.tell(state.errorMessage, true);
      canvas.api.updateScene({ appState: { errorMessage: null } });
    }
  };

  #settle(): void {
    const isReady = this.#canvas !== null && this.#canvas.binding.isStarted && this.connection.line.value.isLoaded;
    // What the line just brought may not be on the canvas yet: one would look at an empty place.
    if (isReady && !this.#isShown) this.#canvas?.binding.catchUp();
    this.scene.set({ isReady });
    if (!isReady || this.#isShown) return;
    this.#isShown = true;
    this.#showFirst(FIRST_TRIES);
  }

  /** Everything, or what was asked for, once the canvas knows how large it is. */
  #showFirst(tries: number): void {
    const api = this.#canvas?.api;
    const place = document.querySelector(".board__canvas");
    if (!api || !place) return;
    const isMeasured = Math.abs(api.getAppState().height - place.clientHeight) < 2;
    if (!isMeasured && tries > 0) {
      setTimeout(() => this.#showFirst(tries - 1), 30);
      return;
    }
    const all = api.getSceneElements().map((element) => element.id);
    this.show(this.#wantedObject ? [this.#wantedObject] : all, false);
  }

  #faceOf(api: Api, images: Images): Canvas {
    return {
      elements: () => api.getSceneElementsIncludingDeleted(),
      background: () => api.getAppState().viewBackgroundColor,
      isWhole: (element) => images.isWhole(element) && (element.isDeleted || !isInvisiblySmallElement(element)),
      held: () => {
        const { newElement, multiElement, resizingElement } = api.getAppState();
        return new Set([newElement, multiElement, resizingElement].flatMap((element) => (element ? [element.id] : [])));
      },
      show: (elements) => api.updateScene({ elements, captureUpdate: CaptureUpdateAction.NEVER }),
      showBackground: (viewBackgroundColor) => {
        api.updateScene({ appState: { viewBackgroundColor }, captureUpdate: CaptureUpdateAction.NEVER });
      },
    };
  }

  #lookAt([left, top, right, bottom]: View): void {
    const api = this.#canvas?.api;
    if (!api) return;
    const { appState } = zoomToFitBounds({
      appState: api.getAppState(),
      bounds: [left, top, right, bottom],
      fitToViewport: true,
      viewportZoomFactor: 1,
    });
    const { scrollX, scrollY, zoom } = appState;
    api.updateScene({ appState: { scrollX, scrollY, zoom } });
  }

  /** The middle of what is seen, in the board's measure. */
  centre(): { x: number; y: number } {
    const view = this.presence.view();
    return view ? { x: (view[0] + view[2]) / 2, y: (view[1] + view[3]) / 2 } : { x: 0, y: 0 };
  }

  /** Saves the board on the person's machine: as a file, or as a picture. */
  async export(picture: Picture | "file"): Promise<void> {
    const api = this.#canvas?.api;
    if (!api) return;
    if (isEmpty(api)) {
      this.tell(this.words.more.empty);
      return;
    }
    try {
      if (picture === "file") saveFile(api, this.page.title);
      else await savePicture(api, this.page.title, picture);
    } catch {
      this.tell(this.words.more.exportFailed, true);
    }
  }

  /** Saves the board with what was kept here and could not be added to it. */
  exportLeft(): void {
    const elements = this.keeping.leftElements();
    if (elements.length) saveElements(elements, this.page.title, this.#canvas?.api.getFiles());
    else this.tell(this.words.more.empty);
  }

  /** Adds what a file holds, around a point or in the middle of the view. */
  async import(file: File, centre = this.centre()): Promise<void> {
    const canvas = this.#canvas;
    if (!canvas || !this.connection.line.value.mayWrite) return;
    try {
      const { elements, files } = await openFile(file);
      if (!elements.length) throw new Error("Nothing in it.");
      const used = new Set(elements.flatMap((element) => (element.type === "image" ? [element.fileId] : [])));
      canvas.api.addFiles(Object.values(files).filter((one) => used.has(one.id)));
      const ids = canvas.edits.addCopies(elements, centre);
      this.show(ids);
      this.tell(this.words.files.imported(ids.length));
    } catch {
      this.tell(this.words.files.failed(file.name), true);
    }
  }

  // -- What the bar asks --------------------------------------------------------------------------------------------

  take(type: "frame" | "image"): void {
    this.#canvas?.api.setActiveTool({ type });
  }

  async addSticky(): Promise<void> {
    await fontIsReady("");
    const id = this.#canvas?.edits.addSticky(this.centre());
    if (id) this.reveal([id]);
  }

  /** Excalidraw's own help. */
  help(): void {
    this.#canvas?.api.updateScene({ appState: { openDialog: { name: "help" } } });
  }

  find(): void {
    this.shown.set({ isListShown: true });
    this.wanted.set({ field: "find", count: this.wanted.value.count + 1 });
  }

  /** Looks at what someone looks at, until one of the two does something else. */
  follow(one: Here | null): void {
    const { followed } = this.presence.people.value;
    this.presence.follow(one?.client ?? null);
    // Excalidraw draws a line around the board meanwhile, and says when one moves away by oneself.
    const userToFollow = one && { socketId: String(one.client) as SocketId, username: one.person.name };
    this.#canvas?.api.updateScene({ appState: { userToFollow } });
    if (!one && followed) this.say(this.words.people.stopped(followed.person.name));
  }

  present(): void {
    const frames = this.#canvas?.api.getSceneElements().some((element) => element.type === "frame");
    this.shown.set({ presented: frames ? 0 : -1, isListShown: false });
    this.presence.follow(null);
    this.presence.present(true);
    // Some browsers have no whole screen, and some people refuse it: one presents in the window then.
    document.documentElement.requestFullscreen?.().then(
      () => {
        if (this.shown.value.presented === null) void document.exitFullscreen();
      },
      () => undefined,
    );
  }

  stopPresenting(): void {
    if (this.shown.value.presented === null) return;
    this.shown.set({ presented: null });
    this.presence.present(false);
    this.#canvas?.api.setActiveTool({ type: "selection" });
    if (document.fullscreenElement) document.exitFullscreen().catch(() => undefined);
  }

  /** Selects what was just added, and shows it where it is out of sight. */
  reveal(ids: readonly string[]): void {
    this.select(ids);
    const api = this.#canvas?.api;
    const view = this.presence.view();
    if (!api || !view) return;
    const wanted = new Set(ids);
    const box = boxAround(api.getSceneElements().filter((element) => wanted.has(element.id)));
    const { zoom, width } = api.getAppState();
    const side = (width > ROOMY ? 230 : COVERED.left) / zoom.value;
    const [top, bottom] = [COVERED.top / zoom.value, COVERED.bottom / zoom.value];
    const isSeen =
      box.left >= view[0] + side && box.top >= view[1] + top && box.left + box.width <= view[2] && box.top + box.height <= view[3] - bottom;
    if (!isSeen) this.show(ids);
  }

  /** Says where a thing lies now, in words. */
  sayPlace(id: string): void {
    const elements = this.#canvas?.api.getSceneElements() ?? [];
    const element = elements.find((one) => one.id === id);
    if (!element) return;
    const frame = elements.filter((one) => one.id === element.frameId);
    this.say(this.words.edit.moved(placeOf(element, boxAround(frame.length ? frame : elements), this.words)));
  }

  /** On a phone the list is in the place of the drawing: it goes, so that one sees. */
  showOnCanvas(id: string): void {
    if (matchMedia("(max-width: 47.99rem)").matches) this.shown.set({ isListShown: false });
    this.select([id]);
    this.show([id]);
  }

  /** Brings elements into view. */
  show(ids: readonly string[], isAnimated = true): void {
    const api = this.#canvas?.api;
    const wanted = new Set(ids);
    const elements = api?.getSceneElements().filter((element) => wanted.has(element.id)) ?? [];
    if (!api || !elements.length) return;
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const canvasOffsets = { ...COVERED, left: api.getAppState().width > ROOMY && this.shown.value.isListShown ? 230 : COVERED.left };
    api.scrollToContent(elements, { fitToViewport: true, viewportZoomFactor: 1, animate: isAnimated && !isStill, maxZoom: 1, canvasOffsets });
  }

  select(ids: readonly string[]): void {
    const selectedElementIds = Object.fromEntries(ids.map((id) => [id, true as const]));
    this.#canvas?.api.updateScene({ appState: { selectedElementIds, selectedGroupIds: {} } });
  }
}

const DeskContext = createContext<Desk | null>(null);
export const DeskProvider = DeskContext.Provider;

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error("There is no board here.");
  return desk;
}
