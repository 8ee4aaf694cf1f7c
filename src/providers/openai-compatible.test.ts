import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mp3Of, pngOf } from "../../test/support/fake-files.ts";
import {
  FAKE_COMPATIBLE_KEY,
  startFakeOpenaiCompatible,
  type FakeCompatibleOptions,
} from "../../test/support/fake-openai-compatible.ts";
import { FAKE_TEXT, type FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { createOpenaiCompatibleProvider } from "./openai-compatible.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";

const audio = { mediaType: "audio/mpeg", bytes: mp3Of(1) };
const image = { mediaType: "image/png", bytes: pngOf(8, 8) };
const TRANSCRIPT = requestFor("openai-compatible:whisper-large-v3", { audio });
const PICTURE = requestFor("openai-compatible:flux.1-schnell");
const TEXT = requestFor("openai-compatible:qwen3-8b");
const SPEECH = requestFor("openai-compatible:tts-1");

describeProvider("openai-compatible", {
  create: (outbound) => createOpenaiCompatibleProvider(outbound, "openai-compatible"),
  startFake: startFakeOpenaiCompatible,
  basePath: "/v1",
  apiKey: FAKE_COMPATIBLE_KEY,
  requests: [TEXT, PICTURE, SPEECH, TRANSCRIPT],
});

describe("where pictures come as addresses", () => {
  describeProvider("openai-compatible", {
    create: (outbound) => createOpenaiCompatibleProvider(outbound, "openai-compatible"),
    startFake: () => startFakeOpenaiCompatible({ pictures: "address" }),
    basePath: "/v1",
    apiKey: FAKE_COMPATIBLE_KEY,
    requests: [{ ...PICTURE, images: [image] }],
    hasResultUrls: ["image"],
  });
});

describe("a server that speaks OpenAI's language", () => {
  let fake: FakeServer;
  let outbound: Outbound;

  beforeEach(() => start());
  afterEach(() => stop());

  async function start(options: FakeCompatibleOptions = {}): Promise<void> {
    fake = await startFakeOpenaiCompatible({ apiKey: null, ...options });
    outbound = createOutbound({ trustedOrigins: [fake.url] });
  }

  async function stop(): Promise<void> {
    await outbound.close();
    await fake.stop();
  }

  function callTo(baseUrl: string, apiKey: string | null = null): CallUnderTest {
    const provider = createOpenaiCompatibleProvider(outbound, "openai-compatible");
    return new CallUnderTest(provider, { apiKey, baseUrl });
  }

  test.each(["", "/", "/v1", "/v1/"])(
    "is found at an address that ends in “%s”, without a key",
    async (end) => {
      const output = await callTo(fake.url + end).submit(TEXT);
      expect(output.text).toContain("what the model wrote");
      expect(output.usage).toMatchObject({
        inputTokens: 40,
        outputTokens: 30 + Math.ceil(FAKE_TEXT.length / 4),
      });
      expect(fake.calls.map(({ path }) => path)).toEqual(["/v1/chat/completions"]);
      expect(fake.calls[0]?.headers).not.toHaveProperty("authorization");
    },
  );

  test("is sent a text's parameters and pictures", async () => {
    const parameters = { max_output_tokens: 200, temperature: 0.5, seed: 7, reasoning_effort: "low" };
    await callTo(fake.url).submit({ ...TEXT, parameters, images: [image] });
    expect(fake.submissions[0]?.body).toMatchObject({
      model: "qwen3-8b",
      max_tokens: 200,
      temperature: 0.5,
      seed: 7,
      reasoning_effort: "low",
      messages: [{ content: [{ type: "text" }, { type: "image_url" }] }],
    });
  });

  test("is sent nothing of a picture or voice that was not asked for", async () => {
    await callTo(fake.url).submit(PICTURE);
    await callTo(fake.url).submit(SPEECH);
    expect(fake.submissions.map(({ body }) => body)).toEqual([
      { model: "flux.1-schnell", prompt: PICTURE.prompt, n: 1 },
      { model: "tts-1", input: SPEECH.prompt },
    ]);
  });

  test("is sent what was asked of a picture and of a voice", async () => {
    await callTo(fake.url).submit({ ...PICTURE, parameters: { size: "512x512", quality: "high" } });
    const parameters = { voice: "af_bella", format: "wav", speed: 1.5 };
    await callTo(fake.url).submit({ ...SPEECH, parameters, instructions: "Softly." });
    expect(fake.submissions.map(({ body }) => body)).toEqual([
      { model: "flux.1-schnell", prompt: PICTURE.prompt, n: 1, size: "512x512", quality: "high" },
      {
        model: "tts-1",
        input: SPEECH.prompt,
        voice: "af_bella",
        response_format: "wav",
        speed: 1.5,
        instructions: "Softly.",
      },
    ]);
  });

  test("changes pictures that it is sent", async () => {
    await callTo(fake.url).submit({ ...PICTURE, images: [image] });
    expect(fake.submissions[0]).toMatchObject({
      path: "/v1/images/edits",
      body: { image: { type: "image/png", size: image.bytes.byteLength } },
    });
  });

  test("tells when words are spoken where the model is Whisper", async () => {
    const output = await callTo(fake.url).submit({ ...TRANSCRIPT, parameters: { language: "en" } });
    expect(fake.calls[0]).toMatchObject({ body: { prompt: TRANSCRIPT.prompt } });
    expect(output).toMatchObject({ text: "The sea is wide.", usage: { audioSeconds: 2.5 } });
    expect(output.words?.[1]).toEqual({ word: "sea", start: 0.5, end: 0.9 });
    expect(fake.submissions[0]?.body).toMatchObject({
      language: "en",
      "timestamp_granularities[]": "word",
      file: { type: "audio/mpeg", size: audio.bytes.byteLength },
    });
  });

  test("asks another model for the words alone", async () => {
    const output = await callTo(fake.url).submit({ ...TRANSCRIPT, modelId: "gpt-4o-transcribe" });
    expect(output).toEqual({ text: "The sea is wide.", files: [], usage: { audioSeconds: 3 } });
  });

  test.each(["address", "path"] as const)(
    "hands pictures over by %s, also under another name",
    async (pictures) => {
      await stop();
      await start({ pictures, apiKey: FAKE_COMPATIBLE_KEY });
      const named = fake.url.replace("127.0.0.1", "localhost");
      await outbound.close();
      outbound = createOutbound({ trustedOrigins: [named] });
      const output = await callTo(named, FAKE_COMPATIBLE_KEY).submit(PICTURE);
      expect(output.files).toHaveLength(1);
      expect(fake.calls[1]).toMatchObject({
        kind: "file",
        headers: { authorization: `Bearer ${FAKE_COMPATIBLE_KEY}` },
      });
    },
  );

  test("goes to no other server of the person’s own for a picture", async () => {
    const other = await startFakeOpenaiCompatible({ apiKey: null });
    await stop();
    await start({ pictures: { url: `${other.url}/fake-files/1` }, apiKey: FAKE_COMPATIBLE_KEY });
    await outbound.close();
    outbound = createOutbound({ trustedOrigins: [fake.url, other.url] });
    const failure = await callTo(fake.url, FAKE_COMPATIBLE_KEY).failure(PICTURE);
    expect(failure).toMatchObject({ billed: "yes" });
    expect(failure.detail.en).toContain("private network");
    expect(other.calls).toEqual([]);
    await other.stop();
  });
});
