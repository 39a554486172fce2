import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { excalidraw } from "./excalidraw";

const here = dirname(fileURLToPath(import.meta.url));
const project = resolve(here, "..");

/** Every entry becomes `<name>.js` and `<name>.css`. A page that needs an island loads it beside `main`. */
const entries = {
  main: resolve(here, "src/main.ts"),
  editor: resolve(here, "src/editor.ts"),
  board: resolve(here, "src/board.ts"),
  kept: resolve(here, "src/kept.ts"),
  desk: resolve(here, "src/desk.ts"),
};

/** One sprite out of the icons named in `icons.json`, so that a page asks for one cached file. */
function iconSprite(): Plugin {
  return {
    name: "icon-sprite",
    generateBundle() {
      const names: string[] = JSON.parse(readFileSync(resolve(here, "icons.json"), "utf8"));
      const sorted = [...new Set(names)].sort();
      const symbols = sorted.map((name) => {
        const file = resolve(here, "node_modules/@tabler/icons/icons/outline", `${name}.svg`);
        const drawing = readFileSync(file, "utf8")
          .replace(/<!--[\s\S]*?-->/g, "")
          .replace(/<svg[\s\S]*?>/, "")
          .replace("</svg>", "")
          .replace(/<path stroke="none" d="M0 0h24v24H0z"[^>]*\/>/, "")
          .replace(/\s*\n\s*/g, "");
        return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${drawing}</symbol>`;
      });
      this.emitFile({
        type: "asset",
        fileName: "icons.svg",
        source: `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`,
      });
      this.emitFile({ type: "asset", fileName: "icons.json", source: `${JSON.stringify(sorted)}\n` });
    },
  };
}

/** Scripts live beside their markup, outside this folder: their packages are still looked up here. */
function packagesFromHere(): Plugin {
  return {
    name: "packages-from-here",
    enforce: "pre",
    async resolveId(id, importer) {
      const bare = /^[@a-z]/i.test(id) && !id.includes(":");
      if (!bare || !importer || importer.startsWith(here)) return null;
      return this.resolve(id, entries.main, { skipSelf: true });
    },
  };
}

/** SECURITY: htmx carries an eval it is told never to use; the word itself leaves the bundle. */
function withoutEval(): Plugin {
  return {
    name: "without-eval",
    transform(code, id) {
      if (!id.includes("htmx.org")) return null;
      const removed = code.replace("return eval(str)", 'throw new Error("eval is refused")');
      if (removed === code) this.error("htmx has changed: its eval was not found.");
      return { code: removed, map: null };
    },
  };
}

export default defineConfig({
  root: here,
  // Relative addresses: Django's static storage adds the hashes and rewrites them.
  base: "./",
  publicDir: false,
  plugins: [
    excalidraw(here, resolve(project, "whiteboards/templates/whiteboards/board/excalidraw.fr.json")),
    packagesFromHere(),
    withoutEval(),
    iconSprite(),
  ],
  // Files outside this folder do not find its tsconfig.
  oxc: { jsx: { runtime: "automatic" } },
  css: {
    preprocessorOptions: {
      scss: {
        loadPaths: [resolve(here, "node_modules"), project],
        quietDeps: true,
        silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
      },
    },
  },
  build: {
    outDir: resolve(project, "intranet/static/built"),
    emptyOutDir: true,
    // SECURITY: nothing becomes a data: address, which the content policy refuses.
    assetsInlineLimit: 0,
    target: "es2022",
    modulePreload: false,
    reportCompressedSize: false,
    rollupOptions: {
      input: entries,
      // "use client" is said to servers that draw React; there is none.
      onLog(level, log, tell) {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") tell(level, log);
      },
      output: {
        entryFileNames: "[name].js",
        // Named by their content, which Django's storage cannot do for what scripts import from one another; twelve hexadecimal
        // digits are what servers know as an address that never changes its answer.
        hashCharacters: "hex",
        chunkFileNames: "chunks/[name].[hash:12].js",
        assetFileNames: (asset) =>
          asset.names.some((name) => name.endsWith(".woff2")) ? "fonts/[name][extname]" : "[name][extname]",
      },
    },
  },
});
