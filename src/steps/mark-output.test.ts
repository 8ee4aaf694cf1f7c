import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { samplePicture } from "../media/sample-media.testdata.ts";
import { sourceUri, type Provenance } from "../media/provenance.ts";
import { createRegistry, type ModelEntry } from "../providers/registry.ts";
import { stepSchema } from "../workflow/definition.ts";
import { FREE } from "../workflow/money.ts";
import type { EarlierResult, StepMaker, StepOutput, StepRequest } from "../workflow/ports.ts";
import type { FileValue } from "../workflow/values.ts";
import { callProvenance, composedProvenance, markOutput } from "./mark-output.ts";

const REGISTRY = createRegistry({ providers: [], config: {} });

function modelOf(id: string): ModelEntry {
  const model = REGISTRY.resolve(id);
  if (!model) throw new Error(`there is no ${id}`);
  return model;
}

const FILE: FileValue = { artifactId: "a", hash: "1".repeat(64), mediaType: "image/png", medium: "image" };

function request(makers: StepMaker[], files: FileValue[] = [], made: FileValue[] = files): StepRequest {
  const result: EarlierResult = {
    stepNumber: 1,
    name: null,
    prompt: "",
    medium: "image",
    files: made,
    model: null,
    performedBy: null,
    cost: FREE,
  };
  return {
    step: stepSchema.parse({ step_number: 3, ai_provider: "gpt-4", prompt: "The sea" }),
    mode: "live",
    prompt: "The sea",
    parameters: {},
    previousText: null,
    files,
    topic: "The sea",
    results: () => Promise.resolve([result]),
    makers: () => Promise.resolve(makers),
  };
}

const AI: StepMaker = {
  stepNumber: 1,
  dependsOn: [],
  model: "openai:gpt-image-2",
  performedBy: "openai:gpt-image-2",
};
const LOCAL: StepMaker = { stepNumber: 2, dependsOn: [], model: "local:speech", performedBy: "local" };
const OWN: StepMaker = { stepNumber: 3, dependsOn: [1, 2], model: null, performedBy: null };
const isComposed = (model: string): boolean => model === "local:short";

describe("callProvenance", () => {
  test("says AI of a model, and a program of a built-in generator", () => {
    const asked = { prompt: "Draw The sea", topic: "The sea" };
    expect(callProvenance(modelOf("openai:gpt-image-2"), asked, {})).toEqual({
      source: "trainedAlgorithmicMedia",
      madeBy: ["openai:gpt-image-2"],
      title: "The sea",
    });
    expect(callProvenance(modelOf("local:image"), asked, { language: "fr" })).toEqual({
      source: "algorithmicMedia",
      madeBy: [],
      title: "The sea",
      language: "fr",
    });
  });

  test("gives no title that the prompt says nothing of, and no language that is none", () => {
    const { title, language } = callProvenance(
      modelOf("openai:gpt-image-2"),
      { prompt: "Draw a hill", topic: "The sea" },
      { language: "<script>" },
    );
    expect([title, language]).toEqual([undefined, undefined]);
  });
});

async function sourceOf(makers: StepMaker[], files?: FileValue[], made?: FileValue[]) {
  const provenance = await composedProvenance(request(makers, files, made), {}, isComposed);
  return provenance?.source ?? null;
}

describe("composedProvenance", () => {
  test("says composite where some parts are by AI, AI where all are, a program where none is", async () => {
    expect(await sourceOf([AI, LOCAL, OWN])).toBe("compositeWithTrainedAlgorithmicMedia");
    expect(await sourceOf([AI, { ...OWN, dependsOn: [1] }])).toBe("trainedAlgorithmicMedia");
    expect(await sourceOf([LOCAL, { ...OWN, dependsOn: [2] }])).toBe("algorithmicMedia");
    const upload = { ...FILE, artifactId: "b" };
    expect(await sourceOf([AI, { ...OWN, dependsOn: [1] }], [FILE, upload], [FILE])).toBe(
      "compositeWithTrainedAlgorithmicMedia",
    );
    expect(await sourceOf([{ ...OWN, dependsOn: [] }], [upload], [])).toBeNull();
  });

  test("looks through what Relais itself composed to who made its parts", async () => {
    const composed = { stepNumber: 2, dependsOn: [1], model: "local:short", performedBy: "local" };
    const provenance = await composedProvenance(
      request([AI, composed, { ...OWN, dependsOn: [2] }]),
      { title: "Ma mer", author: "Zoé" },
      isComposed,
    );
    expect(provenance).toEqual({
      source: "trainedAlgorithmicMedia",
      madeBy: ["openai:gpt-image-2"],
      title: "Ma mer",
      author: "Zoé",
    });
  });

  test("takes the artist of a song for its author", async () => {
    const provenance = await composedProvenance(request([LOCAL, OWN]), { artist: "Zoé" }, isComposed);
    expect(provenance).toMatchObject({ author: "Zoé" });
  });
});

function outputOf(bytes: Uint8Array): StepOutput {
  return {
    medium: "image",
    files: [{ content: { bytes }, mediaType: "image/png", medium: "image", name: "a.png" }],
    cost: FREE,
    liveCost: null,
    usage: {},
  };
}

describe("markOutput", () => {
  const provenance: Provenance = { source: "trainedAlgorithmicMedia", madeBy: [] };
  const { signal } = new AbortController();

  test("has files say how they were made, and changes nothing else", async () => {
    const output = outputOf(await samplePicture("png"));
    const marking = { signer: null, onUnmarked: expect.unreachable };
    const marked = await markOutput(output, { provenance, marking, signal });
    const [file] = marked.files;
    if (!file || !("bytes" in file.content)) throw new Error("there is no file");
    expect({ ...marked, files: [] }).toEqual({ ...output, files: [] });
    expect(file).toMatchObject({ mediaType: "image/png", name: "a.png" });
    expect((await sharp(file.content.bytes).metadata()).xmpAsString).toContain(sourceUri(provenance.source));
  });

  test("keeps a file that cannot be signed, and tells", async () => {
    const output = outputOf(await samplePicture("png"));
    const errors: unknown[] = [];
    const signer = { algorithm: "es256" as const, chain: [], key: new Uint8Array(0) };
    const marking = { signer, onUnmarked: (error: unknown) => void errors.push(error) };
    const marked = await markOutput(output, { provenance, marking, signal });
    expect(marked.files).toHaveLength(1);
    expect(errors).toHaveLength(1);
  });
});
