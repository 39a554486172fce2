// Colours by name: for who does not see them, and for who chooses among them.
import type { Words } from "./words";

export type ColourName = keyof Words["colours"];

/** What a sticky may be: pale, under dark letters. */
export const STICKY_COLOURS: readonly { name: ColourName; value: string }[] = [
  { name: "yellow", value: "#ffec99" },
  { name: "orange", value: "#ffd8a8" },
  { name: "pink", value: "#fcc2d7" },
  { name: "violet", value: "#d0bfff" },
  { name: "blue", value: "#a5d8ff" },
  { name: "green", value: "#b2f2bb" },
  { name: "grey", value: "#e9ecef" },
  { name: "white", value: "#ffffff" },
];

function partsOf(value: string): readonly [number, number, number] | null {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])[0-9a-f]?$/i.exec(value);
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})(?:[0-9a-f]{2})?$/i.exec(value);
  const parts = short?.slice(1).map((digit) => digit + digit) ?? long?.slice(1);
  if (!parts || parts.length < 3) return null;
  const [red, green, blue] = parts.map((part) => parseInt(part, 16) / 255);
  return [red ?? 0, green ?? 0, blue ?? 0];
}

/** Where one colour ends on the wheel, in degrees, and the next begins. */
const WHEEL: readonly (readonly [number, ColourName])[] = [
  [14, "red"], [42, "orange"], [68, "yellow"], [158, "green"], [192, "turquoise"], [240, "blue"], [300, "violet"], [342, "pink"], [360, "red"],
];

/** The name by which one would call it; none for what is transparent or no colour. */
export function nameOf(value: string): ColourName | null {
  const parts = partsOf(value);
  if (!parts) return null;
  const [red, green, blue] = parts;
  const [most, least] = [Math.max(...parts), Math.min(...parts)];
  const chroma = most - least;
  const light = (most + least) / 2;
  const depth = chroma / (1 - Math.abs(2 * light - 1) || 1);
  if (chroma < 0.02 || depth < 0.18) return light > 0.96 ? "white" : light < 0.16 ? "black" : "grey";
  const turn = most === red ? ((green - blue) / chroma + 6) % 6 : most === green ? (blue - red) / chroma + 2 : (red - green) / chroma + 4;
  const name = WHEEL.find(([end]) => turn * 60 <= end)?.[1] ?? "red";
  // Dull oranges and reds are browns, light reds are pinks.
  if ((name === "orange" || name === "red") && depth < 0.45 && light < 0.9) return "brown";
  if (name === "orange" && light < 0.35) return "brown";
  return name === "red" && light > 0.82 ? "pink" : name;
}
