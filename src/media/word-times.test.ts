import { describe, expect, test } from "vitest";
import type { WordTiming } from "../workflow/values.ts";
import { spreadWords, wordTimes } from "./word-times.ts";

function timed(...words: [word: string, start: number, end: number][]): WordTiming[] {
  return words.map(([word, start, end]) => ({ word, start, end }));
}

/** A transcript in which every word takes half a second. */
function heard(text: string): WordTiming[] {
  return text.split(" ").map((word, index) => ({ word, start: index / 2, end: (index + 1) / 2 }));
}

function expectInOrder(words: WordTiming[], durationSeconds: number): void {
  let earliest = 0;
  for (const { start, end } of words) {
    expect(start).toBeGreaterThanOrEqual(earliest);
    expect(end).toBeGreaterThanOrEqual(start);
    expect(end).toBeLessThanOrEqual(durationSeconds);
    earliest = start;
  }
}

describe("wordTimes", () => {
  const spokenText = "La mer est calme.";

  test("takes the voice's own times before those of a transcript, and these before a spread", () => {
    const words = heard("La mer est calme.");
    const transcriptWords = timed(["la", 1, 2], ["mer", 2, 3], ["est", 3, 4], ["calme", 4, 5]);
    const durationSeconds = 6;
    const voice = wordTimes({ words, transcriptWords, spokenText, durationSeconds });
    expect(voice).toEqual({ words, origin: "voice" });
    const transcript = wordTimes({ transcriptWords, spokenText, durationSeconds });
    expect(transcript).toEqual({
      words: timed(["La", 1, 2], ["mer", 2, 3], ["est", 3, 4], ["calme.", 4, 5]),
      origin: "transcript",
    });
    expect(wordTimes({ spokenText, durationSeconds }).origin).toBe("spread");
    expect(wordTimes({ durationSeconds }).words).toEqual([]);
  });

  test("shows the words of a transcript where the text is not known", () => {
    const transcriptWords = heard("La mer");
    expect(wordTimes({ transcriptWords, durationSeconds: 2 }).words).toEqual(transcriptWords);
  });

  test("shows the author's words where a transcript spells, counts and hears otherwise", () => {
    const { words, origin } = wordTimes({
      spokenText: "En 2026, l’Œuvre d’Émilie Sørensen coûte 21 € ; bravo !",
      transcriptWords: heard(
        "en deux mille vingt-six l'oeuvre d'émily sorensen coûte vingt et un euros bravo",
      ),
      durationSeconds: 7,
    });
    expect(origin).toBe("transcript");
    expect(words).toEqual(
      timed(
        ["En", 0, 0.5],
        ["2026,", 0.5, 2],
        ["l’Œuvre", 2, 2.5],
        ["d’Émilie", 2.5, 3],
        ["Sørensen", 3, 3.5],
        ["coûte", 3.5, 4],
        ["21\u00A0€\u00A0;", 4, 6],
        ["bravo\u00A0!", 6, 6.5],
      ),
    );
  });

  test("gives words that a transcript left out the time that is there, or that of the word before them", () => {
    const withRoom = wordTimes({
      spokenText: "un deux trois",
      transcriptWords: timed(["un", 0, 1], ["trois", 2, 3]),
      durationSeconds: 3,
    });
    expect(withRoom.words).toEqual(timed(["un", 0, 1], ["deux", 1, 2], ["trois", 2, 3]));
    const withoutRoom = wordTimes({
      spokenText: "un deux trois",
      transcriptWords: timed(["un", 0, 1], ["trois", 1, 2]),
      durationSeconds: 2,
    });
    expect(withoutRoom.words.map(({ word }) => word)).toEqual(["un", "deux", "trois"]);
    expect(withoutRoom.words[1]?.start).toBeGreaterThan(0.2);
    expect(withoutRoom.words[1]?.end).toBe(1);
    expectInOrder(withoutRoom.words, 2);
  });

  test("takes nothing from a transcript of something else", () => {
    const transcriptWords = heard("Rehearsal transcript: these words do not come from the sound");
    const times = wordTimes({ spokenText, transcriptWords, durationSeconds: 2 });
    expect(times.origin).toBe("spread");
    expect(times.words.map(({ word }) => word)).toEqual(["La", "mer", "est", "calme."]);
  });

  test("parts what a voice times by the sentence, as Chinese without spaces", () => {
    const { words, origin } = wordTimes({
      words: timed(["今天天气很好，", 0, 2], ["我们出去。", 2, 3]),
      spokenText: "今天天气很好，我们出去。",
      durationSeconds: 3,
    });
    expect(origin).toBe("voice");
    expect(words.map(({ word }) => word).join("")).toBe("今天天气很好，我们出去。");
    expect(words.length).toBeGreaterThan(4);
    expect(words.find(({ word }) => word.startsWith("我们"))?.start).toBe(2);
    expectInOrder(words, 3);
  });

  test("moves times that are out of order or outside the recording", () => {
    const words = timed(["b", 1, 5], ["a", -1, 0.5], ["c", 1.5, 9], ["nothing", Number.NaN, 2], ["", 0, 1]);
    expect(wordTimes({ words, durationSeconds: 2 }).words).toEqual(
      timed(["a", 0, 0.5], ["b", 1, 1.5], ["c", 1.5, 2]),
    );
  });

  test("aligns 20,000 words of which some are wrong in less than a few seconds", () => {
    const written = Array.from({ length: 20_000 }, (_, index) => `mot${index * 7}`);
    const said = written.flatMap((word, index) => {
      if (index % 50 === 3) return [];
      return index % 70 === 5 ? ["autre", "chose"] : [word];
    });
    const transcriptWords = said.map((word, index) => ({ word, start: index / 3, end: (index + 1) / 3 }));
    const durationSeconds = said.length / 3;
    const { words, origin } = wordTimes({ spokenText: written.join(" "), transcriptWords, durationSeconds });
    expect(origin).toBe("transcript");
    expect(words.map(({ word }) => word)).toEqual(written);
    expectInOrder(words, durationSeconds);
    const place = said.indexOf(written[15_000] ?? "");
    expect(words[15_000]?.start).toBeCloseTo(place / 3, 2);
  });
});

describe("spreadWords", () => {
  test("fills the duration in order, with a longer time for longer words and a pause after a sentence", () => {
    const words = spreadWords("Oui. Anticonstitutionnellement, le vent tourne.\n\nFin", 6);
    expect(words[0]?.start).toBe(0);
    expect(words.at(-1)?.end).toBe(6);
    expectInOrder(words, 6);
    const [yes, long, short] = words;
    if (!yes || !long || !short) throw new Error("three words were expected");
    expect(long.start - yes.end).toBeGreaterThan(0.3);
    expect(short.start - long.end).toBeGreaterThan(0.1);
    expect(short.start - long.end).toBeLessThan(long.start - yes.end);
    expect(long.end - long.start).toBeGreaterThan(3 * (short.end - short.start));
  });

  test("takes a figure for as long as it is to say", () => {
    const [figure, word] = spreadWords("1984 avec", 2);
    expect((figure?.end ?? 0) - (figure?.start ?? 0)).toBeGreaterThan(
      2 * ((word?.end ?? 0) - (word?.start ?? 0)),
    );
  });

  test("stays inside a recording of no length", () => {
    expect(spreadWords("un deux", 0)).toEqual(timed(["un", 0, 0], ["deux", 0, 0]));
  });
});
