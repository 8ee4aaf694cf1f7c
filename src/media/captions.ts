import type { WordTiming } from "../workflow/values.ts";
import { spaceBetween } from "./written-words.ts";

/** One caption: one or two lines that are shown together. Times are in seconds. */
export interface Caption {
  start: number;
  end: number;
  lines: string[];
}

export interface CaptionLimits {
  /** Wide signs, as Chinese ones, count as two. */
  charactersPerLine: number;
  /** Of what is captioned. */
  durationSeconds: number;
}

const MIN_SECONDS = 1;
const MAX_SECONDS = 7;
/** What most people can read, and what is still endured where a voice leaves no more time. */
const COMFORTABLE_CHARACTERS_PER_SECOND = 17;
const BEARABLE_CHARACTERS_PER_SECOND = 20;
/** A silence after which a new caption begins. */
const LONG_PAUSE_SECONDS = 1.2;

/** A word, or a part of one that is too long for a line. */
interface Piece extends WordTiming {
  /** How wide it is on a line. */
  width: number;
  /** What stands between it and the piece before it. */
  space: string;
}

/**
 * Captions for timed words: all of the text, in its order, at most two lines each, broken where phrases end, and shown long
 * enough to be read as far as the voice leaves time for that.
 */
export function captionsOf(words: readonly WordTiming[], limits: CaptionLimits): Caption[] {
  const pieces = piecesOf(words, limits.charactersPerLine);
  const row = rowOf(pieces);
  const groups = groupsOf(row, limits);
  return groups.map(({ from, at, to }, index) => {
    const start = pieces[from]?.start ?? 0;
    const spokenUntil = pieces[to - 1]?.end ?? start;
    const width = widthOf(row, from, to);
    const wanted = start + Math.max(MIN_SECONDS, width / COMFORTABLE_CHARACTERS_PER_SECOND);
    const next = pieces[groups[index + 1]?.from ?? pieces.length]?.start ?? limits.durationSeconds;
    const end = Math.min(Math.max(spokenUntil, wanted), Math.max(next, spokenUntil));
    const lines = at < to ? [textOf(row, from, at), textOf(row, at, to)] : [textOf(row, from, to)];
    return { start, end: rounded(Math.min(end, Math.max(limits.durationSeconds, spokenUntil))), lines };
  });
}

/** How many characters a second the quickest caption asks to be read. */
export function readingSpeedOf(captions: readonly Caption[]): number {
  const speeds = captions.map(
    ({ lines, start, end }) => displayWidth(lines.join("")) / Math.max(end - start, 0.001),
  );
  return Math.round(Math.max(0, ...speeds) * 10) / 10;
}

function piecesOf(words: readonly WordTiming[], charactersPerLine: number): Piece[] {
  const pieces: Piece[] = [];
  for (const { word, start, end } of words) {
    const text = cleaned(word);
    if (text === "") continue;
    const parts = partsOf(text, charactersPerLine);
    const seconds = (end - start) / parts.length;
    for (const [index, part] of parts.entries()) {
      const from = start + index * seconds;
      const before = pieces.at(-1);
      const space = index > 0 || before === undefined ? "" : spaceBetween(before.word, part);
      pieces.push({ word: part, start: from, end: from + seconds, width: displayWidth(part), space });
    }
  }
  return pieces;
}

/** Without what would end a line or a caption, or be taken for a command of a player. */
function cleaned(word: string): string {
  return word
    .toWellFormed()
    .replace(/[^\P{Cc}\n\r\t]/gu, "")
    .replace(/[\n\r\t\u2028\u2029 ]+/g, " ")
    .trim();
}

const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });

/** A word that is wider than a line, as an address may be, in parts that are not. */
function partsOf(text: string, charactersPerLine: number): string[] {
  if (displayWidth(text) <= charactersPerLine) return [text];
  const parts = [""];
  for (const { segment } of graphemes.segment(text)) {
    const last = parts.at(-1) ?? "";
    if (last !== "" && displayWidth(last + segment) > charactersPerLine) parts.push(segment);
    else parts[parts.length - 1] = last + segment;
  }
  return parts;
}

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303F\uFF01-\uFF60\p{Emoji_Presentation}]/u;

/** How many letters of a line a text takes. */
function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/** The pieces with sums from the start, so that any passage is judged at once. */
interface Row {
  pieces: readonly Piece[];
  /** How wide all pieces before each index are, with the spaces before them. */
  widths: number[];
  /** What speaks against a break before each piece. */
  breaks: number[];
  /** What speaks against showing all pieces up to each index together. */
  joins: number[];
}

function rowOf(pieces: readonly Piece[]): Row {
  const breaks = pieces.map((_, index) => breakCost(pieces, index));
  const widths = [0];
  const joins = [0];
  for (const [index, { width, space }] of pieces.entries()) {
    widths.push((widths[index] ?? 0) + space.length + width);
    joins.push((joins[index] ?? 0) + joinCost(pieces, index));
  }
  return { pieces, widths, breaks, joins };
}

function widthOf({ pieces, widths }: Row, from: number, to: number): number {
  return (widths[to] ?? 0) - (widths[from] ?? 0) - (pieces[from]?.space.length ?? 0);
}

function textOf({ pieces }: Row, from: number, to: number): string {
  return pieces
    .slice(from, to)
    .map(({ word, space }, index) => (index === 0 ? word : space + word))
    .join("");
}

/** Pieces `from` up to `to` that are shown together; the second line begins `at` a piece, or at the end where there is none. */
interface Group {
  from: number;
  at: number;
  to: number;
}

