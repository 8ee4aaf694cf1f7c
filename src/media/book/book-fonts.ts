import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { readCoverage, type Coverage } from "../font-coverage.ts";

const require = createRequire(import.meta.url);

function fontFile(family: string, file: string): string {
  return join(dirname(require.resolve(`@expo-google-fonts/${family}/package.json`)), file);
}

export interface FontFile {
  path: string;
  /** The name under which the file stands in an EPUB. */
  name: string;
  family: string;
  weight: 400 | 700;
  style: "normal" | "italic";
}

/** The typeface of the book itself. */
export const TEXT_FONTS: readonly [FontFile, ...FontFile[]] = [
  {
    path: fontFile("literata", "400Regular/Literata_400Regular.ttf"),
    name: "Literata-Regular.ttf",
    family: "Literata",
    weight: 400,
    style: "normal",
  },
  {
    path: fontFile("literata", "400Regular_Italic/Literata_400Regular_Italic.ttf"),
    name: "Literata-Italic.ttf",
    family: "Literata",
    weight: 400,
    style: "italic",
  },
  {
    path: fontFile("literata", "700Bold/Literata_700Bold.ttf"),
    name: "Literata-Bold.ttf",
    family: "Literata",
    weight: 700,
    style: "normal",
  },
  {
    path: fontFile("literata", "700Bold_Italic/Literata_700Bold_Italic.ttf"),
    name: "Literata-BoldItalic.ttf",
    family: "Literata",
    weight: 700,
    style: "italic",
  },
];

export const CODE_FONT: FontFile = {
  path: fontFile("jetbrains-mono", "400Regular/JetBrainsMono_400Regular.ttf"),
  name: "JetBrainsMono-Regular.ttf",
  family: "JetBrains Mono",
  weight: 400,
  style: "normal",
};

/** What draws the characters that the book's own typeface does not hold, in the order in which they are tried. */
const FURTHER_FONTS: readonly FontFile[] = [
  {
    path: fontFile("noto-sans-arabic", "400Regular/NotoSansArabic_400Regular.ttf"),
    name: "NotoSansArabic-Regular.ttf",
    family: "Noto Sans Arabic",
    weight: 400,
    style: "normal",
  },
  {
    path: fontFile("noto-emoji", "400Regular/NotoEmoji_400Regular.ttf"),
    name: "NotoEmoji-Regular.ttf",
    family: "Noto Emoji",
    weight: 400,
    style: "normal",
  },
  {
    path: fontFile("noto-sans-sc", "400Regular/NotoSansSC_400Regular.ttf"),
    name: "NotoSansSC-Regular.ttf",
    family: "Noto Sans SC",
    weight: 400,
    style: "normal",
  },
];

export interface FontChoice {
  /** Fonts beside those of text and code that the book needs. */
  further: FontFile[];
  /** Characters that none of them draws. */
  missing: string[];
}

/** Finds the fonts that draw the characters of a text. The large ones are only opened where something needs them. */
export function chooseFonts(text: string): FontChoice {
  let left = [...new Set(text)].filter((character) => !/[\p{C}\p{Z}\p{Variation_Selector}]/u.test(character));
  left = withoutCovered(left, readCoverage(TEXT_FONTS[0].path));
  left = withoutCovered(left, readCoverage(CODE_FONT.path));
  const further: FontFile[] = [];
  for (const font of FURTHER_FONTS) {
    if (left.length === 0) break;
    const rest = withoutCovered(left, readCoverage(font.path));
    if (rest.length < left.length) further.push(font);
    left = rest;
  }
  return { further, missing: left };
}

function withoutCovered(characters: string[], covers: Coverage): string[] {
  return characters.filter((character) => !covers(character.codePointAt(0) ?? 0));
}
