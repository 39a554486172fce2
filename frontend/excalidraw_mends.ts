// What is mended of Excalidraw, and why: see `excalidraw.ts`.

export interface Mend {
  /** Why it is there, for who meets it in an error. */
  why: string;
  find: string | RegExp;
  put: string;
}

/** The module of French strings, made while bundling. */
export const FRENCH = "virtual:excalidraw-french";

export const MENDS: Mend[] = [
  {
    why: "production, whatever the name of the folder",
    find: /DEV: true \}/,
    put: "DEV: false, PROD: true, MODE: 'production' }",
  },
  // -- Only what is ours is asked for ---------------------------------------------------------------------------
  {
    why: "SECURITY: fonts come from this site or not at all",
    find: "urls.push(new URL(assetUrl, _ExcalidrawFontFace.ASSETS_FALLBACK_URL));",
    put: "",
  },
  {
    why: "SECURITY: no address of another site is left to fall back to",
    find: /__publicField\(_ExcalidrawFontFace, "ASSETS_FALLBACK_URL", `https:[^;]*;/,
    put: "",
  },
  {
    why: "the fonts of Chinese, Japanese and Korean (13 MB) stay out: the reader's own are used",
    find: "init(CJK_HAND_DRAWN_FALLBACK_FONT, ...XiaolaiFontFaces);",
    put: "init(CJK_HAND_DRAWN_FALLBACK_FONT);",
  },
  {
    why: "no links to other sites in the help",
    find: /var Header = \(\) => [\s\S]*?\n\] \}\);\n/,
    put: "var Header = () => null;\n",
  },
  {
    why: "no library of another site",
    find: /var LibraryMenuBrowseButton = \(\{[\s\S]*?\n\};\n/,
    put: "var LibraryMenuBrowseButton = () => null;\n",
  },
  {
    why: "the city's shapes are in our own list, which has names and works by keyboard",
    find: /\/\* @__PURE__ \*\/ jsx137\(tunnels\.DefaultSidebarTriggerTunnel\.Out, \{\}\)/,
    put: "null",
  },
  {
    why: "the same on a phone",
    find: /\/\* @__PURE__ \*\/ jsx90\(DefaultSidebarTriggerTunnel\.Out, \{\}\)/,
    put: "null",
  },
  { why: "the same in its menu", find: "        actionAddToLibrary,\n", put: "" },
  {
    why: "the same beside the search",
    find: "/* @__PURE__ */ jsx112(Sidebar.TabTrigger, { tab: LIBRARY_SIDEBAR_TAB, children: LibraryIcon }),",
    put: "",
  },
  {
    why: "the same",
    find: "/* @__PURE__ */ jsx112(Sidebar.Tab, { tab: LIBRARY_SIDEBAR_TAB, children: /* @__PURE__ */ jsx112(LibraryMenu, {}) }),",
    put: "",
  },
  {
    why: "pasted text is text: no diagrams out of Mermaid",
    find: "if (data.text && isMaybeMermaidDefinition(data.text)) {",
    put: "if (false) {",
  },
  {
    why: "its package (7 MB) stays out",
    find: 'const api = await import("@excalidraw/mermaid-to-excalidraw");',
    put: "const api = {};",
  },
  {
    why: "the same for its dialog",
    find: 'api: import("@excalidraw/mermaid-to-excalidraw")',
    put: "api: Promise.reject(new Error())",
  },
  {
    why: "neither pages of other sites nor diagrams out of words among the tools",
    find: /\/\* @__PURE__ \*\/ jsx70\(\s*DropdownMenu_default\.Item,\s*\{\s*onSelect: \(\) => app\.setActiveTool\(\{ type: "embeddable" \}\),[\s\S]*?\n {12}\),/,
    put: "",
  },
  {
    why: "the heading of what was taken out",
    find: /\/\* @__PURE__ \*\/ jsx70\("div", \{ style: \{ margin: "6px 0", fontSize: 14, fontWeight: 600 \}, children: "Generate" \}\),/,
    put: "",
  },
  {
    why: "diagrams out of words",
    find: /\/\* @__PURE__ \*\/ jsx70\(\s*DropdownMenu_default\.Item,\s*\{\s*onSelect: \(\) => app\.setOpenDialog\(\{ name: "ttd", tab: "mermaid" \}\),[\s\S]*?\n {12}\),/,
    put: "",
  },
  {
    why: "a picture that is dropped is a picture: opening a board is asked for, never done by dropping one",
    find: "if (file?.type === MIME_TYPES.png || file?.type === MIME_TYPES.svg) {\n            try {\n              const scene",
    put: "if (false) {\n            try {\n              const scene",
  },
  {
    why: "no links to other sites in what it says of a browser that hides the size of letters",
    find: /link: \(el\) => [^\n]*faq#turning-off[^\n]*\}\)/,
    put: "link: (el) => el",
  },
  {
    why: "the same",
    find: /issueLink: \(el\) => [^\n]*,\n\s*discordLink: \(el\) => [\s\S]*?\] \}\)/,
    put: "issueLink: (el) => el, discordLink: (el) => el",
  },
  // -- What screen readers and keyboards meet -------------------------------------------------------------------
  {
    why: "a dialog is named by its title, which has the key of its board before it",
    find: 'labelledBy: "dialog-title",',
    put: "labelledBy: `${id}-dialog-title`,",
  },
  {
    why: "every dialog has a button to close it, where focus finds something",
    find: /isFullscreen && \/\* @__PURE__ \*\/ jsx67\(\s*"button",/,
    put: 'jsx67("button",',
  },
  {
    why: "a row of colours is no dialog",
    find: 'role: "dialog", "aria-modal": "true", className: "color-picker-container"',
    put: 'role: "group", "aria-label": label, className: "color-picker-container"',
  },
  {
    why: "nor is a row of fonts",
    find: 'role: "dialog", "aria-modal": "true", className: "FontPicker__container"',
    put: 'role: "group", "aria-label": t("labels.fontFamily"), className: "FontPicker__container"',
  },
  {
    why: "what opens the fonts is a button, not a box around one",
    find: /children: \/\* @__PURE__ \*\/ jsx31\("div", \{ children: \/\* @__PURE__ \*\/ jsx31\(\s*ButtonIcon,\s*\{\s*standalone: true,\s*icon: TextIcon,[\s\S]*?\n {4}\}\s*\) \}\) \}\);/,
    put: `children: jsx31("button", {
    type: "button",
    title: t("labels.showFonts"),
    className: "standalone properties-trigger" + (isTriggerActive ? " active" : ""),
    "data-testid": "font-family-show-fonts",
    children: TextIcon
  }) });`,
  },
  { why: "no two things of one id", find: "id: `${excalId}-${props.id}`,", put: "id: props.id ? `${excalId}-${props.id}` : undefined," },
  {
    why: "what opens a menu has a name",
    find: '"data-testid": "dropdown-menu-button",\n      title,',
    put: '"data-testid": "dropdown-menu-button",\n      title,\n      "aria-label": title,',
  },
  {
    why: "the zoom is in the name of its button, and per cent as French writes it",
    find: /"aria-label": t\("buttons\.resetZoom"\),\s*onClick: \(\) => \{\s*updateData\(null\);\s*\},\s*children: \[\s*\(appState\.zoom\.value \* 100\)\.toFixed\(0\),\s*"%"\s*\]/,
    put: `"aria-label": percent(appState.zoom.value) + " – " + t("buttons.resetZoom"),
      onClick: () => {
        updateData(null);
      },
      children: percent(appState.zoom.value)`,
  },
  {
    why: "the same",
    find: "var zoomValueToFitBoundsOnViewport = ",
    put: `var percent = (value) => (value * 100).toFixed(0) + (document.documentElement.lang.startsWith("fr") ? "\\u00a0%" : "%");
