import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { unzipSync } from "fflate";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { inspectFile } from "../media/inspect.ts";
import { sourceUri } from "../media/provenance.ts";
import { samplePicture, writeSample } from "../media/sample-media.testdata.ts";
import { loadPriceList } from "../pricing/price-list.ts";
import { createLocalProvider } from "../providers/local/local.ts";
import { createRegistry } from "../providers/registry.ts";
import { stepSchema } from "../workflow/definition.ts";
import type { CallContext, EarlierResult, OutputFile, StepMaker, StepRequest } from "../workflow/ports.ts";
import type { FileValue, Json } from "../workflow/values.ts";
import { createStepPort } from "./step-port.ts";

const PICTURE: FileValue = { artifactId: "p", hash: "1".repeat(64), mediaType: "image/png", medium: "image" };
const FILM: FileValue = {
  ...PICTURE,
  artifactId: "f",
  hash: "2".repeat(64),
  mediaType: "video/mp4",
  medium: "video",
  durationSeconds: 2,
};

let samples: string;
let workFolder: string;

beforeAll(async () => {
  samples = await mkdtemp(path.join(tmpdir(), "relais-samples-"));
  for (const id of ["p", "q"]) await writeFile(path.join(samples, id), await samplePicture("png"));
  await copyFile(await writeSample(samples, "mp4", 2), path.join(samples, "f"));
  await writeFile(path.join(samples, "broken"), (await samplePicture("png")).subarray(0, 60));
});
afterAll(() => rm(samples, { recursive: true }));
beforeEach(async () => {
  workFolder = await mkdtemp(path.join(tmpdir(), "relais-compose-"));
});
afterEach(() => rm(workFolder, { recursive: true, force: true }));

const port = () =>
  createStepPort({
    registry: createRegistry({ providers: [createLocalProvider()], config: {} }),
    prices: loadPriceList(),
    workFolder,
  });

const context: CallContext = {
  signal: new AbortController().signal,
  idempotencyKey: "1",
  onText: () => undefined,
  onProgress: () => undefined,
  readFile: () => Promise.reject(new Error("nothing is read into memory")),
  copyFile: ({ artifactId }, place) => copyFile(path.join(samples, artifactId), place),
};

interface Asked {
  kind: "zip" | "thumbnail" | "resize";
  parameters?: Record<string, Json>;
  files?: FileValue[];
  results?: EarlierResult[];
  makers?: StepMaker[];
}

function request({ kind, parameters = {}, files = [], results = [], makers = [] }: Asked): StepRequest {
  return {
    step: stepSchema.parse({ step_number: 4, ai_provider: kind, prompt: "Été à la mer !" }),
    mode: "live",
    prompt: "Été à la mer !",
    parameters,
    previousText: null,
    files,
    topic: "La mer",
    results: () => Promise.resolve(results),
    makers: () => Promise.resolve(makers),
  };
}

async function made(asked: Asked): Promise<(OutputFile & { bytes: Buffer })[]> {
  const call = await port().prepare(request(asked));
  const submission = await call.submit(context);
  if (submission.state !== "done") throw new Error("it is not done");
  return await Promise.all(
    submission.output.files.map(async (file) => {
      if (!("path" in file.content)) throw new Error("it is in memory");
      const bytes = await readFile(file.content.path);
      await rm(file.content.path);
      return Object.assign(file, { bytes });
    }),
  );
}

const described = ({ artifactId }: FileValue): Json => ({ artifact_id: artifactId });

const RESULT: EarlierResult = {
  stepNumber: 1,
  name: "Article d’été",
  prompt: "Rédige un article sur {topic}.",
  medium: "text",
  text: "# La mer",
  files: [],
  model: "openai:gpt-6.2-sol",
  performedBy: "openai:gpt-6.2-sol",
  cost: { nanoUsd: 2_500_000, basis: "metered" },
};
const PICTURES: EarlierResult = {
  ...RESULT,
  stepNumber: 2,
  name: "CON/../..\\x",
  medium: "image",
  files: [
    { ...PICTURE, item: 0 },
    { ...PICTURE, artifactId: "q", item: 2 },
  ],
  cost: { nanoUsd: null, basis: "unknown" },
};
const TEXTS: EarlierResult = {
  ...RESULT,
  stepNumber: 3,
  name: null,
  medium: "json",
  json: ["un", null, "trois"],
};
delete PICTURES.text;
delete TEXTS.text;

async function hashOf(results: EarlierResult[]): Promise<string> {
  return (await port().prepare(request({ kind: "zip", results }))).requestHash;
}

async function resize(parameters: Record<string, Json>) {
  return await made({
    kind: "resize",
    parameters: { media: described(PICTURE), ...parameters },
    files: [PICTURE],
  });
}

