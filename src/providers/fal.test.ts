import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAKE_FAL_KEY, startFakeFal } from "../../test/support/fake-fal.ts";
import { pngOf } from "../../test/support/fake-files.ts";
import type { FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { createFalProvider } from "./fal.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";

const PICTURE = { mediaType: "image/png", bytes: pngOf(32, 32) };
const IMAGE = requestFor("fal:fal-ai/flux-2-pro", { parameters: { size: "1024x1024", format: "png" } });
const FILM = requestFor("fal:fal-ai/veo3.1/fast", {
  parameters: { aspect_ratio: "16:9", resolution: "720p", duration: 8, audio: true },
});
const ANIMATED = requestFor("fal:fal-ai/kling-video/v3/pro/image-to-video", {
  parameters: { duration: 5, audio: false },
  images: [PICTURE],
});

describeProvider("fal", {
  create: createFalProvider,
  startFake: startFakeFal,
  basePath: "",
  apiKey: FAKE_FAL_KEY,
  requests: [IMAGE, FILM, ANIMATED],
  hasJobs: ["image", "video"],
  hasResultUrls: ["image", "video"],
  cancels: ["image", "video"],
});

describe("fal", () => {
  let fake: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(async () => {
    fake = await startFakeFal();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    call = new CallUnderTest(createFalProvider(outbound), { apiKey: FAKE_FAL_KEY, baseUrl: fake.url });
  });
  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("asks below the owner and the app, without the rest of the model’s id", async () => {
    await call.submit(ANIMATED);
    const asked = fake.calls.filter(({ kind }) => kind === "poll").map(({ path }) => path);
    expect(asked).toEqual([
      "/fal-ai/kling-video/requests/job-1/status",
      "/fal-ai/kling-video/requests/job-1/status",
      "/fal-ai/kling-video/requests/job-1",
    ]);
  });

  test("gives parameters the shapes that each model takes", async () => {
    await call.submit(IMAGE);
    await call.submit(FILM);
    await call.submit(ANIMATED);
    const older = "fal:fal-ai/kling-video/v2.5-turbo/pro/image-to-video";
    await call.submit(requestFor(older, { parameters: { duration: 10 }, images: [PICTURE] }));
    expect(fake.submissions.map(({ body }) => body)).toMatchObject([
      { image_size: { width: 1_024, height: 1_024 }, output_format: "png" },
      { duration: "8s", generate_audio: true },
      { duration: "5", generate_audio: false, start_image_url: expect.stringMatching(/^data:image\/png/) },
      { duration: "10", image_url: expect.stringMatching(/^data:image\/png/) },
    ]);
  });

  test("hands all pictures to a model that takes several, and other parameters as they are", async () => {
    const edit = requestFor("fal:fal-ai/nano-banana-pro/edit", {
      parameters: { output_format: "webp", resolution: "2K" },
      images: [PICTURE, PICTURE],
    });
    await call.submit(edit);
    expect(fake.submissions[0]?.body).toMatchObject({ output_format: "webp", resolution: "2K" });
    expect(fake.submissions[0]).toHaveProperty("body.image_urls.length", 2);
  });

  test("measures a film by the length that was asked for", async () => {
    expect((await call.submit(FILM)).usage).toEqual({ generations: 1, videoSeconds: 8 });
    expect((await call.submit({ ...FILM, parameters: {} })).usage).toEqual({ generations: 1 });
  });

  test("takes fal’s own failures for unbilled, and leaves the model’s refusals open", async () => {
    fake.play("job_fails", "job_refused");
    expect(await call.failure(IMAGE)).toMatchObject({ code: "unavailable", billed: "no" });
    expect(await call.failure(IMAGE)).toMatchObject({ code: "content_refused", billed: "unknown" });
  });

  test.each([
    ["fal-ai/flux?fal_webhook=evil.example", ["/fal-ai/flux%3Ffal_webhook%3Devil.example"]],
    ["fal-ai/flux?fal_webhook=https://evil.example", []],
    ["../../x", []],
    ["fal-ai/./x", []],
  ])("goes nowhere else by the model’s id %s", async (modelId, paths) => {
    expect(await call.failure({ ...IMAGE, modelId })).toMatchObject({ billed: "no" });
    expect(fake.calls.map(({ path }) => path)).toEqual(paths);
  });
});
