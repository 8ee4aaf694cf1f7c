import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ChildOverLimit } from "../media/child-process.ts";
import { samplePicture } from "../media/sample-media.testdata.ts";
import { loadPriceList } from "../pricing/price-list.ts";
import { createRegistry, type ModelEntry, type Registry } from "../providers/registry.ts";
import { createLocalProvider } from "../providers/local/local.ts";
import { stepSchema } from "../workflow/definition.ts";
import type { CallContext, StepMaker, StepRequest } from "../workflow/ports.ts";
import type { FileValue, Json } from "../workflow/values.ts";
import { ComposeFailure, type Composer } from "./composer.ts";
import { createStepPort } from "./step-port.ts";

const label = { fr: "Fichiers", en: "Files" };

const JOINER: ModelEntry = {
  id: "local:joiner",
  provider: "local",
  modality: "document",
  takes: ["document"],
  parameters: {
    parts: { type: "files", media: ["document"], min: 1, max: 3, label },
    title: { type: "data", label },
  },
  composed: { prompt: { fr: "Titre", en: "Title" } },
  status: "live",
  shutdown_date: null,
  replacement: null,
  max_prompt_characters: null,
  takes_instructions: false,
  typical_seconds: [1, 1],
  source: null,
  checked: null,
};

function registryWithJoiner(): Registry {
  const registry = createRegistry({ providers: [createLocalProvider()], config: {} });
  return {
    ...registry,
    resolve: (name) => (name === "joiner" ? JOINER : registry.resolve(name)),
    names: () => [...registry.names(), JOINER.id],
  };
}

const FIRST: FileValue = {
  artifactId: "a",
  hash: "1".repeat(64),
  mediaType: "text/plain",
  medium: "document",
};
const SECOND: FileValue = { ...FIRST, artifactId: "b", hash: "2".repeat(64) };

const described = ({ artifactId, mediaType }: FileValue): Json => ({
  artifact_id: artifactId,
  media_type: mediaType,
});

function request(parameters: Record<string, Json>, rest: Partial<StepRequest> = {}): StepRequest {
  return {
    step: stepSchema.parse({ step_number: 3, ai_provider: "joiner", prompt: "Joined" }),
    mode: "live",
    prompt: "Joined",
    parameters,
    previousText: null,
    files: [FIRST, SECOND],
    topic: "The sea",
    results: () => Promise.resolve([]),
    ...rest,
  };
}

let workFolder: string;

beforeEach(async () => {
  workFolder = await mkdtemp(path.join(tmpdir(), "relais-compose-"));
});
afterEach(async () => {
  await rm(workFolder, { recursive: true, force: true });
});

function callContext(signal = new AbortController().signal): CallContext {
  return {
    signal,
    idempotencyKey: "1",
    onText: () => undefined,
    onProgress: () => undefined,
    readFile: () => Promise.reject(new Error("nothing is read into memory")),
    copyFile: ({ artifactId }, place) => writeFile(place, `content of ${artifactId};`),
  };
}

/** Joins the parts, one below the other, under the prompt. */
const join: Composer = async ({ prompt, parameters }, { files, folder }) => {
  const parts = await files(parameters["parts"]);
  const texts = await Promise.all(parts.map((part) => readFile(part.path, "utf8")));
  const place = path.join(folder, "joined.txt");
  await writeFile(place, [prompt, ...texts].join("\n"));
  return { medium: "document", files: [{ path: place, name: "joined.txt", mediaType: "text/plain" }] };
};

/** Makes a picture under a title of two lines. */
const titled: Composer = async (_, { folder }) => {
  const place = path.join(folder, "cover.png");
  await writeFile(place, await samplePicture("png"));
  return { medium: "image", title: "L’été,\nau port", files: [{ path: place }] };
};

/** Has made a file by the time it finds that there is something wrong. */
const refusing: Composer = async (asked, context) => {
  await join(asked, context);
  throw new ComposeFailure({ fr: "Une partie est vide.", en: "A part is empty." });
};

function portWith(composer: Composer) {
  return createStepPort({
    registry: registryWithJoiner(),
    prices: loadPriceList(),
    workFolder,
    composers: { joiner: () => Promise.resolve(composer) },
  });
}