/** The division into captions that costs least, found from the last piece to the first. */
function groupsOf(row: Row, limits: CaptionLimits): Group[] {
  const { pieces } = row;
  const best: { cost: number; group: Group | null }[] = Array.from({ length: pieces.length + 1 });
  best[pieces.length] = { cost: 0, group: null };
  for (let from = pieces.length - 1; from >= 0; from -= 1) {
    let chosen: { cost: number; group: Group | null } = { cost: Infinity, group: null };
    for (let to = from + 1; to <= pieces.length; to += 1) {
      const split = splitOf(row, { from, to, charactersPerLine: limits.charactersPerLine });
      if (split === null || isTooLong(pieces, from, to)) break;
      const cost = costOf(row, { from, to, limits }) + split.cost + (best[to]?.cost ?? 0);
      if (cost < chosen.cost) chosen = { cost, group: { from, at: split.at, to } };
    }
    best[from] = chosen;
  }
  const groups: Group[] = [];
  for (let group = best[0]?.group ?? null; group !== null; group = best[group.to]?.group ?? null) {
    groups.push(group);
  }
  return groups;
}

/** Whether pieces belong apart: they take too long, or a silence lies between them. One alone always stands. */
function isTooLong(pieces: readonly Piece[], from: number, to: number): boolean {
  const last = pieces[to - 1];
  const before = pieces[to - 2];
  if (to - from < 2 || !last || !before) return false;
  if (last.start - before.end > LONG_PAUSE_SECONDS) return true;
  return last.end - (pieces[from]?.start ?? 0) > MAX_SECONDS;
}

/** Where the second line of a caption begins best; null where two lines do not hold it. */
function splitOf(
  row: Row,
  { from, to, charactersPerLine }: { from: number; to: number; charactersPerLine: number },
): { at: number; cost: number } | null {
  if (widthOf(row, from, to) <= charactersPerLine) return { at: to, cost: 0 };
  let best: { at: number; cost: number } | null = null;
  for (let at = from + 1; at < to; at += 1) {
    const first = widthOf(row, from, at);
    const second = widthOf(row, at, to);
    if (first > charactersPerLine) break;
    if (second > charactersPerLine) continue;
    const cost = 0.6 * (row.breaks[at] ?? 0) + Math.abs(first - second) / charactersPerLine;
    if (best === null || cost < best.cost) best = { at, cost };
  }
  return best;
}

/** What speaks against showing these pieces as one caption. */
function costOf(row: Row, { from, to, limits }: { from: number; to: number; limits: CaptionLimits }): number {
  const { pieces, breaks, joins } = row;
  const start = pieces[from]?.start ?? 0;
  const until = pieces[to]?.start ?? Math.max(limits.durationSeconds, pieces[to - 1]?.end ?? 0);
  const seconds = Math.max(0.001, until - start);
  const width = widthOf(row, from, to);
  const speed = width / seconds;
  let cost = 1 + (breaks[to] ?? 0) + (joins[to] ?? 0) - (joins[from + 1] ?? 0);
  cost += 6 * Math.max(0, MIN_SECONDS - seconds);
  cost += 0.12 * Math.max(0, 20 - width);
  cost += 0.5 * Math.max(0, speed - COMFORTABLE_CHARACTERS_PER_SECOND);
  cost += 2 * Math.max(0, speed - BEARABLE_CHARACTERS_PER_SECOND);
  return cost;
}

/** What speaks against showing a piece together with the one before it: a silence, or the end of a sentence. */
function joinCost(pieces: readonly Piece[], index: number): number {
  const before = pieces[index - 1];
  const piece = pieces[index];
  if (!before || !piece) return 0;
  return 3 * Math.max(0, piece.start - before.end - 0.3) + (endsSentence(before.word) ? 3 : 0);
}

/** What speaks against a break before this piece: little where a phrase ends, much where words hang together. */
function breakCost(pieces: readonly Piece[], at: number): number {
  const before = pieces[at - 1];
  const after = pieces[at];
  if (!before || !after || endsSentence(before.word)) return 0;
  const silence = after.start - before.end;
  if (silence > 0.5) return 0.5;
  if (endsClause(before.word) || silence > 0.25) return 1;
  if (LEANS_FORWARD.has(bare(before.word))) return 8;
  return BEGINS_PHRASE.has(bare(after.word)) ? 2.5 : 4;
}

function endsSentence(word: string): boolean {
  return /[.!?…。！？؟]["'’”»)\]」』\s]*$/u.test(word);
}

function endsClause(word: string): boolean {
  return /[,;:–—)»”،؛、，；：]\s*$/u.test(word);
}

function bare(word: string): string {
  return word.toLowerCase().replace(/[^\p{L}'’]/gu, "");
}

/** Words that belong to the one after them. */
const LEANS_FORWARD = new Set(
  (
    "le la les un une des du de d à au aux en dans sur sous par pour avec sans chez vers et ou mais que qui dont ce cet cette ces " +
    "mon ton son ma ta sa mes tes ses notre votre nos vos leur leurs ne se si très plus est sont a ont parce afin il elle on nous vous ils elles je tu " +
    "the an of to in on at by for with from and or but that which who this these those my your his her its our their is are was were be has have " +
    "not very more i you he she it we they as if"
  ).split(" "),
);

/** Words before which a phrase begins. */
const BEGINS_PHRASE = new Set(
  (
    "et ou mais donc car ni que qui dont où quand comme si lorsque puisque parce afin pour avec sans dans sur sous par vers chez entre pendant depuis avant après " +
    "and or but so because that which who where when while if as for with without in on at by from to into over under between before after since than"
  ).split(" "),
);

function rounded(seconds: number): number {
  return Math.round(seconds * 1_000) / 1_000;
}
