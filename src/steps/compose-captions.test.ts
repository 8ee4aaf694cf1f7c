import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { runInChild } from "../media/child-process.ts";
import { generate } from "../providers/local/local-request.testdata.ts";
import { stepSchema } from "../workflow/definition.ts";
import type { EarlierResult } from "../workflow/ports.ts";
import type { Json, WordTiming } from "../workflow/values.ts";
import { composeCaptions } from "./compose-captions.ts";
import type { Composed, ComposeFile } from "./composer.ts";

const TEXT = "Un. Deux ! Trois ; quatre. Cinq ?";
const signal = new AbortController().signal;

const NOTHING: EarlierResult = {
  stepNumber: 2,
  name: null,
  prompt: "",
  medium: "text",
  files: [],
  model: null,
  performedBy: null,
  cost: { nanoUsd: 0, basis: "free" },
};

/** Each file under the name that a parameter gives it. */
type Given = Record<string, Partial<ComposeFile>[]>;

async function subtitlesOf(composed: Composed): Promise<string> {
  const file = composed.files.find(({ mediaType }) => mediaType === "application/x-subrip");
  return await readFile(file?.path ?? "", "utf8");
}

function heardEvenly(text: string): WordTiming[] {
  return text.split(" ").map((word, index) => ({ word, start: index * 0.3, end: index * 0.3 + 0.3 }));
}

/** The text of all captions, on one line. */
async function captionedIn(composed: Composed): Promise<string> {
  const lines = (await subtitlesOf(composed)).split("\n");
  return lines.filter((line) => line !== "" && !/^\d+$|-->/.test(line)).join(" ");
}

