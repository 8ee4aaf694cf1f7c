interface TimedWord {
  word: string;
  /** Seconds from the start. */
  start: number;
  end: number;
}

const WORDS_PER_CUE = 8;

/** WebVTT captions of a few words at a time. */
export function captionsOf(words: readonly TimedWord[]): string {
  const cues: string[] = ["WEBVTT"];
  for (let first = 0; first < words.length; first += WORDS_PER_CUE) {
    const group = words.slice(first, first + WORDS_PER_CUE);
    const start = group[0]?.start ?? 0;
    const end = group.at(-1)?.end ?? start;
    const text = group.map(({ word }) => escaped(word)).join(" ");
    cues.push(`${timeStamp(start)} --> ${timeStamp(end)}\n${text}`);
  }
  return `${cues.join("\n\n")}\n`;
}

function escaped(word: string): string {
  return word.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** `00:01:02.345` */
function timeStamp(seconds: number): string {
  return new Date(Math.round(seconds * 1_000)).toISOString().slice(11, 23);
}
