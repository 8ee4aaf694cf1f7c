import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAKE_COMFYUI_KEY, startFakeComfyui } from "../../test/support/fake-comfyui.ts";
import type { FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { createComfyuiProvider } from "./comfyui.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";

const IMAGE = requestFor("comfyui:sd_xl_base_1.0.safetensors");

describeProvider("comfyui", {
  create: createComfyuiProvider,
  startFake: startFakeComfyui,
  basePath: "",
  apiKey: FAKE_COMFYUI_KEY,
  requests: [IMAGE],
  hasJobs: ["image"],
  cancels: ["image"],
});

describe("comfyui", () => {
  let fake: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(() => start());
  afterEach(() => stop());

  async function start(options: { isBusy?: boolean } = {}): Promise<void> {
    fake = await startFakeComfyui({ apiKey: null, ...options });
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    call = new CallUnderTest(createComfyuiProvider(outbound), { apiKey: null, baseUrl: fake.url });
  }

  async function stop(): Promise<void> {
    await outbound.close();
    await fake.stop();
  }

  async function startJob(): Promise<string> {
    const submission = await call.start(IMAGE);
    if (submission.state !== "job") throw new Error("no job");
    return submission.jobId;
  }

  test("puts what was asked into its nodes", async () => {
    const parameters = {
      size: "832x1216",
      negative_prompt: "blur",
      seed: 7,
      steps: 30,
      guidance: 5.5,
      sampler: "dpmpp_2m",
    };
    await call.submit({ ...IMAGE, parameters });
    expect(fake.submissions[0]?.body).toMatchObject({
      prompt: {
        checkpoint: { inputs: { ckpt_name: "sd_xl_base_1.0.safetensors" } },
        positive: { inputs: { text: IMAGE.prompt } },
        negative: { inputs: { text: "blur" } },
        canvas: { inputs: { width: 832, height: 1_216, batch_size: 1 } },
        sampler: { inputs: { seed: 7, steps: 30, cfg: 5.5, sampler_name: "dpmpp_2m" } },
      },
    });
    expect(fake.calls.every(({ headers }) => headers["x-api-key"] === undefined)).toBe(true);
  });

  test("draws another picture each time where no seed is given", async () => {
    await call.submit(IMAGE);
    await call.submit(IMAGE);
    const [first, second] = fake.submissions.map(({ body }) => JSON.stringify(body));
    expect(first).not.toBe(second);
  });

  test("says which checkpoints there are where the one that was asked for is not", async () => {
    const failure = await call.failure({ ...IMAGE, modelId: "other.safetensors" });
    expect(failure).toMatchObject({ code: "bad_request", billed: "no" });
    expect(failure.detail.en).toContain("'other.safetensors' not in ['sd_xl_base_1.0.safetensors']");
  });

  test("refuses a picture, which its workflow has no place for, before anything is sent", async () => {
    const images = [{ mediaType: "image/png", bytes: new Uint8Array(1) }];
    expect(await call.failure({ ...IMAGE, images })).toMatchObject({ code: "bad_request", billed: "no" });
    expect(fake.calls).toEqual([]);
  });

  test("takes a job that waits out of the queue, and interrupts nobody", async () => {
    await stop();
    await start({ isBusy: true });
    const jobId = await startJob();
    expect(await call.cancel(jobId)).toBe(true);
    expect(fake.calls.at(-1)).toMatchObject({ path: "/queue", body: { delete: [jobId] } });
    expect(fake.calls.some(({ path }) => path === "/interrupt")).toBe(false);
    expect(await call.poll(jobId, IMAGE)).toMatchObject({ state: "failed" });
  });

  test("interrupts the job that runs, by its id", async () => {
    const jobId = await startJob();
    expect(await call.cancel(jobId)).toBe(true);
    expect(fake.calls.at(-1)).toMatchObject({ path: "/interrupt", body: { prompt_id: jobId } });
    const state = await call.poll(jobId, IMAGE);
    expect(state).toMatchObject({ state: "failed", failure: { code: "cancelled", billed: "no" } });
  });

  test("interrupts nothing where the job has ended", async () => {
    const jobId = await startJob();
    await call.poll(jobId, IMAGE);
    expect(await call.poll(jobId, IMAGE)).toMatchObject({ state: "done" });
    expect(await call.cancel(jobId)).toBe(false);
    expect(fake.calls.filter(({ kind }) => kind === "cancel")).toEqual([]);
  });
});
