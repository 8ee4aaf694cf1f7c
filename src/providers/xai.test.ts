import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pngOf } from "../../test/support/fake-files.ts";
import { FAKE_TEXT, type FakeServer } from "../../test/support/fake-server.ts";
import { FAKE_XAI_KEY, startFakeXai } from "../../test/support/fake-xai.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";
import { createXaiProvider } from "./xai.ts";

const PICTURE = { mediaType: "image/png", bytes: new Uint8Array([1, 2, 3]) };
const DATA_URL = "data:image/png;base64,AQID";

const TEXT = requestFor("xai:grok-4.7", { parameters: { max_output_tokens: 500, reasoning_effort: "low" } });
const IMAGE = requestFor("xai:grok-imagine-image-2.0", {
  parameters: { aspect_ratio: "16:9", resolution: "1k", quality: "medium" },
});
const EDIT = { ...IMAGE, modelId: "grok-imagine-image", parameters: {}, images: [PICTURE] };
const SPEECH = requestFor("xai:grok-tts", { parameters: { voice: "ara", language: "fr", speed: 1.1 } });
const VIDEO = requestFor("xai:grok-imagine-video-1.5", {
  parameters: { duration: 5, aspect_ratio: "16:9", resolution: "720p" },
});
const VIDEO_FROM_PICTURE = { ...VIDEO, modelId: "grok-imagine-video", parameters: {}, images: [PICTURE] };

describeProvider("xai", {
  create: createXaiProvider,
  startFake: () => startFakeXai(),
  basePath: "/v1",
  apiKey: FAKE_XAI_KEY,
  requests: [TEXT, IMAGE, EDIT, SPEECH, VIDEO, VIDEO_FROM_PICTURE],
  hasJobs: ["video"],
  hasResultUrls: ["video"],
});

