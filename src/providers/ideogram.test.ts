import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAKE_IDEOGRAM_KEY, startFakeIdeogram } from "../../test/support/fake-ideogram.ts";
import type { FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { createIdeogramProvider } from "./ideogram.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";

const IDEOGRAM_3 = requestFor("ideogram:ideogram-v3");
const IDEOGRAM_4 = requestFor("ideogram:ideogram-4-5");
const PICTURE = { mediaType: "image/jpeg", bytes: Uint8Array.from([1, 2, 3]) };

describeProvider("ideogram", {
  create: createIdeogramProvider,
  startFake: startFakeIdeogram,
  basePath: "",
  apiKey: FAKE_IDEOGRAM_KEY,
  requests: [IDEOGRAM_3, { ...IDEOGRAM_3, images: [PICTURE] }, IDEOGRAM_4],
  hasResultUrls: ["image"],
});

describe("ideogram", () => {
  let fake: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(async () => {
    fake = await startFakeIdeogram();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    const config = { apiKey: FAKE_IDEOGRAM_KEY, baseUrl: fake.url };
    call = new CallUnderTest(createIdeogramProvider(outbound), config);
  });

  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("puts the parameters into the words of version 3", async () => {
    const parameters = {
      aspect_ratio: "16:9",
      quality: "turbo",
      style: "design",
      negative_prompt: "people",
      seed: 7,
    };
    await call.submit({ ...IDEOGRAM_3, parameters });
    expect(fake.submissions[0]?.path).toBe("/v1/ideogram-v3/generate");
    expect(fake.submissions[0]?.body).toEqual({
      prompt: IDEOGRAM_3.prompt,
      num_images: 1,
      aspect_ratio: "16x9",
      rendering_speed: "TURBO",
      style_type: "DESIGN",
      negative_prompt: "people",
      seed: 7,
    });
  });

  test("puts the parameters into the words of version 4.5", async () => {
    const parameters = { size: "2560x1440", quality: "low", seed: 7 };
    await call.submit({ ...IDEOGRAM_4, parameters });
    expect(fake.submissions[0]?.path).toBe("/v2/image/generate/ideogram-4-5");
    expect(fake.submissions[0]?.body).toEqual({ prompt: IDEOGRAM_4.prompt, num_images: 1, ...parameters });
  });

  test("starts from a picture, of which more stays the less it is to be changed", async () => {
    await call.submit({ ...IDEOGRAM_3, parameters: { strength: 0.2 }, images: [PICTURE] });
    expect(fake.submissions[0]?.path).toBe("/v1/ideogram-v3/remix");
    expect(fake.submissions[0]?.body).toEqual({
      prompt: IDEOGRAM_3.prompt,
      num_images: "1",
      image_weight: "80",
      image: { type: "image/jpeg", size: 3 },
    });
  });

  test("sends nothing where a model takes no picture", async () => {
    const failure = await call.failure({ ...IDEOGRAM_4, images: [PICTURE] });
    expect(failure).toMatchObject({ code: "bad_request", billed: "no" });
    expect(fake.calls).toEqual([]);
  });

  test("takes a picture that is held back for a refusal, which is billed", async () => {
    fake.play("empty");
    expect(await call.submit(IDEOGRAM_3)).toEqual({ files: [], usage: { images: 1 }, refusal: "" });
    expect(fake.calls.filter(({ kind }) => kind === "file")).toEqual([]);
  });

  test.each([
    ["ideogram-4/../../x", []],
    ["ideogram-4?a=#", ["/v2/image/generate/ideogram-4%3Fa%3D%23"]],
  ])("goes nowhere else by the model’s id %s", async (modelId, paths) => {
    expect(await call.failure({ ...IDEOGRAM_4, modelId })).toMatchObject({ billed: "no" });
    expect(fake.calls.map(({ path }) => path)).toEqual(paths);
  });
});
