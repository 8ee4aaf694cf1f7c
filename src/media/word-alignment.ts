// What was heard, laid beside what was written, by dynamic programming over words.

/** Passages with more pairs of words than this are first parted at words that each of them holds once. */
const MAX_CELLS = 40_000;
/** Where that does not part them, words this far from the diagonal are still compared. */
const MIN_BAND = 64;

const SAME = 4;
const SIMILAR = 2;
const DIFFERENT = -3;
const LEFT_OUT = -1;

const STEP_BOTH = 1;
const STEP_WRITTEN = 2;
const STEP_HEARD = 3;

/**
 * For each written word, the index of the heard word that it is, or null where none is. The indexes rise. Words are compared
 * without case, accents and marks; words that differ by a letter or two still count.
 */
export function alignWords(written: readonly string[], heard: readonly string[]): (number | null)[] {
  const left = written.map(comparable);
  const right = heard.map(comparable);
  const matches: (number | null)[] = left.map(() => null);
  let from = 0;
  while (from < left.length && from < right.length && left[from] === right[from]) {
    matches[from] = from;
    from += 1;
  }
  let cut = 0;
  const most = Math.min(left.length, right.length) - from;
  while (cut < most && left[left.length - 1 - cut] === right[right.length - 1 - cut]) {
    cut += 1;
    matches[left.length - cut] = right.length - cut;
  }
  const inside = alignedWithin(left.slice(from, left.length - cut), right.slice(from, right.length - cut));
  for (const [index, match] of inside.entries()) matches[from + index] = match === null ? null : from + match;
  return matches;
}

/** A word without what a transcript writes in its own way: case, accents, marks, spaces inside figures. */
function comparable(word: string): string {
  return word
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll("œ", "oe")
    .replaceAll("æ", "ae")
    .replace(/[^\p{L}\p{N}]/gu, "");
}

interface Grid {
  /** How each cell was reached, row by row; a row holds the cells around the diagonal. */
  steps: Uint8Array;
  width: number;
  /** The heard word at which a row begins. */
  startOf(row: number): number;
}

function alignedWithin(left: readonly string[], right: readonly string[]): (number | null)[] {
  if (left.length * right.length <= MAX_CELLS) return alignedByGrid(left, right);
  const anchors = anchorsOf(left, right);
  if (anchors.length === 0) return alignedByGrid(left, right);
  const matches: (number | null)[] = [];
  let from = { left: 0, right: 0 };
  for (const anchor of [...anchors, { left: left.length, right: right.length }]) {
    const before = alignedByGrid(left.slice(from.left, anchor.left), right.slice(from.right, anchor.right));
    const { right: start } = from;
    matches.push(...before.map((match) => (match === null ? null : match + start)), anchor.right);
    from = { left: anchor.left + 1, right: anchor.right + 1 };
  }
  return matches.slice(0, left.length);
}

interface Anchor {
  left: number;
  right: number;
}

/** Words that occur once on either side: the longest row of them that is in the same order on both. */
function anchorsOf(left: readonly string[], right: readonly string[]): Anchor[] {
  const places = placesOfSingles(right);
  const shared = [...placesOfSingles(left)].flatMap(([word, at]): Anchor[] => {
    const place = places.get(word);
    return place === undefined || word === "" ? [] : [{ left: at, right: place }];
  });
  // Of each length, the row that ends furthest to the left; and before each anchor, the one that comes before it.
  const ends: number[] = [];
  const before: number[] = [];
  for (const [index, { right: place }] of shared.entries()) {
    const length = firstIndex(ends.length, (end) => (shared[ends[end] ?? 0]?.right ?? 0) > place);
    before.push(ends[length - 1] ?? -1);
    ends[length] = index;
  }
  const row: Anchor[] = [];
  for (let index = ends.at(-1) ?? -1; index !== -1; index = before[index] ?? -1) {
    const anchor = shared[index];
    if (anchor) row.push(anchor);
  }
  return row.toReversed();
}

