import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pngOf } from "../../test/support/fake-files.ts";
import { FAKE_RECRAFT_KEY, startFakeRecraft } from "../../test/support/fake-recraft.ts";
import type { FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";
import { createRecraftProvider } from "./recraft.ts";

const IMAGE = requestFor("recraft:recraftv4_1");
const PICTURE = { mediaType: "image/png", bytes: Uint8Array.from([1, 2, 3]) };
const CHANGED = { ...requestFor("recraft:recraftv3"), images: [PICTURE] };

describeProvider("recraft", {
  create: createRecraftProvider,
  startFake: startFakeRecraft,
  basePath: "/v1",
  apiKey: FAKE_RECRAFT_KEY,
  requests: [IMAGE, CHANGED],
});

describe("recraft", () => {
  let fake: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(async () => {
    fake = await startFakeRecraft();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    const config = { apiKey: FAKE_RECRAFT_KEY, baseUrl: `${fake.url}/v1` };
    call = new CallUnderTest(createRecraftProvider(outbound), config);
  });

  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("puts the parameters into the vendor’s fields, and takes the cost from the answer", async () => {
    const parameters = { size: "1344x768", style: "Clay", seed: 7, format: "webp" };
    const { files, reportedNanoUsd } = await call.submit({ ...IMAGE, parameters });
    expect(reportedNanoUsd).toBe(35_000_000);
    expect(files).toMatchObject([{ mediaType: "image/webp" }]);
    expect(fake.submissions[0]?.body).toEqual({
      model: "recraftv4_1",
      prompt: IMAGE.prompt,
      n: 1,
      size: "1344x768",
      style: "Clay",
      random_seed: 7,
      image_format: "webp",
      response_format: "b64_json",
    });
  });

  test("changes a picture by as much as is asked for, in its own size", async () => {
    await call.submit({ ...CHANGED, parameters: { strength: 0.2, size: "1024x1024" } });
    expect(fake.submissions[0]).toMatchObject({
      path: "/v1/images/imageToImage",
      body: { image_url: "data:image/png;base64,AQID", strength: 0.2 },
    });
    expect(fake.submissions[0]?.body).not.toHaveProperty("size");
  });

  test("takes a picture from its address where the answer gives that", async () => {
    const giving = await startFakeRecraft("success", { gives: "url" });
    const trusting = createOutbound({ trustedOrigins: [giving.url] });
    const config = { apiKey: FAKE_RECRAFT_KEY, baseUrl: `${giving.url}/v1` };
    const output = await new CallUnderTest(createRecraftProvider(trusting), config).submit(IMAGE);
    await trusting.close();
    await giving.stop();
    expect(output.files).toMatchObject([{ content: { bytes: new Uint8Array(pngOf(64, 64)) } }]);
    expect(giving.paidCalls).toBe(1);
  });

  test("sends nothing where there are more pictures than one", async () => {
    const failure = await call.failure({ ...CHANGED, images: [PICTURE, PICTURE] });
    expect(failure).toMatchObject({ code: "bad_request", billed: "no" });
    expect(fake.calls).toEqual([]);
  });
});