describe("composeCaptions", () => {
  let folder: string;
  let recording: string;
  let durationSeconds: number;
  let words: WordTiming[];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "relais-captions-"));
    const spoken = await generate("speech", { prompt: TEXT });
    const [file] = spoken.files;
    if (!file || !("bytes" in file.content)) throw new Error("nothing was spoken");
    recording = path.join(folder, "speech.mp3");
    await writeFile(recording, file.content.bytes);
    durationSeconds = spoken.usage.audioSeconds ?? 0;
    words = spoken.words ?? [];
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function compose(
    given: Given,
    parameters: Record<string, Json> = {},
    results: Partial<EarlierResult>[] = [],
  ): Promise<Composed> {
    const unknown: ComposeFile = {
      path: recording,
      artifactId: "a",
      hash: "0",
      mediaType: "audio/mpeg",
      medium: "audio",
      durationSeconds,
    };
    const files = (name: Json | undefined): Promise<ComposeFile[]> =>
      Promise.resolve(
        (typeof name === "string" ? (given[name] ?? []) : []).map((file) => Object.assign({}, unknown, file)),
      );
    const earlier = results.map((result) => Object.assign({}, NOTHING, result));
    return await composeCaptions(
      {
        step: stepSchema.parse({ step_number: 3, ai_provider: "captions", prompt: "Les marées" }),
        prompt: "Les marées / leçon n° 1\nsuite",
        parameters: { speech: "speech", ...parameters },
        topic: "",
      },
      {
        signal,
        folder,
        files,
        provenance: null,
        onProgress: () => undefined,
        results: () => Promise.resolve(earlier),
      },
    );
  }

  test("writes what a local voice said as SubRip and WebVTT, named after the prompt", async () => {
    const composed = await compose({ speech: [{ words, spokenText: TEXT }] });
    expect(composed).toMatchObject({
      medium: "document",
      files: [
        { name: "Les-marées-leçon-n-1.srt", mediaType: "application/x-subrip" },
        { name: "Les-marées-leçon-n-1.vtt", mediaType: "text/vtt" },
      ],
      json: { word_times: "voice", words: 5 },
    });
    expect(await captionedIn(composed)).toBe("Un. Deux\u00A0! Trois\u00A0; quatre. Cinq\u00A0?");
  });

  test("times words of a local voice within 80 ms of where they are heard", async () => {
    const loudness = await runInChild({
      worker: new URL("../media/sound.testworker.ts", import.meta.url),
      request: { path: recording },
      result: z.array(z.number()),
      signal,
    });
    const audible = Math.max(...loudness) / 40;
    expect(words).toHaveLength(5);
    for (const { start } of words) {
      // Before each of these words there is silence.
      const from = Math.max(0, Math.round(start * 100) - 15);
      const onset = loudness.findIndex((value, index) => index >= from && value > audible) / 100;
      expect(Math.abs(onset - start)).toBeLessThan(0.08);
    }
  });

  test("spreads a known text over speech of which nothing else is known", async () => {
    const composed = await compose({ speech: [{}] }, { text: "La **mer** est calme." });
    expect(composed.json).toMatchObject({ word_times: "spread" });
    expect(await captionedIn(composed)).toBe("La mer est calme.");
  });

  test("shows the author's text at the times of a transcript step", async () => {
    const heard = [{ text: "la mère est calme", words: heardEvenly("la mère est calme") }];
    const composed = await compose(
      { speech: [{ spokenText: "La mer est calme !" }] },
      { transcript: " la mère est calme" },
      [{}, { heard }],
    );
    expect(composed.json).toMatchObject({ word_times: "transcript" });
    expect(await captionedIn(composed)).toBe("La mer est calme\u00A0!");
  });

  test("shows what a transcript heard, with its marks, where nobody wrote the text", async () => {
    const heard = [{ text: "La mer, calme.", words: heardEvenly("la mer calme") }];
    const composed = await compose({ speech: [{}] }, { transcript: "La mer, calme." }, [{ heard }]);
    expect(await captionedIn(composed)).toBe("La mer, calme.");
    expect(composed.json).toMatchObject({ word_times: "transcript" });
  });

  test("captions several recordings one after the other, each with its own text", async () => {
    const composed = await compose(
      { speech: [{ words, spokenText: TEXT }, { item: 1 }] },
      { text: [null, "La fin."] },
    );
    expect(composed.json).toMatchObject({ word_times: "spread", words: 7 });
    const subtitles = await subtitlesOf(composed);
    expect(await captionedIn(composed)).toMatch(/^Un\. .* La fin\.$/u);
    const last = /--> (\d\d):(\d\d):(\d\d),(\d{3})\n(?!.*-->)/su.exec(subtitles);
    const end = Number(last?.[3]) + Number(last?.[4]) / 1_000;
    expect(end).toBeLessThanOrEqual(2 * durationSeconds + 0.001);
    expect(end).toBeGreaterThan(2 * durationSeconds - 1);
  });

  test("lays one text over all recordings", async () => {
    const composed = await compose(
      { speech: [{ words, spokenText: TEXT }, {}] },
      { text: "Un, deux, trois, quatre, cinq. Et voilà la fin." },
    );
    expect(await captionedIn(composed)).toBe("Un, deux, trois, quatre, cinq. Et voilà la fin.");
  });

  test("says what is missing where nobody knows what is said, or how long it is", async () => {
    await expect(compose({ speech: [{}] })).rejects.toThrow("Nothing says which words are spoken in file 1");
    const both = compose({ speech: [{ words }, {}] });
    await expect(both).rejects.toThrow("spoken in file 2");
    const empty = path.join(folder, "empty.mp3");
    await writeFile(empty, "");
    const unmeasured = compose({ speech: [{ path: empty, durationSeconds: 0 }] }, { text: "La mer." });
    await expect(unmeasured).rejects.toThrow("length of file 1");
  });

  test("refuses to burn captions into what is no film", async () => {
    const sound = path.join(folder, "sound.mp4");
    await copyFile(recording, sound);
    await expect(
      compose(
        { speech: [{ words, spokenText: TEXT }], film: [{ path: sound, medium: "video" }] },
        { burn_into: "film" },
      ),
    ).rejects.toThrow("holds no moving pictures");
  });
});