/** The first index from 0 for which something holds that holds for all after it; `count` where there is none. */
function firstIndex(count: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Where the words are that occur only once, in their order. */
function placesOfSingles(words: readonly string[]): Map<string, number> {
  const places = new Map<string, number>();
  const repeated = new Set<string>();
  for (const [index, word] of words.entries()) {
    if (places.has(word)) repeated.add(word);
    places.set(word, index);
  }
  for (const word of repeated) places.delete(word);
  return places;
}

function alignedByGrid(left: readonly string[], right: readonly string[]): (number | null)[] {
  const matches: (number | null)[] = left.map(() => null);
  if (left.length === 0 || right.length === 0) return matches;
  const grid = filledGrid(left, right);
  let row = left.length;
  let column = right.length;
  while (row > 0 && column > 0) {
    const step = grid.steps[row * grid.width + (column - grid.startOf(row))];
    if (step === STEP_BOTH) {
      row -= 1;
      column -= 1;
      if (likeness(left[row] ?? "", right[column] ?? "") > 0) matches[row] = column;
    } else if (step === STEP_WRITTEN) row -= 1;
    else column -= 1;
  }
  return matches;
}

function filledGrid(left: readonly string[], right: readonly string[]): Grid {
  const slope = right.length / left.length;
  const band = Math.max(MIN_BAND, Math.floor(MAX_CELLS / left.length / 2), Math.ceil(slope));
  const width = Math.min(right.length, 2 * band) + 1;
  const startOf = (row: number): number =>
    Math.max(0, Math.min(right.length + 1 - width, Math.round(row * slope) - band));
  const steps = new Uint8Array((left.length + 1) * width);
  let before = new Float64Array(right.length + 1).fill(-Infinity);
  let scores = new Float64Array(right.length + 1).fill(-Infinity);
  for (let row = 0; row <= left.length; row += 1) {
    const start = startOf(row);
    scores.fill(-Infinity);
    for (let column = start; column < start + width; column += 1) {
      const both =
        row > 0 && column > 0
          ? (before[column - 1] ?? -Infinity) + scoreOf(left[row - 1] ?? "", right[column - 1] ?? "")
          : -Infinity;
      const written = row > 0 ? (before[column] ?? -Infinity) + LEFT_OUT : -Infinity;
      const heard = column > 0 ? (scores[column - 1] ?? -Infinity) + LEFT_OUT : -Infinity;
      const best = row === 0 && column === 0 ? 0 : Math.max(both, written, heard);
      scores[column] = best;
      steps[row * width + (column - start)] =
        best === both ? STEP_BOTH : best === written ? STEP_WRITTEN : STEP_HEARD;
    }
    [before, scores] = [scores, before];
  }
  return { steps, width, startOf };
}

function scoreOf(written: string, heard: string): number {
  const like = likeness(written, heard);
  if (like === 0) return DIFFERENT;
  return like === 1 ? SAME : SIMILAR;
}

/** 1: the same word; 0: another; between: one that differs by a few letters. */
function likeness(one: string, other: string): number {
  if (one === other) return one === "" ? 0 : 1;
  const longer = Math.max(one.length, other.length);
  const shorter = Math.min(one.length, other.length);
  if (longer < 4 || longer > 40 || shorter * 2 < longer) return 0;
  // Seldom do both ends of a word change.
  if (one[0] !== other[0] && one.at(-1) !== other.at(-1)) return 0;
  const allowed = Math.floor(longer / 3);
  return lettersApart(one, other, allowed) <= allowed ? 0.5 : 0;
}

/** How many letters have to be changed, added or taken out; more than `most` is not counted further. */
function lettersApart(one: string, other: string, most: number): number {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let before = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const changed = (before[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
      current.push(Math.min(changed, (before[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    if (Math.min(...current) > most) return most + 1;
    before = current;
  }
  return before[other.length] ?? 0;
}
