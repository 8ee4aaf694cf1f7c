import type { WordTiming } from "../workflow/ports.ts";

/** Pure: which words stand together as a caption, in which lines, and where. */

interface CaptionWord {
  text: string;
  /** When it is heard, in seconds from the start of the film. */
  start: number;
  end: number;
}

/** A piece of a word where it is drawn, from the left end of the lines. */
interface PlacedPiece {
  /** Index of the word in the caption. */
  word: number;
  text: string;
  x: number;
  width: number;
  /** 0 or 1. */
  line: number;
}

/** One or two lines that are seen together. */
export interface Caption {
  start: number;
  end: number;
  words: CaptionWord[];
  pieces: PlacedPiece[];
  lines: number;
  isRightToLeft: boolean;
  /** Of the size of letters; below 1 for words that would not fit. */
  scale: number;
}

export interface LineShape {
  /** Pixels that a line may take. */
  width: number;
  /** Between two words. */
  space: number;
  measure(text: string): number;
}

const MAX_LINES = 2;
const MAX_WORDS = 7;
/** Where a voice rests for longer, a new caption begins, and the old one goes after a while. */
const REST_SECONDS = 0.6;
const ENDS_SENTENCE = /[.!?…。！？؟]["»”’)\]]*$/;
const IS_RIGHT_TO_LEFT =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const IS_LEFT_TO_RIGHT = /\p{L}/u;
/** Scripts that put no spaces between words. */
const HAS_NO_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Captions of one scene. */
export function layOutCaptions(timings: readonly WordTiming[], shape: LineShape): Caption[] {
  const captions: Caption[] = [];
  let words: CaptionWord[] = [];
  const finish = (): void => {
    if (words.length > 0) captions.push(captionOf(words, shape));
    words = [];
  };
  for (const word of timings.flatMap(spokenWords)) {
    const last = words.at(-1);
    const isNew =
      last !== undefined &&
      (ENDS_SENTENCE.test(last.text) ||
        word.start - last.end > REST_SECONDS ||
        words.length >= MAX_WORDS ||
        linesOf([...words, word], shape) > MAX_LINES);
    if (isNew) finish();
    words.push(word);
  }
  finish();
  for (const [index, caption] of captions.entries())
    caption.end = Math.min(captions[index + 1]?.start ?? Infinity, caption.end + REST_SECONDS);
  return captions;
}

/** A written word as words that can stand on a line; Chinese and Thai come as whole sentences. */
function spokenWords({ word, start, end }: WordTiming): CaptionWord[] {
  if (!HAS_NO_SPACES.test(word)) return [{ text: word, start, end }];
  const parts: string[] = [];
  for (const { segment, isWordLike } of new Intl.Segmenter("zh", { granularity: "word" }).segment(word)) {
    if (isWordLike === true || parts.length === 0) parts.push(segment);
    else parts.push(`${parts.pop() ?? ""}${segment}`);
  }
  const total = Array.from(word).length;
  let before = 0;
  return parts.map((text) => {
    const from = before;
    before += Array.from(text).length;
    const second = (end - start) / total;
    return { text, start: start + from * second, end: start + before * second };
  });
}

function captionOf(words: CaptionWord[], shape: LineShape): Caption {
  const isRightToLeft = IS_RIGHT_TO_LEFT.test(words.map(({ text }) => text).join(" "));
  const widest = Math.max(...words.map(({ text }) => shape.measure(text)));
  // A word that two lines cannot hold is drawn smaller; nine tenths, because it is cut between letters.
  const scale = Math.min(1, (shape.width * MAX_LINES * 0.9) / widest);
  const scaled = { ...shape, measure: (text: string) => shape.measure(text) * scale };
  const lines = brokenLines(words, scaled);
  const pieces = lines.flatMap((line, index) => placedLine(line, { index, shape: scaled, isRightToLeft }));
  return {
    start: words[0]?.start ?? 0,
    end: words.at(-1)?.end ?? 0,
    words,
    pieces,
    lines: lines.length,
    isRightToLeft,
    scale,
  };
}

interface Piece {
  word: number;
  text: string;
  width: number;
  /** Whether a space comes before it, where it does not begin a line. */
  hasSpace: boolean;
}

function linesOf(words: CaptionWord[], shape: LineShape): number {
  return brokenLines(words, shape).length;
}

function brokenLines(words: CaptionWord[], shape: LineShape): Piece[][] {
  const lines: Piece[][] = [];
  let used = 0;
  for (const [index, { text }] of words.entries()) {
    const isClose = HAS_NO_SPACES.test(text) && HAS_NO_SPACES.test(words[index - 1]?.text ?? "");
    for (const [part, cut] of cutText(text, shape).entries()) {
      const width = shape.measure(cut);
      const hasSpace = part === 0 && !isClose;
      const line = lines.at(-1);
      const gap = hasSpace ? shape.space : 0;
      const piece = { word: index, text: cut, width, hasSpace };
      if (line === undefined || part > 0 || used + gap + width > shape.width) {
        lines.push([piece]);
        used = width;
      } else {
        line.push(piece);
        used += gap + width;
      }
    }
  }
  return lines;
}

/** A word that no line can hold, cut between letters (never inside one with its accents). */
function cutText(text: string, shape: LineShape): string[] {
  if (shape.measure(text) <= shape.width) return [text];
  const letters = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
  const pieces: string[] = [];
  for (const letter of letters) {
    const last = pieces.at(-1);
    if (last !== undefined && shape.measure(last + letter) <= shape.width)
      pieces[pieces.length - 1] = last + letter;
    else pieces.push(letter);
  }
  return pieces;
}

function placedLine(
  line: Piece[],
  { index, shape, isRightToLeft }: { index: number; shape: LineShape; isRightToLeft: boolean },
): PlacedPiece[] {
  const ordered = isRightToLeft ? visualOrder(line) : line;
  const gapBefore = (at: number): number => {
    if (at === 0) return 0;
    return (isRightToLeft ? ordered[at - 1] : ordered[at])?.hasSpace === false ? 0 : shape.space;
  };
  const total = ordered.reduce((sum, { width }, at) => sum + width + gapBefore(at), 0);
  let x = (shape.width - total) / 2;
  return ordered.map(({ word, text, width }, at) => {
    x += gapBefore(at);
    const piece = { word, text, x, width, line: index };
    x += width;
    return piece;
  });
}

/** From left to right: words from the last to the first, but words of left-to-right scripts in a row in their own order. */
function visualOrder(line: Piece[]): Piece[] {
  const runs: Piece[][] = [];
  for (const piece of line) {
    const isForeign = !IS_RIGHT_TO_LEFT.test(piece.text) && IS_LEFT_TO_RIGHT.test(piece.text);
    const last = runs.at(-1);
    const isSameRun = isForeign && last !== undefined && !IS_RIGHT_TO_LEFT.test(last[0]?.text ?? "");
    if (isSameRun) last.push(piece);
    else runs.push([piece]);
  }
  return runs.toReversed().flat();
}
