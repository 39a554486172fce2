// Our bar above the canvas: where one is, whether all is saved, who is here, and what Excalidraw's own bars have not.
import { useRef, type ReactNode } from "react";
import { useDesk } from "./desk";
import { PICTURE } from "./files";
import { Icon, Menu, MenuGroup, MenuItem } from "./parts";
import { People } from "./people";
import { post } from "./page";
import { Status } from "./status";
import { useStore } from "./store";

export function Bar(): ReactNode {
  const desk = useDesk();
  const { words, page } = desk;
  const { mayWrite, refusal } = useStore(desk.connection.line);
  const { isListShown } = useStore(desk.shown);
  // Of a board that one may not see any more, only its name is left, and the way back.
  const isShut = refusal === "right";
  return (
    <header className="board-bar" aria-label={words.toolbar}>
      <a className="button button--quiet board-bar__back" href={page.urls.boards} title={words.backToBoards}>
        <Icon name="arrow-left" />
        <span className="board-bar__back-text">{words.backToBoards}</span>
      </a>
      <h1 className="board-bar__title" title={page.title} lang={desk.titleLanguage}>{page.title}</h1>
      {isShut ? null : <Status />}
      <div className="board-bar__tools" hidden={isShut}>
        <People />
        {mayWrite && refusal === null ? <Insert /> : null}
        <button type="button" className="button button--quiet board-bar__present" onClick={() => desk.present()} title={words.present.start}>
          <Icon name="presentation" />
          <span className="board-bar__word">{words.present.start}</span>
        </button>
        <button
          type="button"
          className="button button--quiet"
          aria-pressed={isListShown}
          aria-label={isListShown ? words.list.hide : words.list.show}
          title={isListShown ? words.list.hide : words.list.show}
          onClick={(event) => {
            desk.shown.set({ isListShown: !isListShown });
            // Who opens it by keyboard means to go there.
            if (!isListShown && event.detail === 0) desk.wanted.set({ field: "title", count: desk.wanted.value.count + 1 });
          }}
        >
          <Icon name="list" />
          <span className="board-bar__word">{words.list.button}</span>
        </button>
        {page.urls.view ? (
          <a className="button button--quiet board-bar__comments" href={`${page.urls.view}#thread`} title={words.more.comments}>
            <Icon name="messages" />
            <span className="visually-hidden">{words.more.comments}</span>
            {desk.comments ? <span className="count">{desk.comments}</span> : null}
          </a>
        ) : null}
        <More />
      </div>
    </header>
  );
}

function Insert(): ReactNode {
  const desk = useDesk();
  const { insert: words } = desk.words;
  return (
    <Menu label={words.button} icon="plus" text className="board-bar__insert">
      <MenuItem icon="note" onChoose={() => void desk.addSticky()}>{words.sticky}</MenuItem>
      <MenuItem icon="notes" onChoose={() => desk.shown.set({ dialog: "list" })}>{words.list}</MenuItem>
      <MenuItem icon="frame" onChoose={() => desk.take("frame")}>{words.frame}</MenuItem>
      <MenuItem icon="photo" onChoose={() => desk.take("image")}>{words.image}</MenuItem>
      <MenuItem icon="category" onChoose={() => desk.shown.set({ dialog: "shapes" })}>{words.shapes}</MenuItem>
    </Menu>
  );
}

function More(): ReactNode {
  const desk = useDesk();
  const { words, page } = desk;
  const { more } = words;
  const { mayWrite } = useStore(desk.connection.line);
  const { selected } = useStore(desk.scene);
  const { isViewOnly } = useStore(desk.shown);
  const file = useRef<HTMLInputElement>(null);
  const api = desk.canvas?.api;
  const ids = selected ? selected.split(" ") : [];
  const isLocked = ids.length > 0 && api?.getSceneElements().some((element) => ids.includes(element.id) && element.locked);
  const switchViewOnly = async (address: string): Promise<void> => {
    const form = new FormData();
    form.append("view_only", isViewOnly ? "" : "on");
    try {
      await post(address, form);
      desk.shown.set({ isViewOnly: !isViewOnly });
    } catch {
      desk.tell(words.viewOnlyFailed, true);
    }
  };
  return (
    <>
      <Menu label={more.button} icon="dots">
        <div className="board-menu__phone">
          <MenuGroup>
            <MenuItem icon="presentation" onChoose={() => desk.present()}>{words.present.start}</MenuItem>
            {page.urls.view ? (
              <MenuItem icon="messages" href={`${page.urls.view}#thread`}>{more.comments}{desk.comments ? ` (${desk.comments})` : ""}</MenuItem>
            ) : null}
          </MenuGroup>
        </div>
        <MenuGroup label={more.export}>
          <MenuItem icon="photo" onChoose={() => void desk.export(PICTURE)}>{more.png}</MenuItem>
          <MenuItem icon="photo" onChoose={() => void desk.export({ ...PICTURE, format: "svg" })}>{more.svg}</MenuItem>
          <MenuItem icon="adjustments" onChoose={() => desk.shown.set({ dialog: "picture" })}>{more.image}</MenuItem>
          <MenuItem icon="file" onChoose={() => void desk.export("file")}>{more.file}</MenuItem>
          <MenuItem icon="file-text" href={page.urls.list_txt} isFile>{more.text}</MenuItem>
          <MenuItem icon="table" href={page.urls.list_csv} isFile>{more.csv}</MenuItem>
        </MenuGroup>
        <MenuGroup>
          {mayWrite ? <MenuItem icon="file-import" onChoose={() => file.current?.click()}>{more.import}</MenuItem> : null}
          {mayWrite && ids.length ? (
            <MenuItem icon={isLocked ? "lock-open" : "lock"} onChoose={() => desk.canvas?.edits.setLocked(ids, !isLocked)}>
              {isLocked ? more.unlock : more.lock}
            </MenuItem>
          ) : null}
          <MenuItem icon="search" onChoose={() => desk.find()}>{more.find}</MenuItem>
          {mayWrite ? <MenuItem icon="palette" onChoose={() => desk.shown.set({ dialog: "background" })}>{more.background}</MenuItem> : null}
        </MenuGroup>
        <MenuGroup>
          {page.urls.sharing ? <MenuItem icon="share" href={page.urls.sharing}>{more.share}</MenuItem> : null}
          <MenuItem icon="history" href={page.urls.history}>{more.history}</MenuItem>
          {page.urls.save_version && mayWrite ? <MenuItem icon="tag" onChoose={() => desk.shown.set({ dialog: "version" })}>{more.version}</MenuItem> : null}
          {page.urls.view_only ? (
            <MenuItem icon="eye" isChecked={isViewOnly} onChoose={() => void switchViewOnly(page.urls.view_only ?? "")}>{more.viewOnly}</MenuItem>
          ) : null}
          {page.urls.duplicate ? <MenuItem icon="copy" href={page.urls.duplicate}>{more.duplicate}</MenuItem> : null}
          {page.urls.settings ? <MenuItem icon="settings" href={page.urls.settings}>{more.settings}</MenuItem> : null}
          <MenuItem icon="keyboard" onChoose={() => desk.help()}>{more.help}</MenuItem>
        </MenuGroup>
      </Menu>
      <input
        ref={file}
        type="file"
        hidden
        aria-label={more.import}
        accept=".excalidraw,.json,image/png,image/svg+xml"
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          event.target.value = "";
          if (chosen) void desk.import(chosen);
        }}
      />
    </>
  );
}
