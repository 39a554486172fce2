import { Editor } from "@tiptap/core";
import { Table, TableCell, TableHeader, TableRow } from "@tiptap/extension-table";
import StarterKit from "@tiptap/starter-kit";

// Turns a text area into an editor of formatted text. The text area stays, hidden: it is what the form sends, so that a
// failure of the editor loses nothing. The server cleans whatever arrives.

// No inline style, which the content policy refuses.
const PlainTable = Table.extend({ renderHTML: () => ["table", ["tbody", 0]] });

type Command = (editor: Editor) => boolean;

const COMMANDS: Record<string, Command> = {
  bold: (editor) => editor.chain().focus().toggleBold().run(),
  italic: (editor) => editor.chain().focus().toggleItalic().run(),
  h2: (editor) => editor.chain().focus().toggleHeading({ level: 2 }).run(),
  h3: (editor) => editor.chain().focus().toggleHeading({ level: 3 }).run(),
  list: (editor) => editor.chain().focus().toggleBulletList().run(),
  numbers: (editor) => editor.chain().focus().toggleOrderedList().run(),
  quote: (editor) => editor.chain().focus().toggleBlockquote().run(),
  table: (editor) => editor.chain().focus().insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run(),
  undo: (editor) => editor.chain().focus().undo().run(),
  redo: (editor) => editor.chain().focus().redo().run(),
  row: (editor) => editor.chain().focus().addRowAfter().run(),
  column: (editor) => editor.chain().focus().addColumnAfter().run(),
  noRow: (editor) => editor.chain().focus().deleteRow().run(),
  noColumn: (editor) => editor.chain().focus().deleteColumn().run(),
  noTable: (editor) => editor.chain().focus().deleteTable().run(),
};

const PRESSED: Record<string, [string, Record<string, unknown>?]> = {
  bold: ["bold"],
  italic: ["italic"],
  h2: ["heading", { level: 2 }],
  h3: ["heading", { level: 3 }],
  list: ["bulletList"],
  numbers: ["orderedList"],
  quote: ["blockquote"],
  link: ["link"],
};

/** Paragraphs of a text that has no markup, as the server would make them. */
function asHtml(text: string): string {
  if (/<[a-z!/]/i.test(text)) return text;
  const holder = document.createElement("div");
  for (const part of text.split(/\n{2,}/)) {
    const paragraph = document.createElement("p");
    paragraph.textContent = part;
    holder.append(paragraph);
  }
  return holder.innerHTML;
}

function enhance(box: HTMLElement): void {
  const area = box.querySelector("textarea");
  const bar = box.querySelector<HTMLElement>(".rich-text__bar");
  const linkBox = box.querySelector<HTMLElement>("[data-link-box]");
  const linkAddress = box.querySelector<HTMLInputElement>("[data-link-address]");
  const linkButton = box.querySelector<HTMLElement>('[data-command="link"]');
  if (!area || !bar || !linkBox || !linkAddress || !linkButton || box.dataset.ready) return;
  box.dataset.ready = "yes";

  const holder = document.createElement("div");
  holder.className = "rich-text__page";
  area.before(holder);
  const label = document.querySelector<HTMLLabelElement>(`label[for="${CSS.escape(area.id)}"]`);
  if (label && !label.id) label.id = `${area.id}-label`;
  const attributes: Record<string, string> = {
    class: "prose rich-text__text",
    role: "textbox",
    "aria-multiline": "true",
    spellcheck: "true",
  };
  if (label) attributes["aria-labelledby"] = label.id;
  for (const name of ["lang", "aria-describedby", "aria-invalid"]) {
    const value = area.getAttribute(name);
    if (value) attributes[name] = value;
  }

  const editor = new Editor({
    element: holder,
    injectCSS: false,
    extensions: [
      StarterKit.configure({
        heading: { levels: [2, 3] },
        code: false,
        codeBlock: false,
        underline: false,
        link: { openOnClick: false, protocols: ["http", "https", "mailto", "tel", "notes"], defaultProtocol: "https" },
      }),
      PlainTable.configure({ resizable: false }),
      TableRow,
      TableHeader,
      TableCell,
    ],
    content: asHtml(area.value),
    editorProps: { attributes },
    onUpdate: ({ editor: changed }) => {
      area.value = changed.isEmpty ? "" : changed.getHTML();
      area.dispatchEvent(new Event("input", { bubbles: true }));
    },
    onTransaction: ({ editor: changed }) => refresh(changed),
  });

  function refresh(changed: Editor): void {
    for (const [name, [mark, options]] of Object.entries(PRESSED)) {
      const button = bar?.querySelector(`[data-command="${name}"]`);
      button?.setAttribute("aria-pressed", String(changed.isActive(mark, options)));
    }
    const tools = bar?.querySelector<HTMLElement>("[data-table-tools]");
    if (tools) tools.hidden = !changed.isActive("table");
  }

  function showLink(isShown: boolean): void {
    if (!linkBox || !linkAddress) return;
    linkBox.hidden = !isShown;
    linkButton?.setAttribute("aria-expanded", String(isShown));
    if (isShown) {
      linkAddress.value = String(editor.getAttributes("link").href ?? "");
      linkAddress.focus();
    } else {
      editor.commands.focus();
    }
  }

  function setLink(): void {
    const typed = linkAddress?.value.trim() ?? "";
    const href = /^(?:[a-z]+:|\/(?!\/))/i.test(typed) ? typed : `https://${typed}`;
    if (typed === "") editor.chain().focus().extendMarkRange("link").unsetLink().run();
    else if (editor.state.selection.empty && !editor.isActive("link")) {
      editor.chain().focus().insertContent({ type: "text", text: typed, marks: [{ type: "link", attrs: { href } }] }).run();
    } else editor.chain().focus().extendMarkRange("link").setLink({ href }).run();
    showLink(false);
  }

  bar.addEventListener("click", (event) => {
    const button = (event.target as HTMLElement).closest<HTMLElement>("[data-command]");
    const name = button?.dataset.command ?? "";
    if (name === "link") showLink(linkBox.hidden);
    else COMMANDS[name]?.(editor);
  });
  // A toolbar is one stop of Tab; arrows move inside it.
  bar.addEventListener("keydown", (event) => {
    const tools = [...bar.querySelectorAll<HTMLElement>(".rich-text__tool")];
    const at = tools.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key] ?? 0;
    const to = event.key === "Home" ? 0 : event.key === "End" ? tools.length - 1 : at + step;
    if (at < 0 || to === at || !tools[to]) return;
    event.preventDefault();
    for (const tool of tools) tool.tabIndex = -1;
    tools[to].tabIndex = 0;
    tools[to].focus();
  });
  box.querySelector("[data-link-set]")?.addEventListener("click", setLink);
  box.querySelector("[data-link-remove]")?.addEventListener("click", () => {
    editor.chain().focus().extendMarkRange("link").unsetLink().run();
    showLink(false);
  });
  linkAddress.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      setLink();
    } else if (event.key === "Escape") showLink(false);
  });
  label?.addEventListener("click", () => editor.commands.focus());

  area.hidden = true;
  bar.hidden = false;
  refresh(editor);
}

export function enhanceAll(root: ParentNode = document): void {
  for (const box of root.querySelectorAll<HTMLElement>("[data-rich-text]")) enhance(box);
}