var zoomValueToFitBoundsOnViewport = `,
  },
  {
    why: "the tab of the search has a name",
    find: "Sidebar.TabTrigger, { tab: CANVAS_SEARCH_TAB,",
    put: 'Sidebar.TabTrigger, { tab: CANVAS_SEARCH_TAB, "aria-label": t("search.title"),',
  },
  {
    why: "the foot of the canvas is not the foot of the page",
    find: /"footer",\s*\{\s*role: "contentinfo",/,
    put: '"div",\n    {',
  },
  { why: "the same on a phone", find: 'jsxs49("footer", { className: "App-toolbar"', put: 'jsxs49("div", { className: "App-toolbar"' },
  {
    why: "names of fonts in the language of now, not of when the script was read",
    find: /text: t\("labels\.handDrawn"\)/,
    put: 'get text() { return t("labels.handDrawn"); }',
  },
  { why: "the same", find: /text: t\("labels\.normal"\)/, put: 'get text() { return t("labels.normal"); }' },
  { why: "the same", find: /text: t\("labels\.code"\)/, put: 'get text() { return t("labels.code"); }' },
  {
    why: "the name of a font: some browsers answer it with the quotes that CSS needs",
    find: 'text: fontFaces[0]?.fontFace?.family ?? "Unknown"',
    put: 'text: (fontFaces[0]?.fontFace?.family ?? "Unknown").replaceAll(\'"\', "")',
  },
  {
    why: "a frame without a name, in French as well",
    find: 'isFrameElement(element) ? "Frame" : "AI Frame"',
    put: 'document.documentElement.lang.startsWith("fr") ? "Cadre" : "Frame"',
  },
  {
    why: "what is shown whole is shown as large as it can be: on a phone, a step of a tenth is half of it",
    find: 'roundToStep(adjustedZoomValue, ZOOM_STEP, "floor")',
    put: 'roundToStep(adjustedZoomValue, 0.01, "floor")',
  },
  // -- What we do from outside ----------------------------------------------------------------------------------
  {
    why: "undo and redo for the list of objects, which is no canvas",
    find: "clear: this.resetHistory\n",
    put: `clear: this.resetHistory,
          undo: () => this.actionManager.executeAction(this.actionManager.actions.undo),
          redo: () => this.actionManager.executeAction(this.actionManager.actions.redo),
          canUndo: () => !this.history.isUndoStackEmpty,
          canRedo: () => !this.history.isRedoStackEmpty
