interface TimedWord {
  /** Seconds from the start. */
  start: number;
  end: number;
}

/** How long a word stays marked after its sound, where the next has not begun: less than this is no pause. */
const PAUSE_SECONDS = 0.35;

/** Which word is spoken at a time; -1 where none is. */
export function wordAt(words: readonly TimedWord[], seconds: number): number {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((words[middle]?.start ?? 0) <= seconds) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const found = words[low - 1];
  return found !== undefined && seconds <= found.end + PAUSE_SECONDS ? low - 1 : -1;
}
