import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pngOf } from "../../test/support/fake-files.ts";
import { FAKE_REPLICATE_KEY, startFakeReplicate } from "../../test/support/fake-replicate.ts";
import type { FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";
import { createReplicateProvider } from "./replicate.ts";

const PICTURE = { mediaType: "image/png", bytes: pngOf(32, 32) };
const IMAGE = requestFor("replicate:black-forest-labs/flux-schnell", {
  parameters: { aspect_ratio: "16:9", format: "jpeg" },
});
const FILM = requestFor("replicate:kwaivgi/kling-v3-video", {
  parameters: { aspect_ratio: "16:9", mode: "pro", duration: 5, audio: false },
  images: [PICTURE],
});
const VERSION =
  "replicate:someone/some-film-video:5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa";

describeProvider("replicate", {
  create: createReplicateProvider,
  startFake: startFakeReplicate,
  basePath: "/v1",
  apiKey: FAKE_REPLICATE_KEY,
  requests: [IMAGE, FILM],
  hasJobs: ["image", "video"],
  hasResultUrls: ["image", "video"],
  cancels: ["image", "video"],
});

describe("replicate", () => {
  let fake: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(async () => {
    fake = await startFakeReplicate();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    const config = { apiKey: FAKE_REPLICATE_KEY, baseUrl: `${fake.url}/v1` };
    call = new CallUnderTest(createReplicateProvider(outbound), config);
  });
  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("gives parameters and pictures the names that models take", async () => {
    await call.submit(IMAGE);
    await call.submit(FILM);
    const edit = requestFor("replicate:black-forest-labs/flux-kontext-pro", { images: [PICTURE] });
    await call.submit(edit);
    const hailuo = requestFor("replicate:minimax/hailuo-2.3", {
      parameters: { duration: 6 },
      images: [PICTURE],
    });
    await call.submit(hailuo);
    expect(fake.submissions.map(({ body }) => body)).toMatchObject([
      { input: { prompt: IMAGE.prompt, aspect_ratio: "16:9", output_format: "jpg" } },
      { input: { duration: 5, mode: "pro", generate_audio: false, start_image: expect.any(String) } },
      { input: { input_image: expect.stringMatching(/^data:image\/png/) } },
      { input: { duration: 6, first_frame_image: expect.any(String) } },
    ]);
  });

  test("never asks Replicate to wait, so that the id comes first", async () => {
    await call.submit(IMAGE);
    expect(fake.submissions[0]?.headers["prefer"]).toBeUndefined();
  });

  test("takes one address and a list of them", async () => {
    expect((await call.submit(IMAGE)).files).toHaveLength(1);
    const single = await call.submit(requestFor("replicate:black-forest-labs/flux-1.1-pro"));
    expect(single).toMatchObject({ usage: { images: 1 }, files: [{ mediaType: "image/png" }] });
  });

  test("calls a version of a model by its whole name, and does not know what its failure costs", async () => {
    fake.play("job_fails");
    const failure = await call.failure(requestFor(VERSION));
    expect(fake.submissions[0]).toMatchObject({
      path: "/v1/predictions",
      body: { version: VERSION.slice("replicate:".length) },
    });
    expect(failure).toMatchObject({ code: "unavailable", billed: "unknown" });
  });

  test("is not billed where an official model fails", async () => {
    fake.play("job_fails");
    expect(await call.failure(FILM)).toMatchObject({ code: "unavailable", billed: "no" });
  });

  test.each([
    ["../deployments/acme/gpu", []],
    ["a/b/../../../../account#", []],
    ["a/b?c=#", ["/v1/models/a/b%3Fc%3D%23/predictions"]],
  ])("goes nowhere else by the model’s id %s", async (modelId, paths) => {
    expect(await call.failure({ ...IMAGE, modelId })).toMatchObject({ billed: "no" });
    expect(fake.calls.map(({ path }) => path)).toEqual(paths);
  });
});
