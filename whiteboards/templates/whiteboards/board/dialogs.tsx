// What is asked in a dialog: stickies out of a list, the city's shapes, the name of a version, the background, the keys.
import { CaptureUpdateAction, exportToSvg, restoreLibraryItems } from "@excalidraw/excalidraw";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { STICKY_COLOURS } from "./colours";
import { useDesk } from "./desk";
import { fontIsReady } from "./edits";
import type { AnyElement } from "./elements";
import { PICTURE, textOfSvg, type Picture } from "./files";
import { plainly } from "./list/model";
import { Dialog } from "./parts";
import { post, Refused } from "./page";
import { useStore } from "./store";
import { Swatches } from "./swatches";

const MOST_STICKIES = 200;

export function Dialogs(): ReactNode {
  const desk = useDesk();
  const { dialog } = useStore(desk.shown);
  const close = (): void => desk.shown.set({ dialog: null });
  switch (dialog) {
    case "list":
      return <StickiesFromList close={close} />;
    case "shapes":
      return <Shapes close={close} />;
    case "version":
      return <NameVersion close={close} />;
    case "background":
      return <Background close={close} />;
    case "picture":
      return <ExportPicture close={close} />;
    case "keys":
      return <Keys close={close} />;
    default:
      return null;
  }
}

/** Lines of a list without their bullets, numbers and boxes; of a table, its cells side by side. */
export function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(/^\s*(?:[-–—•*·▪◦]|\d{1,3}[.)]|\[[ x]\])\s+/i, "").replace(/\t+/g, " – ").trim())
    .filter(Boolean);
}

function StickiesFromList({ close }: { close: () => void }): ReactNode {
  const desk = useDesk();
  const { words } = desk;
  const [text, setText] = useState("");
  const [colour, setColour] = useState<string>(STICKY_COLOURS[0]?.value ?? "#ffec99");
  const lines = linesOf(text);
  const isTooMany = lines.length > MOST_STICKIES;
  const add = async (): Promise<void> => {
    await fontIsReady(text);
    const ids = desk.canvas?.edits.addStickies(lines, colour, desk.centre()) ?? [];
    close();
    desk.show(ids);
    desk.tell(words.files.imported(ids.length));
  };
  return (
    <Dialog title={words.insert.listTitle} close={close} closeLabel={words.close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (lines.length && !isTooMany) void add();
        }}
      >
        <div className="field">
          <label className="field__label" htmlFor="board-lines">{words.insert.listLabel}</label>
          <p className="field__help" id="board-lines-help">{words.insert.listHelp}</p>
          <textarea id="board-lines" aria-describedby="board-lines-help board-lines-count" rows={9} value={text} onChange={(event) => setText(event.target.value)} />
          <p className={isTooMany ? "field__error" : "field__help"} id="board-lines-count" aria-live="polite">
            {isTooMany ? words.insert.listTooMany(MOST_STICKIES) : words.insert.listCount(lines.length)}
          </p>
        </div>
        <Swatches label={words.insert.colour} value={colour} onChange={setColour} />
        <div className="form-actions">
          <button type="submit" className="button button--primary" disabled={!lines.length || isTooMany}>{words.insert.listAdd(lines.length)}</button>
          <button type="button" className="button" onClick={close}>{words.cancel}</button>
        </div>
      </form>
    </Dialog>
  );
}

interface Shape {
  id: string;
  name: string;
  elements: AnyElement[];
}

function Drawing({ shape }: { shape: Shape }): ReactNode {
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    let isGone = false;
    const draw = async (): Promise<void> => {
      const svg = await exportToSvg({
        elements: shape.elements as never,
        files: null,
        skipInliningFonts: true,
        appState: { exportBackground: false, exportWithDarkMode: document.querySelector(".excalidraw.theme--dark") !== null },
      });
      // Shown as a picture: what a drawing carries of styles stays in it.
      const picture = new Image();
      picture.alt = "";
      picture.src = URL.createObjectURL(new Blob([textOfSvg(svg)], { type: "image/svg+xml" }));
      picture.onload = () => URL.revokeObjectURL(picture.src);
      if (!isGone) place.current?.replaceChildren(picture);
    };
    void draw();
    return () => {
      isGone = true;
    };
  }, [shape]);
  return <span className="shape__drawing" ref={place} aria-hidden="true" />;
}

