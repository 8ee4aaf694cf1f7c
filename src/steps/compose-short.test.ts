import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { runInChild } from "../media/child-process.ts";
import { inspectFile } from "../media/inspect.ts";
import { stepSchema } from "../workflow/definition.ts";
import { FREE } from "../workflow/money.ts";
import { mediumOfType } from "../workflow/media.ts";
import type { Json } from "../workflow/values.ts";
import { composeShort, scenePictures } from "./compose-short.ts";
import { composeSlideshow } from "./compose-slideshow.ts";
import {
  ComposeFailure,
  type ComposeContext,
  type Composed,
  type ComposeFile,
  type Composer,
} from "./composer.ts";

const signal = new AbortController().signal;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "relais-short-"));
  const worker = new URL("../media/film-fixtures.testworker.ts", import.meta.url);
  await runInChild({ worker, request: { folder }, result: z.unknown(), signal });
}, 60_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const TYPES: Record<string, string> = { png: "image/png", wav: "audio/wav", mp4: "video/mp4" };

/** Files by their names in the folder; `name#2` is of item 2. */
function filesOf(value: Json | undefined): ComposeFile[] {
  const names = [value ?? null].flat(2).filter((entry) => entry !== null);
  return names.map((entry): ComposeFile => {
    const [name = "", item] = (typeof entry === "string" ? entry : "").split("#");
    const mediaType = TYPES[name.split(".").at(-1) ?? ""] ?? "";
    const medium = mediumOfType(mediaType);
    const file: ComposeFile = { artifactId: name, hash: name, mediaType, medium, path: join(folder, name) };
    if (item !== undefined) file.item = Number(item);
    return file;
  });
}

const givenFiles: ComposeContext["files"] = (value) => Promise.resolve(filesOf(value));

async function shown(images: Json, scenes: number): Promise<string[]> {
  const files = await scenePictures(images, scenes, { files: givenFiles });
  return files.map(({ artifactId }) => artifactId);
}

async function compose(
  composer: Composer,
  parameters: Record<string, Json>,
  { prompt = "La mer", ...given }: { prompt?: string } & Partial<ComposeContext> = {},
): Promise<Composed> {
  const context: ComposeContext = {
    signal,
    folder,
    onProgress: () => undefined,
    files: givenFiles,
    provenance: null,
    results: () => Promise.resolve([]),
    ...given,
  };
  const step = stepSchema.parse({ step_number: 1, ai_provider: "short", prompt });
  return await composer({ step, prompt, parameters, topic: "La mer" }, context);
}

/** What a transcript step heard: the same words at other times, and one of them wrong. */
const HEARD = {
  text: "Un fare brille.",
  words: [
    { word: "Un", start: 0.1, end: 0.2 },
    { word: "fare", start: 0.5, end: 0.6 },
    { word: "brille.", start: 0.7, end: 0.8 },
  ],
};

describe("short", () => {
  test("takes the times of a transcript for a voice without its own, and the words of the author", async () => {
    const composed = await compose(
      composeShort,
      {
        images: ["plain.png"],
        scenes: ["Un phare brille."],
        speech: ["second.wav"],
        transcript: HEARD.text,
        format: "1:1",
        captions: "word",
        music_volume: 0.4,
      },
      {
        files: (value) =>
          Promise.resolve(filesOf(value).map((file) => Object.assign(file, { durationSeconds: 1 }))),
        results: () =>
          Promise.resolve([
            {
              stepNumber: 1,
              name: null,
              prompt: "",
              medium: "text",
              files: [],
              heard: [HEARD],
              model: null,
              performedBy: "local",
              cost: FREE,
            },
          ]),
      },
    );
    expect(composed.words).toEqual([
      { word: "Un", start: 0.1, end: 0.2 },
      { word: "phare", start: 0.5, end: 0.6 },
      { word: "brille.", start: 0.7, end: 0.8 },
    ]);
  });

  test("pairs voices with scenes by their items, and says when each word is heard", async () => {
    const composed = await compose(composeShort, {
      images: ["plain.png"],
      scenes: [{ text: "**Un** phare" }, { narration: "La mer" }],
      speech: ["second.wav#1"],
      format: "1:1",
      captions: "word",
      music_volume: 0.4,
    });
    const [file] = composed.files;
    expect(composed.medium).toBe("video");
    expect(file?.name).toBe("La mer.mp4");
    expect(composed.words?.map(({ word }) => word)).toEqual(["Un", "phare", "La", "mer"]);
    // The first scene is silent: as long as it takes to read.
    expect(composed.words?.[2]?.start).toBeGreaterThanOrEqual(2.5);
    const facts = await inspectFile({ path: file?.path ?? "" });
    expect(facts).toMatchObject({ mediaType: "video/mp4", width: 1_080, height: 1_080 });
    expect(facts.durationSeconds).toBeCloseTo(2.5 + 1.25, 1);
  });

  test("leaves pictures with their scenes where one of them is missing", async () => {
    expect(await shown(["a.png", null, "c.png", null], 4)).toEqual(["a.png", "a.png", "c.png", "c.png"]);
    expect(await shown([[null, "b.png"]], 2)).toEqual(["b.png", "b.png"]);
    expect(await shown(["a.png", "b.png"], 4)).toEqual(["a.png", "b.png"]);
  });

  test("says which file is of no use, and what to do", async () => {
    const failure = await compose(composeShort, { images: ["plain.png", "cut.png"], format: "9:16" }).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(ComposeFailure);
    expect(failure).toMatchObject({
      detail: {
        fr: expect.stringContaining("L’image n° 2 ne peut pas être lue"),
        en: expect.stringContaining("Picture 2 cannot be read"),
      },
    });
  });

  test("refuses scenes that are no list of texts", async () => {
    await expect(compose(composeShort, { images: ["plain.png"], scenes: 3 })).rejects.toThrow(ComposeFailure);
  });
});

describe("slideshow", () => {
  test("lasts as long as its sound, and takes no part of a prompt for a folder", async () => {
    const parameters = { images: ["plain.png", "dot.png"], audio: "second.wav", format: "16:9" };
    const composed = await compose(composeSlideshow, parameters, { prompt: "../..\\etc/a:b\nc" });
    expect(composed.files[0]?.name).toBe("etc a b.mp4");
    const facts = await inspectFile({ path: composed.files[0]?.path ?? "" });
    expect(facts).toMatchObject({ mediaType: "video/mp4", width: 1_920, height: 1_080 });
    expect(facts.durationSeconds).toBeCloseTo(1, 1);
  });
});
