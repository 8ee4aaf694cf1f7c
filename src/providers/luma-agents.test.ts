import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAKE_LUMA_AGENTS_KEY, startFakeLumaAgents } from "../../test/support/fake-luma-agents.ts";
import type { FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { createLumaAgentsProvider } from "./luma-agents.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";

const IMAGE = requestFor("luma-agents:uni-1");
const VIDEO = requestFor("luma-agents:ray-3.2");
const PICTURE = { mediaType: "image/png", bytes: Uint8Array.from([1, 2, 3]) };
const INLINED = { data: "AQID", media_type: "image/png" };

describeProvider("luma-agents", {
  create: createLumaAgentsProvider,
  startFake: startFakeLumaAgents,
  basePath: "/v1",
  apiKey: FAKE_LUMA_AGENTS_KEY,
  requests: [IMAGE, VIDEO],
  hasJobs: ["image", "video"],
  hasResultUrls: ["image", "video"],
});

describe("luma-agents", () => {
  let fake: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(async () => {
    fake = await startFakeLumaAgents();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    const config = { apiKey: FAKE_LUMA_AGENTS_KEY, baseUrl: `${fake.url}/v1` };
    call = new CallUnderTest(createLumaAgentsProvider(outbound), config);
  });

  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("asks for a picture as it is wanted, with pictures to follow", async () => {
    const parameters = { aspect_ratio: "16:9", style: "manga", format: "jpeg" };
    const output = await call.submit({ ...IMAGE, parameters, images: [PICTURE, PICTURE] });
    expect(output.usage).toEqual({ images: 1 });
    expect(fake.submissions[0]?.body).toEqual({
      model: "uni-1",
      prompt: IMAGE.prompt,
      aspect_ratio: "16:9",
      type: "image",
      style: "manga",
      output_format: "jpeg",
      image_ref: [INLINED, INLINED],
    });
  });

  test("asks for a film of a length, between two pictures", async () => {
    const parameters = { aspect_ratio: "9:16", resolution: "540p", duration: 5, loop: false };
    const output = await call.submit({ ...VIDEO, parameters, images: [PICTURE, PICTURE] });
    expect(output.usage).toEqual({ generations: 1, videoSeconds: 5 });
    expect(output.files).toMatchObject([{ mediaType: "video/mp4" }]);
    expect(fake.submissions[0]?.body).toEqual({
      model: "ray-3.2",
      prompt: VIDEO.prompt,
      aspect_ratio: "9:16",
      type: "video",
      video: { resolution: "540p", duration: "5s", loop: false, start_frame: INLINED, end_frame: INLINED },
    });
  });

  test("does not round a length that there is not", async () => {
    const failure = await call.failure({ ...VIDEO, parameters: { duration: 7 } });
    expect(failure).toMatchObject({ code: "bad_request", billed: "no", isTransient: false });
    expect(failure.detail.en).toContain("5 or 10 seconds");
    expect(fake.calls).toEqual([]);
  });

  test("does not say that a job was cancelled, since it goes on", async () => {
    const submission = await call.start(VIDEO);
    expect(submission.state).toBe("job");
    expect(await call.cancel("job-1")).toBeUndefined();
    expect(fake.calls).toHaveLength(1);
  });
});