function Shapes({ close }: { close: () => void }): ReactNode {
  const desk = useDesk();
  const { insert: words } = desk.words;
  const [shapes, setShapes] = useState<Shape[] | null>(null);
  const [hasFailed, setFailed] = useState(false);
  const [sought, setSought] = useState("");
  useEffect(() => {
    const load = async (): Promise<void> => {
      try {
        const answer = await fetch(desk.page.urls.library, { headers: { Accept: "application/json" }, credentials: "same-origin" });
        if (!answer.ok) throw new Error(String(answer.status));
        const said = (await answer.json()) as { libraryItems?: { id: string; name?: string; elements: AnyElement[] }[] };
        const items = restoreLibraryItems((said.libraryItems ?? []) as never, "published");
        setShapes(items.map((item) => ({ id: item.id, name: item.name ?? "", elements: [...item.elements] })));
      } catch {
        setFailed(true);
      }
    };
    void load();
  }, [desk]);
  const found = shapes?.filter((shape) => plainly(shape.name).includes(plainly(sought.trim())));
  const add = (shape: Shape): void => {
    const ids = desk.canvas?.edits.addCopies(shape.elements, desk.centre()) ?? [];
    close();
    desk.say(words.shapeAdded(shape.name));
    desk.reveal(ids);
  };
  return (
    <Dialog title={words.shapesTitle} close={close} closeLabel={desk.words.close} className="board-dialog--wide">
      <label className="visually-hidden" htmlFor="board-shape">{words.shapesFind}</label>
      <input className="control shapes__find" id="board-shape" type="search" placeholder={words.shapesFind} value={sought} onChange={(event) => setSought(event.target.value)} />
      {hasFailed ? <p className="field__error" role="alert">{words.shapesFailed}</p> : null}
      {shapes || hasFailed ? null : <p className="soft">{desk.words.loading}</p>}
      {found && !found.length ? <p className="soft" role="status">{words.shapesNone}</p> : null}
      <ul className="shapes">
        {found?.map((shape) => (
          <li key={shape.id}>
            <button type="button" className="shape" onClick={() => add(shape)} aria-label={words.shapeAdd(shape.name)}>
              <Drawing shape={shape} />
              <span className="shape__name">{shape.name}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function NameVersion({ close }: { close: () => void }): ReactNode {
  const desk = useDesk();
  const { version: words } = desk.words;
  const [name, setName] = useState("");
  const [error, setError] = useState("");
  const save = async (): Promise<void> => {
    const form = new FormData();
    form.append("name", name.trim());
    desk.canvas?.binding.flush();
    try {
      await post(desk.page.urls.save_version ?? "", form);
      close();
      desk.tell(words.saved(name.trim()));
    } catch (refused) {
      setError(refused instanceof Refused && refused.reason ? refused.reason : words.failed);
    }
  };
  return (
    <Dialog title={words.title} close={close} closeLabel={desk.words.close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) void save();
        }}
      >
        <div className={`field${error ? " field--error" : ""}`}>
          <label className="field__label" htmlFor="board-version">{words.label}</label>
          <p className="field__help" id="board-version-help">{words.help}</p>
          {error ? <p className="field__error" role="alert">{error}</p> : null}
          <input type="text" id="board-version" maxLength={200} required aria-describedby="board-version-help" value={name} onChange={(event) => setName(event.target.value)} />
        </div>
        <div className="form-actions">
          <button type="submit" className="button button--primary">{words.save}</button>
          <button type="button" className="button" onClick={close}>{desk.words.cancel}</button>
        </div>
      </form>
    </Dialog>
  );
}

function Background({ close }: { close: () => void }): ReactNode {
  const desk = useDesk();
  const { background: words } = desk.words;
  const [value, setValue] = useState(desk.canvas?.api.getAppState().viewBackgroundColor ?? "#ffffff");
  const choose = (colour: string): void => {
    setValue(colour);
    desk.canvas?.api.updateScene({ appState: { viewBackgroundColor: colour }, captureUpdate: CaptureUpdateAction.IMMEDIATELY });
  };
  const choices = Object.entries(words.names).map(([colour, name]) => ({ value: colour, name }));
  return (
    <Dialog title={words.title} close={close} closeLabel={desk.words.close}>
      <Swatches label={words.title} value={value} choices={choices} onChange={choose} isLabelHidden areNamed />
    </Dialog>
  );
}

function ExportPicture({ close }: { close: () => void }): ReactNode {
  const desk = useDesk();
  const { picture: words } = desk.words;
  const { selected } = useStore(desk.scene);
  const ids = selected ? selected.split(" ") : [];
  const [picture, setPicture] = useState<Picture>(PICTURE);
  const [isPart, setPart] = useState(ids.length > 0);
  const box = (label: string, isChecked: boolean, set: (value: boolean) => void, help?: string): ReactNode => (
    <div className="choice">
      <label>
        <input type="checkbox" checked={isChecked} onChange={(event) => set(event.target.checked)} />
        <span>{label}{help ? <span className="field__help picture__help">{help}</span> : null}</span>
      </label>
    </div>
  );
  return (
    <Dialog title={words.title} close={close} closeLabel={desk.words.close}>
      <form
        className="picture"
        onSubmit={(event) => {
          event.preventDefault();
          close();
          void desk.export(isPart ? { ...picture, ids } : picture);
        }}
      >
        <fieldset className="field__set">
          <legend className="field__label">{words.format}</legend>
          {(["png", "svg"] as const).map((format) => (
            <div className="choice" key={format}>
              <label>
                <input type="radio" name="format" checked={picture.format === format} onChange={() => setPicture({ ...picture, format })} />
                <span>{words[format]}<span className="field__help picture__help">{format === "png" ? words.pngHelp : words.svgHelp}</span></span>
              </label>
            </div>
          ))}
        </fieldset>
        {picture.format === "png" ? (
          <div>
            <label className="field__label" htmlFor="board-scale">{words.scale}</label>
            <select className="control" id="board-scale" value={picture.scale} onChange={(event) => setPicture({ ...picture, scale: Number(event.target.value) })}>
              {Object.entries(words.scales).map(([scale, name]) => <option key={scale} value={scale}>{name}</option>)}
            </select>
          </div>
        ) : null}
        <div>
          {ids.length ? box(words.selected(ids.length), isPart, setPart) : null}
          {box(words.background, picture.hasBackground, (hasBackground) => setPicture({ ...picture, hasBackground }))}
          {box(words.dark, picture.isDark, (isDark) => setPicture({ ...picture, isDark }))}
          {box(words.editable, picture.isEditable, (isEditable) => setPicture({ ...picture, isEditable }), words.editableHelp)}
        </div>
        <div className="form-actions">
          <button type="submit" className="button button--primary">{words.save}</button>
          <button type="button" className="button" onClick={close}>{desk.words.cancel}</button>
        </div>
      </form>
    </Dialog>
  );
}

function Keys({ close }: { close: () => void }): ReactNode {
  const desk = useDesk();
  const { words } = desk;
  return (
    <Dialog title={words.list.keysTitle} close={close} closeLabel={words.close}>
      <p>{words.list.keysHelp}</p>
      <dl className="board-keys">
        {words.keys.map(([keys, does]) => (
          <div key={keys}>
            <dt>{keys}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