describe("composeZip", () => {
  test("packs every result under a readable name, with a manifest, the same bytes each time", async () => {
    const asked: Asked = { kind: "zip", results: [TEXTS, PICTURES, RESULT] };
    const [zip] = await made(asked);
    if (!zip) throw new Error("there is no file");
    expect(zip).toMatchObject({ name: "ete-a-la-mer.zip", mediaType: "application/zip", medium: "document" });
    const files = unzipSync(zip.bytes);
    expect(Object.keys(files)).toEqual([
      "01-article-d-ete.md",
      "02-con-x-01.png",
      "02-con-x-03.png",
      "03-text-01.md",
      "03-text-03.md",
      "manifest.json",
    ]);
    expect(Buffer.from(files["02-con-x-01.png"] ?? []).equals(await samplePicture("png"))).toBe(true);
    expect(JSON.parse(Buffer.from(files["manifest.json"] ?? []).toString())).toMatchObject({
      topic: "La mer",
      total_cost: { basis: "unknown" },
      steps: [
        {
          step_number: 1,
          prompt: "Rédige un article sur {topic}.",
          model: "openai:gpt-6.2-sol",
          cost: { usd: 0.0025, basis: "metered" },
          files: [{ name: "01-article-d-ete.md", media_type: "text/markdown", bytes: 9 }],
        },
        { cost: { usd: null, basis: "unknown" }, files: [{ item: 0, sha256: PICTURE.hash }, { item: 2 }] },
        { step_number: 3 },
      ],
    });
    expect((await made(asked))[0]?.bytes.equals(zip.bytes)).toBe(true);
    expect(await readdir(workFolder)).toEqual([]);
  });

  test("packs only the files that are named, of uploads too", async () => {
    const parameters = { files: [described(FILM), described(PICTURE)] };
    const [zip] = await made({
      kind: "zip",
      parameters,
      files: [FILM, PICTURE],
      results: [RESULT, PICTURES],
    });
    expect(Object.keys(unzipSync(zip?.bytes ?? Buffer.alloc(0)))).toEqual([
      "00-video.mp4",
      "02-con-x.png",
      "manifest.json",
    ]);
  });

  test("is another step where what was made before is another", async () => {
    const other = { ...RESULT, text: "# La terre" };
    expect(await hashOf([RESULT])).toBe(await hashOf([{ ...RESULT }]));
    expect(await hashOf([RESULT])).not.toBe(await hashOf([other]));
  });

  test("says that there is nothing to pack", async () => {
    await expect(made({ kind: "zip" })).rejects.toMatchObject({ code: "bad_request", billed: "no" });
    expect(await readdir(workFolder)).toEqual([]);
  });
});

describe("composeThumbnail", () => {
  test("makes a picture of a film and of a picture, which say how they were made", async () => {
    const makers = [
      { stepNumber: 1, dependsOn: [], model: "runway:gen4_turbo", performedBy: "runway:gen4_turbo" },
      { stepNumber: 4, dependsOn: [1], model: null, performedBy: null },
    ];
    const files = [FILM, PICTURE];
    const results = [{ ...PICTURES, files }];
    const parameters = { media: files.map(described), width: 16 };
    const pictures = await made({ kind: "thumbnail", parameters, files, results, makers });
    expect(pictures).toMatchObject([
      { name: "ete-a-la-mer-01.jpg", mediaType: "image/jpeg", width: 16, height: 16 },
      { name: "ete-a-la-mer-02.jpg", mediaType: "image/jpeg", width: 16, height: 12 },
    ]);
    for (const { bytes } of pictures) {
      const xmp = (await sharp(bytes).metadata()).xmpAsString;
      expect(xmp).toContain(sourceUri("trainedAlgorithmicMedia"));
      expect(xmp).toContain("runway:gen4_turbo");
    }
  });
});

describe("composeResize", () => {
  test("makes a film of another size", async () => {
    const parameters = { media: described(FILM), width: 48, height: 32, fit: "cover" };
    const [film] = await made({ kind: "resize", parameters, files: [FILM] });
    expect(film).toMatchObject({ name: "ete-a-la-mer.mp4", medium: "video", width: 48, height: 32 });
    // Nobody has said how an uploaded film was made, so nothing is said of this one.
    expect(film?.bytes.includes("DigitalSourceType")).toBe(false);
  });

  test("keeps the format of a picture, unless another is wanted", async () => {
    expect((await resize({ width: 16 }))[0]).toMatchObject({ mediaType: "image/png", width: 16, height: 12 });
    const [webp] = await resize({ format: "webp" });
    expect((await inspectFile({ bytes: webp?.bytes ?? Buffer.alloc(0) })).mediaType).toBe("image/webp");
  });

  test("says which file is damaged, that nothing was billed, and leaves nothing", async () => {
    const broken = { ...PICTURE, artifactId: "broken", hash: "3".repeat(64) };
    const parameters = { media: [described(PICTURE), described(broken)], width: 16 };
    await expect(made({ kind: "resize", parameters, files: [PICTURE, broken] })).rejects.toMatchObject({
      code: "bad_request",
      detail: { en: expect.stringMatching(/^File no\. 2 is damaged.*Nothing was billed\.$/) },
    });
    expect(await readdir(workFolder)).toEqual([]);
  });

  test("asks for a size or a format", async () => {
    const parameters = { media: described(PICTURE) };
    await expect(made({ kind: "resize", parameters, files: [PICTURE] })).rejects.toThrow("Neither a width");
  });
});
