import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAKE_AUTOMATIC1111_KEY, startFakeAutomatic1111 } from "../../test/support/fake-automatic1111.ts";
import { pngOf } from "../../test/support/fake-files.ts";
import type { FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { createAutomatic1111Provider } from "./automatic1111.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";

const IMAGE = requestFor("automatic1111:sd_xl_base_1.0");
const picture = { mediaType: "image/png", bytes: pngOf(8, 8) };

describeProvider("automatic1111", {
  create: createAutomatic1111Provider,
  startFake: startFakeAutomatic1111,
  basePath: "",
  apiKey: FAKE_AUTOMATIC1111_KEY,
  requests: [IMAGE, { ...IMAGE, images: [picture] }],
});

describe("automatic1111", () => {
  let fake: FakeServer;
  let outbound: Outbound;

  beforeEach(async () => {
    fake = await startFakeAutomatic1111({ apiKey: null });
    outbound = createOutbound({ trustedOrigins: [fake.url] });
  });

  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  function callTo(baseUrl: string): CallUnderTest {
    return new CallUnderTest(createAutomatic1111Provider(outbound), { apiKey: null, baseUrl });
  }

  test.each(["", "/", "/sdapi/v1", "/sdapi/v1/"])("is found at an address that ends in “%s”", async (end) => {
    const output = await callTo(fake.url + end).submit(IMAGE);
    expect(output.files).toHaveLength(1);
    expect(fake.calls.map(({ path }) => path)).toEqual(["/sdapi/v1/txt2img"]);
    expect(fake.calls[0]?.headers).not.toHaveProperty("authorization");
  });

  test("is asked for one picture by the checkpoint, and for nothing that the request does not hold", async () => {
    await callTo(fake.url).submit(IMAGE);
    expect(fake.submissions[0]?.body).toEqual({
      prompt: IMAGE.prompt,
      batch_size: 1,
      n_iter: 1,
      override_settings: { sd_model_checkpoint: "sd_xl_base_1.0" },
    });
  });

  test("is sent every parameter", async () => {
    const parameters = {
      size: "832x1216",
      negative_prompt: "blur",
      seed: 7,
      steps: 30,
      guidance: 5.5,
      sampler: "DPM++ 2M",
    };
    await callTo(fake.url).submit({ ...IMAGE, parameters });
    expect(fake.submissions[0]?.body).toMatchObject({
      width: 832,
      height: 1_216,
      negative_prompt: "blur",
      seed: 7,
      steps: 30,
      cfg_scale: 5.5,
      sampler_name: "DPM++ 2M",
    });
  });

  test("changes a picture as strongly as it is asked to", async () => {
    await callTo(fake.url).submit({ ...IMAGE, images: [picture], parameters: { strength: 0.4 } });
    expect(fake.submissions[0]).toMatchObject({
      path: "/sdapi/v1/img2img",
      body: { init_images: [Buffer.from(picture.bytes).toString("base64")], denoising_strength: 0.4 },
    });
  });
});
