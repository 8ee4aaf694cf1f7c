import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAKE_RUNWAY_KEY, startFakeRunway } from "../../test/support/fake-runway.ts";
import { pngOf } from "../../test/support/fake-files.ts";
import type { FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";
import { createRunwayProvider } from "./runway.ts";

const PICTURE = { mediaType: "image/png", bytes: pngOf(32, 32) };
const FILM = requestFor("runway:gen4.5", { parameters: { aspect_ratio: "16:9", duration: 5 } });
const ANIMATED = requestFor("runway:gen4_turbo", {
  parameters: { aspect_ratio: "1:1", duration: 5 },
  images: [PICTURE],
});
const IMAGE = requestFor("runway:gen4_image", { parameters: { aspect_ratio: "16:9", resolution: "1080p" } });

describeProvider("runway", {
  create: createRunwayProvider,
  startFake: startFakeRunway,
  basePath: "",
  apiKey: FAKE_RUNWAY_KEY,
  requests: [FILM, ANIMATED, IMAGE],
  hasJobs: ["video", "image"],
  hasResultUrls: ["video", "image"],
  cancels: ["video", "image"],
});

describe("runway", () => {
  let fake: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(async () => {
    fake = await startFakeRunway();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    call = new CallUnderTest(createRunwayProvider(outbound), {
      apiKey: FAKE_RUNWAY_KEY,
      baseUrl: fake.url,
    });
  });
  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("reports what Runway billed, a cent a credit", async () => {
    const output = await call.submit(FILM);
    expect(output.reportedNanoUsd).toBe(600_000_000);
    expect(output.usage).toMatchObject({ videoSeconds: 5 });
    expect(call.progress).toEqual([0.5]);
  });

  test("makes a film of a picture at the other address", async () => {
    await call.submit(ANIMATED);
    expect(fake.submissions[0]).toMatchObject({
      path: "/v1/image_to_video",
      body: { model: "gen4_turbo", ratio: "960:960", promptImage: expect.stringMatching(/^data:image\/png/) },
    });
  });

  test.each([
    ["a film", { ...ANIMATED, images: [] }, "works from a picture"],
    ["a picture", requestFor("runway:gen4_image_turbo"), "works from a picture"],
    ["a film", { ...ANIMATED, images: [PICTURE, PICTURE] }, "takes 1 picture(s) at most"],
    ["a picture", { ...IMAGE, images: [PICTURE, PICTURE, PICTURE, PICTURE] }, "takes 3 picture(s) at most"],
  ])("sends nothing where %s is given too few or too many pictures", async (_kind, request, words) => {
    const failure = await call.failure(request);
    expect(failure).toMatchObject({ code: "bad_request", billed: "no", isTransient: false });
    expect(failure.detail.en).toContain(words);
    expect(fake.calls).toEqual([]);
  });

  test("draws after up to three pictures", async () => {
    const images = [PICTURE, PICTURE, PICTURE];
    await call.submit({ ...requestFor("runway:gen4_image_turbo"), parameters: IMAGE.parameters, images });
    expect(fake.submissions[0]?.body).toHaveProperty("referenceImages.length", 3);
  });

  test("names formats by their pixels, and takes those that a person writes so", async () => {
    const veo = requestFor("runway:veo3.1", {
      parameters: { aspect_ratio: "9:16", resolution: "1080p", duration: 8, audio: false },
    });
    await call.submit(veo);
    expect(fake.submissions[0]?.body).not.toHaveProperty("resolution");
    await call.submit({ ...FILM, parameters: { ratio: "720:1280", duration: 2 } });
    await call.submit(IMAGE);
    const hailuo = { aspect_ratio: "21:9", resolution: "2K", duration: 6 };
    await call.submit(requestFor("runway:hailuo3", { parameters: hailuo, images: [PICTURE] }));
    expect(fake.submissions.map(({ body }) => body)).toMatchObject([
      { ratio: "1080:1920", audio: false, duration: 8 },
      { ratio: "720:1280" },
      { ratio: "1920:1080" },
      { ratio: "21:9", resolution: "2K" },
    ]);
  });

  test("bills what moderation stopped, as Runway says, and not what was refunded", async () => {
    fake.play("job_refused", "job_fails");
    const refused = await call.failure(FILM);
    expect(refused).toMatchObject({
      code: "content_refused",
      billed: "yes",
      cost: { nanoUsd: 600_000_000, basis: "reported" },
    });
    expect(await call.failure(FILM)).toMatchObject({ code: "unavailable", billed: "no" });
  });

  test("says what Runway found wrong with a request", async () => {
    const failure = await call.failure({ ...FILM, parameters: { aspect_ratio: "16:9", duration: 60 } });
    expect(failure).toMatchObject({ code: "bad_request", billed: "no" });
    expect(failure.detail.en).toContain("Validation of body failed");
  });

  test("leaves a task alone that has ended, since Runway would delete what it made", async () => {
    const submission = await call.start(FILM);
    if (submission.state !== "job") throw new Error("no job");
    await call.poll(submission.jobId, FILM);
    expect(await call.cancel(submission.jobId)).toBe(false);
    expect(fake.calls.filter(({ kind }) => kind === "cancel")).toEqual([]);
    expect(await call.poll(submission.jobId, FILM)).toMatchObject({ state: "done" });
  });
});