describe("composedCall", () => {
  test("composes from copies of the files, for $0, in a rehearsal as live", async () => {
    for (const mode of ["live", "rehearsal"] as const) {
      const parameters = { parts: [described(FIRST), null, [described(SECOND)]] };
      const call = await portWith(join).prepare(request(parameters, { mode }));
      expect(call).toMatchObject({ model: "local:joiner", performedBy: "local", worstCase: { nanoUsd: 0 } });
      const submission = await call.submit(callContext());
      if (submission.state !== "done") throw new Error("it is not done");
      const { files, cost } = submission.output;
      expect(cost.basis).toBe("free");
      expect(files).toMatchObject([{ mediaType: "text/plain", medium: "document", name: "joined.txt" }]);
      const [file] = files;
      if (!file || !("path" in file.content)) throw new Error("there is no file");
      expect(await readFile(file.content.path, "utf8")).toBe("Joined\ncontent of a;\ncontent of b;");
      await rm(file.content.path);
    }
    expect(await readdir(workFolder)).toEqual([]);
  });

  test("has the same hash for the same content under other ids", async () => {
    const port = portWith(join);
    const copied = { ...FIRST, artifactId: "c" };
    const one = await port.prepare(request({ parts: described(FIRST) }));
    const same = await port.prepare(request({ parts: described(copied) }, { files: [copied] }));
    const other = await port.prepare(request({ parts: described(SECOND) }));
    expect(same.requestHash).toBe(one.requestHash);
    expect(other.requestHash).not.toBe(one.requestHash);
  });

  test("says what is wrong with what it was given, unbilled, and leaves no file", async () => {
    const call = await portWith(refusing).prepare(request({ parts: described(FIRST) }));
    await expect(call.submit(callContext())).rejects.toMatchObject({
      code: "bad_request",
      billed: "no",
      isTransient: false,
      detail: { en: "A part is empty. Nothing was billed." },
    });
    expect(await readdir(workFolder)).toEqual([]);
  });

  test("does not try again what took more memory or time than it may", async () => {
    for (const limit of ["memory", "time"] as const) {
      const greedy: Composer = () =>
        Promise.reject(new ChildOverLimit(limit, "film-worker.ts took too much"));
      const call = await portWith(greedy).prepare(request({ parts: described(FIRST) }));
      const detail = { en: expect.stringMatching(/was stopped\. Give this step .*Nothing was billed/) };
      await expect(call.submit(callContext())).rejects.toMatchObject({
        code: "bad_request",
        billed: "no",
        isTransient: false,
        detail,
      });
    }
  });

  test("gives its files the title that they were composed under, not the topic", async () => {
    const makers: StepMaker[] = [
      { stepNumber: 1, dependsOn: [], model: "local:image", performedBy: "local" },
      { stepNumber: 3, dependsOn: [1], model: null, performedBy: null },
    ];
    const asked = request({ parts: described(FIRST) }, { makers: () => Promise.resolve(makers) });
    const call = await portWith(titled).prepare(asked);
    const submission = await call.submit(callContext());
    if (submission.state !== "done") throw new Error("it is not done");
    const content = submission.output.files[0]?.content;
    if (!content) throw new Error("there is no file");
    const bytes = "bytes" in content ? content.bytes : await readFile(content.path);
    const xmp = (await sharp(bytes).metadata()).xmp?.toString("utf8");
    expect(xmp).toContain(">L’été, au port<");
    expect(xmp).not.toContain("The sea");
  });

  test("may work for hours, whatever a call to a model may take", async () => {
    const call = await portWith(join).prepare(request({ parts: described(FIRST) }));
    expect(call.minimumLimitMs).toBe(14_400_000);
  });

  test("reads no file that the step was not given", async () => {
    const foreign = { artifact_id: "somebody else's" };
    const call = await portWith(join).prepare(request({ parts: foreign }));
    await expect(call.submit(callContext())).rejects.toMatchObject({ code: "bad_request", billed: "no" });
  });

  test("refuses a parameter that stands for something else than files, or for too many", async () => {
    const port = portWith(join);
    const many = [FIRST, FIRST, FIRST, FIRST].map(described);
    for (const parts of ["a text", { text: "no file" }, [], many]) {
      await expect(port.prepare(request({ parts }))).rejects.toMatchObject({ code: "invalid_step" });
    }
    await expect(port.prepare(request({}))).rejects.toThrow("“Files” is missing");
  });
});
