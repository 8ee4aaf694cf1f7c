import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAKE_LEONARDO_KEY, startFakeLeonardo } from "../../test/support/fake-leonardo.ts";
import type { FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { createLeonardoProvider } from "./leonardo.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";

const IMAGE = requestFor("leonardo:lucid-origin");

describeProvider("leonardo", {
  create: createLeonardoProvider,
  startFake: startFakeLeonardo,
  basePath: "/api/rest/v1",
  apiKey: FAKE_LEONARDO_KEY,
  requests: [IMAGE],
  hasJobs: ["image"],
  hasResultUrls: ["image"],
});

describe("leonardo", () => {
  let fake: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(async () => {
    fake = await startFakeLeonardo();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    const config = { apiKey: FAKE_LEONARDO_KEY, baseUrl: `${fake.url}/api/rest/v1` };
    call = new CallUnderTest(createLeonardoProvider(outbound), config);
  });

  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("turns names into the vendor’s ids, and takes the cost from the first answer", async () => {
    const parameters = {
      size: "1472x832",
      contrast: "3.5",
      negative_prompt: "people",
      prompt_upsampling: true,
      seed: 7,
    };
    const output = await call.submit({ ...requestFor("leonardo:phoenix-1.0"), parameters });
    expect(output.reportedNanoUsd).toBe(14_700_000);
    expect(fake.submissions[0]?.body).toEqual({
      prompt: IMAGE.prompt,
      modelId: "de7d3faf-762f-48e0-b3b7-9d0ac3a3fcf3",
      num_images: 1,
      width: 1_472,
      height: 832,
      alchemy: true,
      contrast: 3.5,
      negative_prompt: "people",
      enhancePrompt: true,
      seed: 7,
    });
  });

  test("waits for a picture while there is no list of them", async () => {
    const submission = await call.start(IMAGE);
    if (submission.state !== "job") throw new Error("no job");
    expect(await call.poll(submission.jobId, IMAGE)).toMatchObject({ state: "job" });
    expect(await call.poll(submission.jobId, IMAGE)).toMatchObject({ state: "done" });
  });

  test("takes an id of the vendor’s as it is", async () => {
    const modelId = "aa77f04e-3eec-4034-9c07-d0f619684628";
    await call.submit({ ...IMAGE, modelId });
    expect(fake.submissions[0]?.body).toEqual({ prompt: IMAGE.prompt, modelId, num_images: 1 });
  });

  test("sends nothing where there is a picture", async () => {
    const images = [{ mediaType: "image/png", bytes: Uint8Array.from([1]) }];
    expect(await call.failure({ ...IMAGE, images })).toMatchObject({ code: "bad_request", billed: "no" });
    expect(fake.calls).toEqual([]);
  });
});
