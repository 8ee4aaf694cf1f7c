import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAKE_BFL_KEY, startFakeBlackForestLabs } from "../../test/support/fake-black-forest-labs.ts";
import type { FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { createBlackForestLabsProvider } from "./black-forest-labs.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";

const IMAGE = requestFor("black-forest-labs:flux-2-pro");
const PICTURE = { mediaType: "image/png", bytes: Uint8Array.from([1, 2, 3]) };

describeProvider("black-forest-labs", {
  create: createBlackForestLabsProvider,
  startFake: startFakeBlackForestLabs,
  basePath: "/v1",
  apiKey: FAKE_BFL_KEY,
  requests: [IMAGE],
  hasJobs: ["image"],
  hasResultUrls: ["image"],
});

describe("black-forest-labs", () => {
  let fake: FakeServer;
  let other: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(async () => {
    fake = await startFakeBlackForestLabs();
    other = await startFakeBlackForestLabs();
    outbound = createOutbound({ trustedOrigins: [fake.url, other.url] });
    const config = { apiKey: FAKE_BFL_KEY, baseUrl: `${fake.url}/v1` };
    call = new CallUnderTest(createBlackForestLabsProvider(outbound), config);
  });

  afterEach(async () => {
    await outbound.close();
    await fake.stop();
    await other.stop();
  });

  test("asks at the address that it was given, and takes the cost from the first answer", async () => {
    const parameters = { size: "1024x768", seed: 5, format: "png", prompt_upsampling: false };
    const output = await call.submit({ ...requestFor("black-forest-labs:flux-pro-1.1"), parameters });
    expect(output.reportedNanoUsd).toBe(40_000_000);
    expect(fake.submissions[0]).toMatchObject({ path: "/v1/flux-pro-1.1" });
    expect(fake.submissions[0]?.body).toEqual({
      prompt: IMAGE.prompt,
      width: 1_024,
      height: 768,
      seed: 5,
      output_format: "png",
      prompt_upsampling: false,
    });
    expect(call.progress).toEqual([0.5]);
    const asked = fake.calls.filter(({ kind }) => kind === "poll").map(({ path }) => path);
    expect(asked).toEqual(["/eu/v1/get_result?id=job-1", "/eu/v1/get_result?id=job-1"]);
  });

  test.each([
    ["flux-pro-1.1-ultra", { aspect_ratio: "21:9", raw: true }],
    ["flux-2-flex", { steps: 20, guidance: 4.5 }],
    ["flux-kontext-max", { aspect_ratio: "3:4" }],
  ])("sends what is particular to %s", async (model, parameters) => {
    await call.submit({ ...requestFor(`black-forest-labs:${model}`), parameters });
    expect(fake.submissions[0]?.body).toEqual({ prompt: IMAGE.prompt, ...parameters });
  });

  test.each([
    ["flux-pro-1.1", 1, { image_prompt: "AQID" }],
    ["flux-2-pro", 3, { input_image: "AQID", input_image_2: "AQID", input_image_3: "AQID" }],
    ["flux-2-klein-4b", 1, { input_image: "AQID" }],
    ["flux-kontext-pro", 2, { input_image: "AQID", input_image_2: "AQID" }],
  ])("gives %s its %i pictures", async (model, count, fields) => {
    const images = Array.from({ length: count }, () => PICTURE);
    await call.submit({ ...requestFor(`black-forest-labs:${model}`), images });
    expect(fake.submissions[0]?.body).toEqual({ prompt: IMAGE.prompt, ...fields });
  });

  test("sends nothing where there are more pictures than the model takes", async () => {
    const images = Array.from({ length: 5 }, () => PICTURE);
    const failure = await call.failure({ ...requestFor("black-forest-labs:flux-2-klein-4b"), images });
    expect(failure).toMatchObject({ code: "bad_request", billed: "no", isTransient: false });
    expect(failure.detail.fr).toContain("au plus 4");
    expect(fake.calls).toEqual([]);
  });

  test.each(["https://api.bfl.ai/v1/get_result?id=other", "string", ""])(
    "asks the address that stands in for the vendor, whatever it answers with: %s",
    async (pollingUrl) => {
      const proxy = await startFakeBlackForestLabs("success", { pollingUrl });
      const trusting = createOutbound({ trustedOrigins: [proxy.url] });
      const config = { apiKey: FAKE_BFL_KEY, baseUrl: `${proxy.url}/v1` };
      const output = await new CallUnderTest(createBlackForestLabsProvider(trusting), config).submit(IMAGE);
      await trusting.close();
      await proxy.stop();
      expect(output).toMatchObject({ usage: { images: 1 }, reportedNanoUsd: 40_000_000 });
      const asked = proxy.calls.filter(({ kind }) => kind === "poll").map(({ path }) => path);
      expect(asked).toEqual(["/v1/get_result?id=job-1", "/v1/get_result?id=job-1"]);
    },
  );

  test("sends its key to no one else", async () => {
    const submission = await call.start(IMAGE);
    expect(submission).toMatchObject({
      state: "job",
      jobId: `job-1#4#${fake.url}/eu/v1/get_result?id=job-1`,
    });
    const asked = await call.poll(`job-1#4#${other.url}/v1/get_result?id=job-1`, IMAGE);
    expect(asked).toMatchObject({ state: "job", progress: 0.5 });
    expect(other.calls).toEqual([]);
    expect(fake.calls.at(-1)).toMatchObject({ path: "/v1/get_result?id=job-1" });
  });

  test.each([
    ["flux-../../x", []],
    ["flux-2?a=#", ["/v1/flux-2%3Fa%3D%23"]],
  ])("goes nowhere else by the model’s id %s", async (modelId, paths) => {
    expect(await call.failure({ ...IMAGE, modelId })).toMatchObject({ billed: "no" });
    expect(fake.calls.map(({ path }) => path)).toEqual(paths);
  });
});
