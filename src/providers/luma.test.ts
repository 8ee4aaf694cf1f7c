import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAKE_LUMA_KEY, startFakeLuma } from "../../test/support/fake-luma.ts";
import type { FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { createLumaProvider } from "./luma.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";

const IMAGE = requestFor("luma:photon-1");
const VIDEO = requestFor("luma:ray-2");
const PICTURE = { mediaType: "image/png", bytes: Uint8Array.from([1, 2, 3]) };

describeProvider("luma", {
  create: createLumaProvider,
  startFake: startFakeLuma,
  basePath: "/dream-machine/v1",
  apiKey: FAKE_LUMA_KEY,
  requests: [IMAGE, VIDEO],
  hasJobs: ["image", "video"],
  hasResultUrls: ["image", "video"],
  cancels: ["image", "video"],
});

describe("luma", () => {
  let fake: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(async () => {
    fake = await startFakeLuma();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    const config = { apiKey: FAKE_LUMA_KEY, baseUrl: `${fake.url}/dream-machine/v1` };
    call = new CallUnderTest(createLumaProvider(outbound), config);
  });

  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("asks for a picture as it is wanted", async () => {
    const parameters = { aspect_ratio: "21:9", format: "jpeg" };
    const output = await call.submit({ ...IMAGE, parameters });
    expect(output.usage).toEqual({ images: 1 });
    expect(output.files).toMatchObject([{ mediaType: "image/png" }]);
    expect(fake.submissions).toMatchObject([{ method: "POST", path: "/dream-machine/v1/generations/image" }]);
    expect(fake.submissions[0]?.body).toEqual({
      model: "photon-1",
      prompt: IMAGE.prompt,
      aspect_ratio: "21:9",
      format: "jpg",
    });
  });

  test("asks for a film of a length", async () => {
    const parameters = { aspect_ratio: "9:16", resolution: "1080p", duration: 9, loop: true };
    const output = await call.submit({ ...VIDEO, parameters });
    expect(output.usage).toEqual({ generations: 1, videoSeconds: 9 });
    expect(output.files).toMatchObject([{ mediaType: "video/mp4" }]);
    expect(fake.submissions).toMatchObject([{ method: "POST", path: "/dream-machine/v1/generations/video" }]);
    expect(fake.submissions[0]?.body).toEqual({
      model: "ray-2",
      prompt: VIDEO.prompt,
      aspect_ratio: "9:16",
      resolution: "1080p",
      duration: "9s",
      loop: true,
    });
  });

  test("does not round a length that there is not", async () => {
    const failure = await call.failure({ ...VIDEO, parameters: { duration: 7 } });
    expect(failure).toMatchObject({ code: "bad_request", billed: "no", isTransient: false });
    expect(failure.detail.en).toContain("5 or 9 seconds");
    expect(fake.calls).toEqual([]);
  });

  test("sends nothing where a picture goes in, which has no public address", async () => {
    const failure = await call.failure({ ...VIDEO, images: [PICTURE] });
    expect(failure).toMatchObject({ code: "bad_request", billed: "no", isTransient: false });
    expect(fake.calls).toEqual([]);
  });

  test("does not count a generation that failed as billed, since it is refunded", async () => {
    fake.play("job_fails");
    const failure = await call.failure(VIDEO);
    expect(failure).toMatchObject({ code: "unavailable", billed: "no" });
    expect(failure.detail.en).toContain("Job failed");
  });

  test("does not know what a generation costs that it has deleted", async () => {
    const submission = await call.start(VIDEO);
    if (submission.state !== "job") throw new Error("no job");
    expect(await call.cancel(submission.jobId)).toBe(true);
    expect(fake.calls.at(-1)).toMatchObject({
      method: "DELETE",
      path: `/dream-machine/v1/generations/${submission.jobId}`,
    });
    const state = await call.poll(submission.jobId, VIDEO);
    expect(state).toMatchObject({ state: "failed", failure: { billed: "unknown" } });
  });

  test("leaves a generation alone that is made and paid for", async () => {
    const submission = await call.start(VIDEO);
    if (submission.state !== "job") throw new Error("no job");
    await call.poll(submission.jobId, VIDEO);
    expect(await call.cancel(submission.jobId)).toBe(false);
    expect(fake.calls.map(({ method }) => method)).not.toContain("DELETE");
    expect(await call.poll(submission.jobId, VIDEO)).toMatchObject({ state: "done" });
  });
});
