import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mp3Of, pngOf } from "../../test/support/fake-files.ts";
import { FAKE_OPENAI_KEY, startFakeOpenai } from "../../test/support/fake-openai.ts";
import { FAKE_TEXT, type FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { createOpenaiProvider } from "./openai.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";

const TEXT = requestFor("gpt-4", { parameters: { max_output_tokens: 500, reasoning_effort: "low" } });
const IMAGE = requestFor("dall-e", { parameters: { size: "1792x1024", quality: "high", format: "png" } });
const EDIT = { ...IMAGE, images: [{ mediaType: "image/png", bytes: pngOf(8, 8) }] };
const SPEECH = requestFor("openai-tts", { parameters: { voice: "coral", format: "mp3" } });
const RECORDING = { mediaType: "audio/mpeg", bytes: mp3Of(1) };
const TRANSCRIPT = requestFor("openai:gpt-transcribe", { audio: RECORDING });
const TIMED_TRANSCRIPT = requestFor("openai:whisper-1", { audio: RECORDING });

describeProvider("openai", {
  create: createOpenaiProvider,
  startFake: () => startFakeOpenai(),
  basePath: "/v1",
  apiKey: FAKE_OPENAI_KEY,
  requests: [TEXT, IMAGE, EDIT, SPEECH, TRANSCRIPT, TIMED_TRANSCRIPT],
});

describe("openai", () => {
  let fake: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(async () => {
    fake = await startFakeOpenai();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    const config = { apiKey: FAKE_OPENAI_KEY, baseUrl: `${fake.url}/v1/` };
    call = new CallUnderTest(createOpenaiProvider(outbound), config);
  });

  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("streams a text in many pieces and meters it, the cache and reasoning included", async () => {
    const output = await call.submit(TEXT);
    expect(output.text).toBe(FAKE_TEXT);
    expect(call.deltas.length).toBeGreaterThan(3);
    expect(output.usage).toEqual({
      inputTokens: 40,
      cachedInputTokens: 10,
      outputTokens: 30 + Math.ceil(FAKE_TEXT.length / 4),
    });
    expect(fake.calls[0]).toMatchObject({
      path: "/v1/responses",
      body: {
        model: "gpt-6.2-sol",
        stream: true,
        store: false,
        max_output_tokens: 500,
        reasoning: { effort: "low" },
      },
    });
  });

  test("sends a text that stands alone as it is, and no list of one", async () => {
    await call.submit(TEXT);
    expect(fake.calls[0]?.body).toMatchObject({ input: [{ role: "user", content: TEXT.prompt }] });
    expect(fake.calls).toHaveLength(1);
  });

  test("sends a temperature to a model that takes one", async () => {
    await call.submit(
      requestFor("openai:gpt-4o", { parameters: { max_output_tokens: 100, temperature: 0.5 } }),
    );
    expect(fake.calls[0]?.body).toMatchObject({ model: "gpt-4o", temperature: 0.5 });
  });

  test("shows pictures to a text model", async () => {
    const images = [{ mediaType: "image/png", bytes: pngOf(8, 8) }];
    await call.submit({ ...TEXT, images });
    const shown = {
      type: "input_image",
      detail: "auto",
      image_url: expect.stringMatching(/^data:image\/png;base64,/),
    };
    expect(fake.calls[0]?.body).toMatchObject({ input: [{ content: [{ type: "input_text" }, shown] }] });
  });

  test("asks for one picture at the asked size and quality", async () => {
    const output = await call.submit(IMAGE);
    expect(fake.calls[0]).toMatchObject({
      path: "/v1/images/generations",
      body: { model: "gpt-image-2", n: 1, size: "1792x1024", quality: "high", output_format: "png" },
    });
    expect(fake.calls[0]?.body).not.toHaveProperty("response_format");
    expect(output.files).toEqual([
      { content: { bytes: new Uint8Array(pngOf(1_792, 1_024)) }, mediaType: "image/png" },
    ]);
    expect(output.usage).toEqual({ inputTokens: 50, imageInputTokens: 0, outputTokens: 1_000, images: 1 });
  });

  test("changes a picture that it is given", async () => {
    const output = await call.submit(EDIT);
    expect(fake.calls).toHaveLength(1);
    expect(fake.calls[0]).toMatchObject({
      path: "/v1/images/edits",
      body: { n: "1", size: "1792x1024", quality: "high", output_format: "png" },
    });
    expect(output.files).toHaveLength(1);
    expect(output.usage).toEqual({ inputTokens: 250, imageInputTokens: 200, outputTokens: 1_000, images: 1 });
  });

  test("combines several pictures", async () => {
    const images = [...EDIT.images, { mediaType: "image/png", bytes: pngOf(16, 16) }];
    await call.submit({ ...EDIT, images });
    expect(fake.calls[0]?.body).toMatchObject({ "image[]": { type: "image/png" } });
  });

  test("speaks with a voice and an instruction, and counts characters", async () => {
    const output = await call.submit({ ...SPEECH, prompt: "Été 🌊", instructions: "Slowly." });
    expect(fake.calls[0]).toMatchObject({
      path: "/v1/audio/speech",
      body: {
        model: "gpt-4o-mini-tts",
        input: "Été 🌊",
        voice: "coral",
        response_format: "mp3",
        instructions: "Slowly.",
      },
    });
    expect(output.usage).toEqual({ characters: 5 });
    expect(output.files[0]?.mediaType).toBe("audio/mpeg");
  });

  test("writes down a recording, and says how much of it is billed", async () => {
    const output = await call.submit({ ...TRANSCRIPT, parameters: { language: "en" } });
    expect(fake.calls[0]).toMatchObject({
      path: "/v1/audio/transcriptions",
      body: {
        model: "gpt-transcribe",
        file: { type: "audio/mpeg", size: RECORDING.bytes.byteLength },
        "languages[]": "en",
      },
    });
    expect(output).toEqual({ text: "The sea.", files: [], usage: { audioSeconds: 2 } });
  });

  test.each([
    ["gpt-transcribe", "Relais, Noël", "Relais, Noël"],
    ["whisper-1", "Relais, Noël", "Relais, Noël"],
    ["whisper-1", "", undefined],
    ["gpt-4o-transcribe-diarize", "Relais, Noël", undefined],
  ])("tells %s how to spell where it takes that: %j", async (modelId, prompt, sent) => {
    await call.submit({ ...TRANSCRIPT, modelId, prompt });
    expect(fake.calls[0]).toHaveProperty("body");
    expect(Object(fake.calls[0]?.body)["prompt"]).toBe(sent);
  });

  test("asks Whisper when each word is spoken", async () => {
    const output = await call.submit({ ...TIMED_TRANSCRIPT, parameters: { language: "en" } });
    expect(fake.calls[0]?.body).toMatchObject({
      response_format: "verbose_json",
      "timestamp_granularities[]": "word",
      language: "en",
    });
    expect(output.words).toEqual([
      { word: "The", start: 0.1, end: 0.3 },
      { word: "sea", start: 0.4, end: 0.9 },
    ]);
    expect(output.usage).toEqual({ audioSeconds: 2 });
  });

  test("meters an older transcript in tokens", async () => {
    const output = await call.submit(requestFor("openai:gpt-4o-transcribe", { audio: RECORDING }));
    expect(output.usage).toEqual({ inputTokens: 14, outputTokens: 3 });
    expect(output.words).toBeUndefined();
  });

  test("takes silence for a transcript without words", async () => {
    fake.play("empty");
    expect(await call.submit(TIMED_TRANSCRIPT)).toMatchObject({ text: "", words: [] });
  });

  test("sends nothing where there is no recording", async () => {
    const failure = await call.failure({ ...TRANSCRIPT, audio: null });
    expect(failure).toMatchObject({ code: "bad_request", billed: "no", isTransient: false });
    expect(fake.calls).toEqual([]);
  });

  test("says that a text was declined, with what it cost in tokens", async () => {
    fake.play("refused");
    const output = await call.submit(TEXT);
    expect(output.refusal).toBeDefined();
    expect(output.usage.outputTokens).toBeGreaterThan(0);
  });

  test.each([IMAGE, EDIT, SPEECH, TRANSCRIPT])(
    "says unbilled that content was declined: $modality",
    async (request) => {
      fake.play("refused");
      const failure = await call.failure(request);
      expect(failure).toMatchObject({ code: "content_refused", billed: "no", isTransient: false });
      expect(failure.detail.fr).toMatch(/Il dit\u00a0: «\u00a0.+\u00a0»\. Rien n’a été facturé\./);
    },
  );

  test.each(["nothing", "zero"] as const)(
    "keeps a whole text whose tokens are counted as %s",
    async (counts) => {
      const uncounting = await startFakeOpenai({ counts });
      const config = { apiKey: FAKE_OPENAI_KEY, baseUrl: `${uncounting.url}/v1` };
      const trusting = createOutbound({ trustedOrigins: [uncounting.url] });
      const output = await new CallUnderTest(createOpenaiProvider(trusting), config).submit(TEXT);
      await trusting.close();
      await uncounting.stop();
      expect(output).toMatchObject({ text: FAKE_TEXT, usage: {}, raw: { finish_reason: "stop" } });
      expect(output.usage).toEqual({});
      expect(uncounting.paidCalls).toBe(1);
    },
  );

  test("does not take the first half of a text for the whole", async () => {
    fake.play("truncated");
    expect(await call.failure(TEXT)).toMatchObject({ code: "unavailable", billed: "unknown" });
  });

  test.each([IMAGE, SPEECH])("counts an empty answer as billed: $modality", async (request) => {
    fake.play("empty");
    expect(await call.failure(request)).toMatchObject({ code: "unknown", billed: "yes" });
  });

  test("counts a picture that it cannot read as billed, and a stream without events as in doubt", async () => {
    fake.play("malformed");
    expect(await call.failure(IMAGE)).toMatchObject({ code: "unknown", billed: "yes", isTransient: false });
    expect(await call.failure(TEXT)).toMatchObject({ billed: "unknown", isTransient: false });
  });

  test("stops a text in the middle of its stream", async () => {
    fake.play("slow");
    const failure = call.failure(TEXT);
    await expect.poll(() => call.deltas.length).toBeGreaterThan(0);
    call.controller.abort();
    expect(await failure).toMatchObject({ code: "cancelled", billed: "unknown" });
    expect(call.deltas.join("").length).toBeLessThan(FAKE_TEXT.length);
  });
});
