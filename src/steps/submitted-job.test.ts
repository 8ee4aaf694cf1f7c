import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAKE_BFL_KEY, startFakeBlackForestLabs } from "../../test/support/fake-black-forest-labs.ts";
import type { FakeServer } from "../../test/support/fake-server.ts";
import { savingOutbound, type Outbound } from "../../test/support/outbound-to.ts";
import { loadPriceList } from "../pricing/price-list.ts";
import { createBlackForestLabsProvider } from "../providers/black-forest-labs.ts";
import { createMidjourneyProvider } from "../providers/midjourney.ts";
import { createRegistry } from "../providers/registry.ts";
import { stepSchema } from "../workflow/definition.ts";
import type { CallContext, StepPort, StepRequest, Submission } from "../workflow/ports.ts";
import { createStepPort } from "./step-port.ts";

let bfl: FakeServer;
let outbound: Outbound;
let saveFolder: string;

beforeEach(async () => {
  bfl = await startFakeBlackForestLabs();
  saveFolder = await mkdtemp(path.join(tmpdir(), "relais-results-"));
  outbound = savingOutbound(saveFolder, bfl);
});

afterEach(async () => {
  await outbound.close();
  await bfl.stop();
  await rm(saveFolder, { recursive: true, force: true });
});

const GATEWAY = { apiKey: null, baseUrl: "http://127.0.0.1:9/mj" };

function portWith(change: { gateway?: boolean; apiKey?: string | null } = {}): StepPort {
  const { gateway = false, apiKey = FAKE_BFL_KEY } = change;
  const registry = createRegistry({
    providers: [createBlackForestLabsProvider(outbound), createMidjourneyProvider(outbound)],
    config: {
      "black-forest-labs": { apiKey, baseUrl: `${bfl.url}/v1` },
      ...(gateway && { midjourney: GATEWAY }),
    },
  });
  return createStepPort({ registry, prices: loadPriceList() });
}

function request(aiProvider: string, change: Partial<StepRequest> = {}): StepRequest {
  return {
    step: stepSchema.parse({ step_number: 1, ai_provider: aiProvider, prompt: "The sea." }),
    mode: "live",
    prompt: "The sea.",
    parameters: {},
    previousText: null,
    files: [],
    topic: "The sea",
    results: () => Promise.resolve([]),
    ...change,
  };
}

const context: CallContext = {
  signal: new AbortController().signal,
  idempotencyKey: "attempt-1",
  onText: () => undefined,
  onProgress: () => undefined,
  readFile: () => Promise.reject(new Error("nothing goes in")),
  copyFile: () => Promise.reject(new Error("nothing is copied")),
};

/** Submits a job and gives its id. */
async function startJob(aiProvider: string): Promise<string> {
  const submission = await (await portWith().prepare(request(aiProvider))).submit(context);
  if (submission.state !== "job") throw new Error("no job");
  return submission.jobId;
}

/** Asks about a job until it has ended. */
async function end(jobId: string, port: StepPort, asked: StepRequest): Promise<Submission> {
  const call = await port.prepare(asked);
  let submission: Submission | undefined = { state: "job", jobId, pollAfterMs: 0 };
  while (submission?.state === "job") submission = await call.poll?.(jobId, context);
  if (!submission) throw new Error("a provider without jobs");
  return submission;
}

describe("a job that was submitted", () => {
  const submittedTo = "black-forest-labs:flux-pro-1.1";

  test("is asked about where it went, though its family stands for another by now", async () => {
    const jobId = await startJob("midjourney");
    const port = portWith({ gateway: true });
    expect((await port.prepare(request("midjourney"))).provider).toBe("midjourney");
    const again = await port.prepare(request("midjourney", { submittedTo }));
    expect(again).toMatchObject({ provider: "black-forest-labs", model: submittedTo });
    expect(await end(jobId, port, request("midjourney", { submittedTo }))).toMatchObject({ state: "done" });
    expect(bfl.submissions).toHaveLength(1);
  });

  test("is not kept from being asked about by its parameters, nor by the end of its model", async () => {
    const parameters = { no_such_parameter: 1 };
    await expect(portWith().prepare(request(submittedTo, { parameters }))).rejects.toThrow(
      "no_such_parameter",
    );
    await portWith().prepare(request(submittedTo, { parameters, submittedTo }));
    const gone = request("openai:dall-e-3", { submittedTo: "openai:dall-e-3" });
    // Its model is gone, and nothing is said of that: only the key is missing.
    await expect(portWith().prepare(gone)).rejects.toMatchObject({ code: "auth" });
  });

  test("cannot be asked about without the key, which is said apart from the money", async () => {
    const refused = portWith({ apiKey: null }).prepare(request("midjourney", { submittedTo }));
    await expect(refused).rejects.toMatchObject({ what: { en: "BFL_API_KEY is missing." } });
  });

  test.each([1e300, -4])("is priced where its vendor says that it cost %d", async (cost) => {
    bfl.setFigures({ cost });
    const ended = await end(await startJob(submittedTo), portWith(), request(submittedTo));
    expect(ended).toMatchObject({ state: "done", output: { cost: { nanoUsd: 40_000_000 } } });
  });

  test("has failed, billed, where what it made is of no use, and leaves no file", async () => {
    bfl.play("result_page");
    const ended = await end(await startJob(submittedTo), portWith(), request(submittedTo));
    expect(ended).toMatchObject({ state: "failed", failure: { billed: "yes" } });
    expect(await readdir(saveFolder)).toEqual([]);
  });
});
