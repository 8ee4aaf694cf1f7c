import { GlobalFonts } from "@napi-rs/canvas";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { z } from "zod";
import { type Coverage, readCoverage } from "./font-coverage.ts";

const require = createRequire(import.meta.url);

function folderOf(name: string): string {
  return dirname(require.resolve(`${name}/package.json`));
}

interface CaptionFont {
  family: string;
  file: string;
  covers: Coverage;
}

/** In the order in which they are asked for a character. The last is large, and few texts need it. */
const FONTS: { family: string; folder: string; file: string }[] = [
  { family: "Caption", folder: "@expo-google-fonts/inter", file: "800ExtraBold/Inter_800ExtraBold.ttf" },
  {
    family: "CaptionArabic",
    folder: "@expo-google-fonts/noto-sans-arabic",
    file: "800ExtraBold/NotoSansArabic_800ExtraBold.ttf",
  },
  {
    family: "CaptionEmoji",
    folder: "@expo-google-fonts/noto-color-emoji",
    file: "400Regular/NotoColorEmoji_400Regular.ttf",
  },
];
const HAN_FOLDER = "@fontsource-variable/noto-sans-sc";

export interface CaptionFonts {
  /** As `font` of a canvas names them. */
  families: string;
  /** Characters that no font can draw. */
  missing: string[];
}

/** Loads the fonts that a text needs, and only those. */
export function loadCaptionFonts(text: string): CaptionFonts {
  const wanted = new Set(
    Array.from(text)
      .flatMap((character) => character.codePointAt(0) ?? [])
      .filter(isSeen),
  );
  const families: string[] = [];
  const missing = (): number[] => [...wanted];
  for (const font of fonts(missing)) {
    const drawn = missing().filter(font.covers);
    if (drawn.length === 0) continue;
    GlobalFonts.registerFromPath(font.file, font.family);
    families.push(font.family);
    for (const codePoint of drawn) wanted.delete(codePoint);
  }
  return {
    families: (families.length === 0 ? ["sans-serif"] : families).join(", "),
    missing: missing().map((codePoint) => String.fromCodePoint(codePoint)),
  };
}

/** The next font is only read where characters are left. */
function* fonts(left: () => number[]): Generator<CaptionFont> {
  for (const { family, folder, file } of FONTS) {
    if (left().length === 0) return;
    if (family === "CaptionEmoji") yield* hanFonts();
    if (left().length === 0) return;
    const path = join(folderOf(folder), file);
    yield { family, file: path, covers: readCoverage(path) };
  }
}

const rangesSchema = z.record(z.string(), z.string());

/** Chinese comes in a hundred parts, each for some characters: the list of the package says which. */
function* hanFonts(): Generator<CaptionFont> {
  const folder = folderOf(HAN_FOLDER);
  const ranges = rangesSchema.parse(JSON.parse(readFileSync(join(folder, "unicode.json"), "utf8")));
  for (const [name, written] of Object.entries(ranges)) {
    const part = /^\[(\d+)\]$/.exec(name)?.[1];
    if (part === undefined) continue;
    const covered = written.split(",").map((range) => {
      const [first = "", last = first] = range.trim().replace(/^U\+/i, "").split("-");
      return { first: Number.parseInt(first, 16), last: Number.parseInt(last, 16) };
    });
    yield {
      family: `CaptionHan${part}`,
      file: join(folder, "files", `noto-sans-sc-${part}-wght-normal.woff2`),
      covers: (codePoint) =>
        isHan(codePoint) && covered.some(({ first, last }) => first <= codePoint && codePoint <= last),
    };
  }
}

/** The parts also hold signs that the fonts for them draw better. */
function isHan(codePoint: number): boolean {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\u3000-\u303F\uFF00-\uFFEF]/u.test(
    String.fromCodePoint(codePoint),
  );
}

/** Spaces, marks of direction, joiners and variation selectors are nothing to draw. */
function isSeen(codePoint: number): boolean {
  return !/[\p{Z}\p{C}\p{M}\uFE00-\uFE0F]/u.test(String.fromCodePoint(codePoint));
}
