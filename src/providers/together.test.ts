import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pngOf } from "../../test/support/fake-files.ts";
import { FAKE_TEXT, type FakeServer } from "../../test/support/fake-server.ts";
import { FAKE_TOGETHER_KEY, startFakeTogether } from "../../test/support/fake-together.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";
import { createTogetherProvider } from "./together.ts";

const TEXT = requestFor("together:openai/gpt-oss-120b", {
  parameters: { max_output_tokens: 500, reasoning_effort: "low", temperature: 0.5 },
});
const IMAGE = requestFor("together:black-forest-labs/FLUX.2-pro", {
  parameters: { size: "1344x768", seed: 7, format: "png" },
});

describeProvider("together", {
  create: createTogetherProvider,
  startFake: () => startFakeTogether(),
  basePath: "/v1",
  apiKey: FAKE_TOGETHER_KEY,
  requests: [TEXT, IMAGE],
});

describe("together", () => {
  let fake: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(async () => {
    fake = await startFakeTogether();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    const config = { apiKey: FAKE_TOGETHER_KEY, baseUrl: `${fake.url}/v1` };
    call = new CallUnderTest(createTogetherProvider(outbound), config);
  });

  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("streams a text and meters it", async () => {
    const output = await call.submit(TEXT);
    expect(output.text).toBe(FAKE_TEXT);
    expect(output.usage).toMatchObject({
      inputTokens: 40,
      outputTokens: 30 + Math.ceil(FAKE_TEXT.length / 4),
    });
    expect(fake.calls[0]?.body).toMatchObject({
      model: "openai/gpt-oss-120b",
      max_tokens: 500,
      temperature: 0.5,
      reasoning_effort: "low",
    });
  });

  test("asks for one picture, as bytes, with nothing that was not given", async () => {
    const output = await call.submit(IMAGE);
    expect(fake.calls[0]?.body).toEqual({
      model: "black-forest-labs/FLUX.2-pro",
      prompt: IMAGE.prompt,
      n: 1,
      width: 1_344,
      height: 768,
      seed: 7,
      output_format: "png",
      response_format: "base64",
    });
    expect(output).toMatchObject({
      files: [{ content: { bytes: pngOf(1_344, 768) }, mediaType: "image/png" }],
      usage: { images: 1 },
    });
  });

  test("changes pictures that it is given: one by FLUX.1 Kontext, several by all others", async () => {
    const picture = { mediaType: "image/png", bytes: pngOf(8, 8) };
    await call.submit({ ...IMAGE, images: [picture, picture] });
    expect(fake.calls[0]?.body).toHaveProperty("reference_images.length", 2);
    const modelId = "black-forest-labs/FLUX.1-kontext-pro";
    await call.submit({ ...IMAGE, modelId, images: [picture] });
    expect(fake.calls[1]?.body).toHaveProperty("image_url");
    expect(fake.calls[1]?.body).not.toHaveProperty("reference_images");
  });

  test("sends nothing where FLUX.1 Kontext is given more than its one picture", async () => {
    const picture = { mediaType: "image/png", bytes: pngOf(8, 8) };
    const modelId = "black-forest-labs/FLUX.1-kontext-pro";
    const failure = await call.failure({ ...IMAGE, modelId, images: [picture, picture] });
    expect(failure).toMatchObject({ code: "bad_request", billed: "no" });
    expect(fake.calls).toEqual([]);
  });

  test("takes a picture from its address where the answer gives that", async () => {
    const giving = await startFakeTogether({ gives: "url" });
    const trusting = createOutbound({ trustedOrigins: [giving.url] });
    const config = { apiKey: FAKE_TOGETHER_KEY, baseUrl: `${giving.url}/v1` };
    const output = await new CallUnderTest(createTogetherProvider(trusting), config).submit(IMAGE);
    await trusting.close();
    await giving.stop();
    expect(output.files).toMatchObject([{ content: { bytes: new Uint8Array(pngOf(1_344, 768)) } }]);
    expect(giving.paidCalls).toBe(1);
  });

  test("counts an answer without a picture as billed", async () => {
    fake.play("empty");
    expect(await call.failure(IMAGE)).toMatchObject({ code: "unknown", billed: "yes" });
  });
});