describe("xai", () => {
  let fake: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(async () => {
    fake = await startFakeXai();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    const config = { apiKey: FAKE_XAI_KEY, baseUrl: `${fake.url}/v1` };
    call = new CallUnderTest(createXaiProvider(outbound), config);
  });

  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("streams a text, counts what was thought, and takes the vendor’s own cost", async () => {
    const output = await call.submit({ ...TEXT, images: [PICTURE] });
    expect(output.text).toBe(FAKE_TEXT);
    expect(call.deltas.length).toBeGreaterThan(3);
    expect(output.usage).toEqual({
      inputTokens: 40,
      cachedInputTokens: 8,
      outputTokens: Math.ceil(FAKE_TEXT.length / 4) + 25,
    });
    expect(output.reportedNanoUsd).toBe(3_775_601);
    expect(fake.calls[0]?.body).toMatchObject({
      model: "grok-4.7",
      max_completion_tokens: 500,
      reasoning_effort: "low",
      messages: [{ content: [{ type: "text" }, { type: "image_url", image_url: { url: DATA_URL } }] }],
    });
    expect(fake.calls[0]?.body).not.toHaveProperty("max_tokens");
  });

  test("does not take the first half of a text for the whole", async () => {
    fake.play("truncated");
    const failure = await call.failure(TEXT);
    expect(failure.billed).not.toBe("no");
    expect(failure.isTransient).toBe(false);
    expect(fake.submissions).toHaveLength(1);
  });

  test("draws one picture, with its parameters, and takes the vendor’s own cost", async () => {
    expect(await call.submit(IMAGE)).toMatchObject({ usage: { images: 1 }, reportedNanoUsd: 20_000_000 });
    expect(fake.calls[0]).toMatchObject({
      path: "/v1/images/generations",
      body: { n: 1, aspect_ratio: "16:9", resolution: "1k", quality: "medium", response_format: "b64_json" },
    });
  });

  test("takes a picture from its address where the answer gives that", async () => {
    const giving = await startFakeXai("success", { gives: "url" });
    const trusting = createOutbound({ trustedOrigins: [giving.url] });
    const config = { apiKey: FAKE_XAI_KEY, baseUrl: `${giving.url}/v1` };
    const output = await new CallUnderTest(createXaiProvider(trusting), config).submit(IMAGE);
    await trusting.close();
    await giving.stop();
    expect(output.files).toMatchObject([{ content: { bytes: new Uint8Array(pngOf(64, 64)) } }]);
    expect(output.reportedNanoUsd).toBe(20_000_000);
    expect(giving.paidCalls).toBe(1);
  });

  test("changes one picture, or several together", async () => {
    await call.submit(EDIT);
    await call.submit({ ...EDIT, images: [PICTURE, PICTURE] });
    const typed = { type: "image_url", url: DATA_URL };
    expect(fake.submissions.map(({ path }) => path)).toEqual(["/v1/images/edits", "/v1/images/edits"]);
    expect(fake.submissions[0]?.body).toMatchObject({ image: typed });
    expect(fake.submissions[1]?.body).toMatchObject({ images: [typed, typed] });
  });

  test("speaks, and says when each word is spoken", async () => {
    const output = await call.submit({ ...SPEECH, prompt: "The sea." });
    expect(output.words).toEqual([
      { word: "The", start: 0, end: 0.3 },
      { word: "sea.", start: 0.4, end: 0.8 },
    ]);
    expect(output.usage).toEqual({ characters: 8 });
    expect(fake.calls[0]?.body).toMatchObject({
      voice_id: "ara",
      language: "fr",
      speed: 1.1,
      output_format: { codec: "mp3" },
    });
  });

  test("films from a text, a picture or several pictures, and reports seconds and cost", async () => {
    const output = await call.submit(VIDEO);
    expect(output).toMatchObject({ usage: { videoSeconds: 5 }, reportedNanoUsd: 401_000_000 });
    await call.submit(VIDEO_FROM_PICTURE);
    await call.submit({ ...VIDEO_FROM_PICTURE, images: [PICTURE, PICTURE] });
    const [plain, one, several] = fake.submissions.map(({ body }) => body);
    expect(plain).toMatchObject({ duration: 5, aspect_ratio: "16:9", resolution: "720p" });
    expect(plain).not.toHaveProperty("image");
    expect(one).toMatchObject({ image: { url: DATA_URL } });
    expect(several).toMatchObject({ reference_images: [{ url: DATA_URL }, { url: DATA_URL }] });
    expect(several).not.toHaveProperty("image");
  });

  test.each([
    [8, "720p", "takes 7 picture(s) at most"],
    [2, "1080p", "720p is the most"],
  ])("sends nothing for %i pictures at %s", async (count, resolution, words) => {
    const images = Array.from({ length: count }, () => PICTURE);
    const failure = await call.failure({ ...VIDEO, parameters: { ...VIDEO.parameters, resolution }, images });
    expect(failure).toMatchObject({ code: "bad_request", billed: "no", isTransient: false });
    expect(failure.detail.en).toContain(words);
    expect(fake.calls).toEqual([]);
  });

  test("films one picture at 1080p", async () => {
    const parameters = { ...VIDEO.parameters, resolution: "1080p" };
    await call.submit({ ...VIDEO, parameters, images: [PICTURE] });
    expect(fake.submissions[0]?.body).toMatchObject({ resolution: "1080p", image: { url: DATA_URL } });
  });

  test("counts a film that is held back as billed, for what the vendor says", async () => {
    fake.play("job_refused");
    expect(await call.failure(VIDEO)).toMatchObject({
      code: "content_refused",
      billed: "yes",
      cost: { nanoUsd: 401_000_000, basis: "reported" },
    });
  });

  test("counts a film that failed without a cost as not billed", async () => {
    fake.play("job_fails");
    expect(await call.failure(VIDEO)).toMatchObject({ code: "unavailable", billed: "no", cost: null });
  });

  test("asks for JSON by its schema", async () => {
    const outputSchema = { type: "object", properties: { title: { type: "string" } } };
    await call.submit({ ...TEXT, outputSchema });
    expect(fake.calls[0]).toMatchObject({
      body: { response_format: { type: "json_schema", json_schema: { schema: outputSchema } } },
    });
  });
});