`,
  },
  {
    why: "one colour for a person, on the canvas as in the bar",
    find: "var getClientColor = (socketId, collaborator) => {",
    put: "var getClientColor = (socketId, collaborator) => {\n  if (collaborator?.color) return collaborator.color.background;",
  },
  // -- The content policy ---------------------------------------------------------------------------------------
  {
    why: "SECURITY: a drawing that is saved carries its fonts whole; cutting them needs an eval, which is refused",
    find: /var subsetWoff2GlyphsByCodepoints = async[\s\S]*?\n\};\n/,
    put: `var subsetWoff2GlyphsByCodepoints = (arrayBuffer) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result);
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(new Blob([arrayBuffer], { type: "font/woff2" }));
});
`,
  },
  {
    why: "the cutting of fonts stays out",
    find: /var lazyLoadWorkerSubsetChunk = async \(\) => \{[\s\S]*?\n\};\n/,
    put: "",
  },
  { why: "the same", find: /var lazyLoadSharedSubsetChunk = async \(\) => \{[\s\S]*?\n\};\n/, put: "" },
  { why: "the same", find: /var getOrCreateWorkerPool = \(\) => \{[\s\S]*?\n\};\n/, put: "" },
  {
    why: "SECURITY: pictures are made smaller by the browser itself; the package for it begins with WebAssembly, which is refused",
    find: /var resizeImageFile = async \(file2, opts\) => \{[\s\S]*?\n\};\n/,
    put: `var resizeImageFile = async (file2, { maxWidthOrHeight, outputType = file2.type }) => {
  if (!/^image\\/(png|jpeg|webp|bmp|avif)$/.test(file2.type)) return file2;
  const picture = await createImageBitmap(file2);
  const scale = Math.min(1, maxWidthOrHeight / Math.max(picture.width, picture.height));
  if (scale === 1 && outputType === file2.type) return file2;
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, outputType, 0.9));
  return blob ? new File([blob], file2.name, { type: blob.type }) : file2;
};
`,
  },
  {
    why: "an attribute of style is refused by the policy, the property is not",
    find: 'text.setAttribute("style", "white-space: pre;");',
    put: 'text.style.whiteSpace = "pre";',
  },
  {
    why: "a drawing that is copied is XML: in an outerHTML a no-break space is an entity that XML does not know",
    find: "await svgPromise.then((svg2) => svg2.outerHTML)",
    put: "await svgPromise.then((svg2) => new XMLSerializer().serializeToString(svg2))",
  },
  // -- Language -------------------------------------------------------------------------------------------------
  {
    why: "the page says its own language",
    find: /document\.documentElement\.dir = currentLang\.rtl \? "rtl" : "ltr";\s*document\.documentElement\.lang = currentLang\.code;/,
    put: "",
  },
  {
    why: "English and French",
    find: /var globImport_locales_json = __glob\(\{[\s\S]*?\n\}\);\n/,
    put: `var globImport_locales_json = __glob({
  "./locales/en.json": () => Promise.resolve(en_default),
  "./locales/fr-FR.json": () => import("${FRENCH}")
});
`,
  },
  // -- Words --------------------------------------------------------------------------------------------------------
  {
    why: "keys by the names they have on the reader's keyboard",
    find: "var getShortcutKey = (shortcut) => {",
    put: `var FRENCH_KEYS = [
  [/\\bShift\\b/g, "Maj"], [/\\bEnter\\b/g, "Entrée"], [/\\bDelete\\b/g, "Suppr"], [/\\b(?:Escape|Esc)\\b/g, "Échap"], [/\\bSpace\\b/g, "Espace"],
  [/\\bArrow Key\\b/gi, "flèche"], [/\\bPgUp\\/PgDn\\b/g, "Page ↑/↓"], [/\\bWheel\\b/g, "molette"], [/\\bAlt-Click\\b/g, "Alt + clic"],
  [/\\+Up\\b/g, "+↑"], [/\\+Down\\b/g, "+↓"], [/\\+Left\\b/g, "+←"], [/\\+Right\\b/g, "+→"]
];
var getShortcutKey = (shortcut) => {
  const english = getEnglishShortcutKey(shortcut);
  return document.documentElement.lang.startsWith("fr") ? FRENCH_KEYS.reduce((said, [key, name]) => said.replace(key, name), english) : english;
};
var getEnglishShortcutKey = (shortcut) => {`,
  },
  {
    why: "the same in the help",
    find: "const keys = shortcut.endsWith(\"++\")",
    put: "shortcut = getShortcutKey(shortcut);\n    const keys = shortcut.endsWith(\"++\")",
  },
  { why: "only a letter alone is made a capital", find: "str.replace(/\\b[a-z]\\b/,", put: "str.replace(/^[a-z]$/," },
  { why: "a shade says which", find: '"aria-label": "Shade",', put: '"aria-label": `${t(`colors.${colorName}`)} ${i + 1}`,' },
  { why: "the same for the pointer", find: "title: `${colorName} - ${i + 1}`,", put: "title: `${t(`colors.${colorName}`)} ${i + 1}`," },
  {
    why: "a colour by its name",
    find: 'title: color,\n      onClick: () => onChange(color),\n      "data-testid": `color-top-pick-${color}`,',
    put: `title: (() => {
        const known = getColorNameAndShadeFromColor({ palette: COLOR_PALETTE, color });
        return known ? t("colors." + known.colorName) : color === "transparent" ? t("colors.transparent") : color;
      })(),
      "aria-pressed": color === activeColor,
      onClick: () => onChange(color),
      "data-testid": \`color-top-pick-\${color}\`,`,
  },
  { why: "the ends of arrows in words", find: 'label: "arrowhead_start",', put: 'label: `${t("labels.arrowheads")} 1`,' },
  { why: "the same", find: 'label: "arrowhead_end",', put: 'label: `${t("labels.arrowheads")} 2`,' },
  { why: "the grid in words", find: 'heading: true, children: "Canvas"', put: 'heading: true, children: t("labels.toggleGrid")' },
  // The help tells of no key that does nothing here.
  ...["buttons.zenMode", "labels.viewMode", "labels.toggleTheme", "commandPalette.title", "buttons.clearReset"].map((label) => ({
    why: `the help without ${label}`,
    find: new RegExp(`/\\* @__PURE__ \\*/ jsx92\\(\\s*Shortcut,\\s*\\{\\s*label: t\\("${label}"\\),[^{}]*\\}\\s*\\),?`),
    put: "",
  })),
];
