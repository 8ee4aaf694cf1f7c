/** A word as it is written, with the marks that belong to it. */
export interface WrittenWord {
  text: string;
  /** Where it stands in the text: code points from its start, from 0; `to` is not part of it. */
  from: number;
  to: number;
}

// Only these part words: `\s` would also match no-break spaces and make two words of "1 200".
const PARTS_WORDS = /[ \t\n\r]/;
const IS_MARK = /^[\p{P}\p{S}]+$/u;
/** Marks that open something belong to the word after them. */
const IS_OPENING = /^[\p{Ps}\p{Pi}¿¡]+$/u;
/** Scripts that put no space between words. */
const IS_UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/** Figures stand among such words without a space; wide marks bring their own. */
const IS_WITHOUT_SPACE = new RegExp(`${IS_UNSPACED.source}|\\p{N}`, "u");
const WIDE_MARK = /[、。〈〉《》「」『』【】！（），：；？]/u;
const NO_BREAK = "\u00A0";

const segmenter = new Intl.Segmenter("und", { granularity: "word" });

/**
 * The words of a text. A mark that stands alone belongs to a neighbor (French puts spaces before `;` and inside « »), bound to
 * it by a no-break space. Chinese, Japanese, Thai and the like are parted by dictionary, their marks with the word before.
 */
export function writtenWords(text: string): WrittenWord[] {
  const words: WrittenWord[] = [];
  let opening: WrittenWord | null = null;
  for (const token of tokensOf(text)) {
    const last = words.at(-1);
    if (IS_OPENING.test(token.text)) {
      opening = opening === null ? token : joined(opening, token);
    } else if (IS_MARK.test(token.text) && last !== undefined && opening === null) {
      words[words.length - 1] = joined(last, token);
    } else {
      const whole: WrittenWord = opening === null ? token : joined(opening, token);
      opening = null;
      words.push(...partsOf(whole));
    }
  }
  if (opening !== null) words.push(opening);
  return words;
}

/** What stands between two words as they are written: a space, or nothing where their script has none. */
export function spaceBetween(before: string, after: string): "" | " " {
  const last = Array.from(before.slice(-2)).at(-1) ?? "";
  const [first = ""] = after;
  const sides = [last, first];
  if (sides.some((side) => WIDE_MARK.test(side))) return "";
  const isUnspaced =
    sides.some((side) => IS_UNSPACED.test(side)) && sides.every((side) => IS_WITHOUT_SPACE.test(side));
  return isUnspaced ? "" : " ";
}

function tokensOf(text: string): WrittenWord[] {
  const tokens: WrittenWord[] = [];
  const characters = Array.from(text);
  let from = 0;
  for (let at = 0; at <= characters.length; at += 1) {
    const character = characters[at];
    if (character !== undefined && !PARTS_WORDS.test(character)) continue;
    if (at > from) tokens.push({ text: characters.slice(from, at).join(""), from, to: at });
    from = at + 1;
  }
  return tokens;
}

function joined(before: WrittenWord, after: WrittenWord): WrittenWord {
  return { text: `${before.text}${NO_BREAK}${after.text}`, from: before.from, to: after.to };
}

/** The words inside a token of a script without spaces; other tokens are one word. */
function partsOf(token: WrittenWord): WrittenWord[] {
  if (!IS_UNSPACED.test(token.text)) return [token];
  const parts: WrittenWord[] = [];
  let from = token.from;
  let isOpen = false;
  for (const { segment, isWordLike } of segmenter.segment(token.text)) {
    const to = from + Array.from(segment).length;
    const last = parts.at(-1);
    const isOpening = IS_OPENING.test(segment);
    if (last !== undefined && (isOpen || (isWordLike !== true && !isOpening))) {
      parts[parts.length - 1] = { text: last.text + segment, from: last.from, to };
    } else {
      parts.push({ text: segment, from, to });
    }
    isOpen = isOpening;
    from = to;
  }
  return parts;
}
