import { describe, expect, test } from "vitest";
import { generate } from "./local-request.testdata.ts";
import { countWords } from "./typeset.ts";
import { mp3Of } from "../../../test/support/fake-files.ts";

const soundOf = (seconds: number) => ({ mediaType: "audio/mpeg", bytes: mp3Of(seconds) });

const LABELS = {
  fr: "Transcription de répétition\u00a0: ces mots ne viennent pas du son",
  en: "Rehearsal transcript: these words do not come from the sound",
};

describe("a rehearsed transcript", () => {
  test("says in its first words that nothing was listened to, in the language of the topic", async () => {
    const french = await generate("transcript", { audio: soundOf(20), topic: "les abeilles", prompt: "" });
    const english = await generate("transcript", { audio: soundOf(20), topic: "the bees", prompt: "" });
    expect(french.text?.startsWith(LABELS.fr)).toBe(true);
    expect(english.text?.startsWith(LABELS.en)).toBe(true);
    expect(english.text).toContain("the bees");
    const asked = await generate("transcript", {
      audio: soundOf(20),
      topic: "les abeilles",
      parameters: { language: "en" },
    });
    expect(asked.text?.startsWith(LABELS.en)).toBe(true);
  });

  test("spreads its words over the length of the sound, as many as are spoken in it", async () => {
    const { text = "", words = [], usage, files } = await generate("transcript", { audio: soundOf(60) });
    expect(words.map(({ word }) => word).join(" ")).toBe(text);
    const length = words.at(-1)?.end ?? 0;
    expect(length).toBeGreaterThan(59);
    expect(length).toBeLessThan(61);
    expect(words[0]?.start).toBe(0);
    const lengths = words.map(({ start, end }) => end - start);
    expect(Math.min(...lengths)).toBeGreaterThan(0);
    expect(words.slice(1).every(({ start }, index) => start >= (words[index]?.end ?? 0))).toBe(true);
    expect(countWords(text)).toBeGreaterThan(120);
    expect(countWords(text)).toBeLessThan(200);
    expect(usage.audioSeconds).toBeCloseTo(length, 2);
    expect(files).toEqual([]);
  });

  test("is the same for the same request, and writes the topic without marks of Markdown", async () => {
    const request = { audio: soundOf(30), topic: "C# & a_b *stars*" };
    const first = await generate("transcript", request);
    expect(await generate("transcript", request)).toEqual(first);
    expect(first.text).toContain("C# & a_b *stars*");
    expect(first.text).not.toContain("\\");
  });

  test("has no times where the length of the sound cannot be read", async () => {
    const output = await generate("transcript", {
      audio: { mediaType: "audio/mpeg", bytes: new Uint8Array([1, 2, 3]) },
    });
    expect(output.text).toContain(LABELS.fr);
    expect(output).not.toHaveProperty("words");
    expect(output.usage).toEqual({});
  });

  test("refuses to transcribe nothing, unbilled", async () => {
    await expect(generate("transcript")).rejects.toMatchObject({ code: "bad_request", billed: "no" });
  });
});
