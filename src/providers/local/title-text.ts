import { LABEL_FONT_FILE, TITLE_FONT_FILE } from "./fonts.ts";
import { type Coverage, readCoverage } from "../../media/font-coverage.ts";

/** A title and the family of the font that can draw all of it. */
export interface TitleText {
  text: string;
  family: "Playfair Display" | "Inter";
}

/** In the order in which they are tried. */
const FACES: [TitleText["family"], string][] = [
  ["Playfair Display", TITLE_FONT_FILE],
  ["Inter", LABEL_FONT_FILE],
];
const coverages = new Map<string, Coverage>();

/** Emoji with what they are built of: joiners, variation selectors, skin tones, flags, keycaps, tags. */
const EMOJI =
  /[0-9#*]\uFE0F?\u20E3|\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|[\u{E0020}-\u{E007F}]|\uFE0F|\uFE0E|\u200D/gu;
/** Pictographs that are also ordinary signs of writing, such as © and ™. */
const SIGNS = /[©®™]/u;

/**
 * What of a text can stand as the title of a card: on one line, without emoji and without signs that no font here has.
 * Null where nothing is left, or where a letter or a digit cannot be drawn, since words with holes are worse than none.
 */
export function titleTextOf(text: string): TitleText | null {
  const line = printable(text);
  for (const [family, file] of FACES) {
    const covers = coverageOf(file);
    const isDrawn = (character: string): boolean => covers(character.codePointAt(0) ?? 0);
    const characters = Array.from(line);
    if (characters.some((character) => /[\p{L}\p{N}\p{M}]/u.test(character) && !isDrawn(character))) continue;
    const kept = characters.filter(isDrawn).join("").replace(/ {2,}/g, " ").trim();
    return /[\p{L}\p{N}]/u.test(kept) ? { text: kept, family } : null;
  }
  return null;
}

function coverageOf(file: string): Coverage {
  const known = coverages.get(file) ?? readCoverage(file);
  coverages.set(file, known);
  return known;
}

/** On one line, composed, and without what XML cannot hold. */
function printable(text: string): string {
  return (
    text
      .slice(0, 2_000)
      .toWellFormed()
      .normalize("NFC")
      .replace(EMOJI, (match) => (SIGNS.test(match) ? match : " "))
      .replace(/[\p{Cc}\p{Cf}\uFFFE\uFFFF]/gu, " ")
      // Spaces that hold words together stay.
      .replace(/[^\S\u00A0\u202F]+/gu, " ")
      .trim()
  );
}
