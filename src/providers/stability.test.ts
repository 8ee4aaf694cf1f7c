import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FakeServer } from "../../test/support/fake-server.ts";
import { FAKE_STABILITY_KEY, startFakeStability } from "../../test/support/fake-stability.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";
import { createStabilityProvider } from "./stability.ts";

const ULTRA = requestFor("stability:stable-image-ultra");
const LARGE = requestFor("stability:sd3.5-large");
const PICTURE = { mediaType: "image/png", bytes: Uint8Array.from([1, 2, 3]) };

describeProvider("stability", {
  create: createStabilityProvider,
  startFake: startFakeStability,
  basePath: "",
  apiKey: FAKE_STABILITY_KEY,
  requests: [ULTRA, LARGE],
});

describe("stability", () => {
  let fake: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(async () => {
    fake = await startFakeStability();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    const config = { apiKey: FAKE_STABILITY_KEY, baseUrl: fake.url };
    call = new CallUnderTest(createStabilityProvider(outbound), config);
  });

  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("puts the parameters into the form of the service", async () => {
    const parameters = {
      aspect_ratio: "16:9",
      negative_prompt: "people",
      style: "cinematic",
      seed: 7,
      format: "webp",
    };
    const { files } = await call.submit({ ...requestFor("stability:stable-image-core"), parameters });
    expect(files).toMatchObject([{ mediaType: "image/webp" }]);
    expect(fake.submissions[0]?.path).toBe("/v2beta/stable-image/generate/core");
    expect(fake.submissions[0]?.body).toEqual({
      prompt: ULTRA.prompt,
      aspect_ratio: "16:9",
      negative_prompt: "people",
      style_preset: "cinematic",
      seed: "7",
      output_format: "webp",
    });
  });

  test("names the model where several share an address", async () => {
    await call.submit({ ...LARGE, parameters: { aspect_ratio: "9:16" } });
    expect(fake.submissions[0]).toMatchObject({
      path: "/v2beta/stable-image/generate/sd3",
      body: { model: "sd3.5-large", aspect_ratio: "9:16" },
    });
  });

  test("changes a picture by as much as is asked for", async () => {
    const parameters = { aspect_ratio: "1:1", strength: 0.3 };
    await call.submit({ ...LARGE, parameters, images: [PICTURE] });
    expect(fake.submissions[0]?.body).toEqual({
      prompt: LARGE.prompt,
      model: "sd3.5-large",
      mode: "image-to-image",
      strength: "0.3",
      image: { type: "image/png", size: 3 },
    });
    await call.submit({ ...ULTRA, images: [PICTURE] });
    expect(fake.submissions[1]?.body).toMatchObject({ strength: "0.65", image: { size: 3 } });
  });

  test("sends nothing where a model takes no picture", async () => {
    const failure = await call.failure({ ...requestFor("stability:stable-image-core"), images: [PICTURE] });
    expect(failure).toMatchObject({ code: "bad_request", billed: "no" });
    expect(fake.calls).toEqual([]);
  });

  test("takes a picture that was blurred for a refusal, which is billed", async () => {
    fake.play("empty");
    expect(await call.submit(ULTRA)).toEqual({ files: [], usage: { images: 1 }, refusal: "" });
  });
});
