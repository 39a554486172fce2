// Excalidraw as this city needs it. Its package offers no way to leave parts out, so that its readable build is taken
// and mended while it is bundled. Every mend names what it looks for: a new version that no longer has it stops the build.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Plugin } from "vite";
import { FRENCH, MENDS, type Mend } from "./excalidraw_mends";

type Strings = { [key: string]: string | Strings };

/** What Excalidraw does with bound texts and arrows, which its package keeps to itself (types: `excalidraw.d.ts`). */
const INSIDE = "excalidraw-inside";

/** All of a catalogue's keys, dotted, with their strings. */
function flat(strings: Strings, before = ""): [string, string][] {
  return Object.entries(strings).flatMap(([key, value]) =>
    typeof value === "string" ? [[before + key, value] as [string, string]] : flat(value, `${before}${key}.`),
  );
}

/** The typography of Québec: no space before ; ! and ?, one that does not break before a colon, the true apostrophe. */
function typeset(text: string): string {
  return text
    .replace(/(\p{L})'(?=\p{L}|<|\{)/gu, "$1’")
    .replace(/\s*\.\.\.(?!\w)/g, "…")
    .replace(/[ \u00a0\u202f]+([;!?])/g, "$1")
    .replace(/(?<=[\p{L}}])[ \u00a0\u202f]*:(?= |$)/gu, "\u00a0:")
    .replace(/«[ \u00a0\u202f]*/g, "«\u00a0")
    .replace(/[ \u00a0\u202f]*»/g, "\u00a0»");
}

/** Excalidraw's French, with what it lacks and what it has wrong from `ours`; whole, or the build stops. */
async function french(dist: string, ours: string, refuse: (message: string) => never): Promise<string> {
  const locales = resolve(dist, "locales");
  const load = async (language: string): Promise<Strings> => {
    const file = readdirSync(locales).find((name) => name.startsWith(`${language}-`) && name.endsWith(".js"));
    if (!file) return refuse(`Excalidraw has no ${language}.`);
    return ((await import(pathToFileURL(join(locales, file)).href)) as { default: Strings }).default;
  };
  const [english, theirs] = [await load("en"), await load("fr-FR")];
  const known = new Map([...flat(theirs), ...flat(JSON.parse(readFileSync(ours, "utf8")) as Strings)]);
  const whole: Strings = {};
  for (const [key] of flat(english)) {
    const text = known.get(key);
    if (!text) return refuse(`Excalidraw's “${key}” has no French: say it in ${ours}.`);
    const parts = key.split(".");
    const last = parts.pop() ?? "";
    let place = whole;
    for (const part of parts) place = (place[part] ??= {}) as Strings;
    place[last] = typeset(text);
  }
  return Object.entries(whole)
    .map(([key, value]) => `export const ${key} = ${JSON.stringify(value)};`)
    .join("\n");
}

/** `ours`: the file of French strings. */
export function excalidraw(here: string, ours: string): Plugin {
  const dist = resolve(here, "node_modules/@excalidraw/excalidraw/dist/dev");
  const found = new Set<Mend>();
  return {
    name: "excalidraw",
    enforce: "pre",
    resolveId(id, importer) {
      if (id === "react/jsx-runtime" && importer?.startsWith(dist)) return resolve(here, "src/excalidraw_jsx.ts");
      if (id === "@excalidraw/excalidraw") return join(dist, "index.js");
      if (id === INSIDE) {
        const chunks = readdirSync(dist).filter((name) => /^chunk-.*\.js$/.test(name));
        const inside = chunks.find((name) => readFileSync(join(dist, name), "utf8").includes("\nvar updateBoundElements = "));
        return inside ? join(dist, inside) : null;
      }
      return id === FRENCH ? `\0${FRENCH}` : null;
    },
    load(id) {
      return id === `\0${FRENCH}` ? french(dist, ours, (message) => this.error(message)) : null;
    },
    transform(code, id) {
      // Files are chosen and kept as everywhere in browsers: one way for all, which asks for no rights over a folder.
      if (id.includes("/browser-fs-access/")) {
        const plain = code.replace('"showOpenFilePicker"in self', "false");
        return plain === code ? null : { code: plain, map: null };
      }
      if (!id.startsWith(dist) || !id.endsWith(".js")) return null;
      let mended = code;
      for (const mend of MENDS) {
        const was = mended;
        mended = mended.replace(mend.find, () => mend.put);
        if (mended !== was) found.add(mend);
      }
      // Fonts become files of the build, named by their content: no folder to be told at run time.
      mended = mended
        .replace(/^var \w+ = "\.\/fonts\/Xiaolai\/[^"]+";$/gm, "")
        .replace(/^var XiaolaiFontFaces = \[[\s\S]*?^\];$/m, "")
        .replace(/^var (\w+) = "(\.\/fonts\/[^"]+)";$/gm, 'import $1 from "$2?url";');
      return mended === code ? null : { code: mended, map: null };
    },
    buildEnd(error) {
      const lost = MENDS.filter((mend) => !found.has(mend));
      if (!error && lost.length) {
        this.error(`Excalidraw has changed; not found: ${lost.map((mend) => mend.why).join("; ")}.`);
      }
    },
  };
}
