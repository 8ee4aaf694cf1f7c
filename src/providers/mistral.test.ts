import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAKE_MISTRAL_KEY, startFakeMistral } from "../../test/support/fake-mistral.ts";
import { mp3Of, pngOf } from "../../test/support/fake-files.ts";
import { FAKE_TEXT, type FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { withModelDefaults } from "../workflow/models.ts";
import { createMistralProvider } from "./mistral.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";

const AUDIO = { mediaType: "audio/mpeg", bytes: new Uint8Array(mp3Of(1)) };
const SCHEMA = { type: "object", properties: { title: { type: "string" } } };
const TEXT = requestFor("mistral:mistral-medium-3-5", {
  parameters: { max_output_tokens: 500, reasoning_effort: "high", temperature: 0.4 },
});
const SPEECH = requestFor("mistral:voxtral-mini-tts-3-0", { parameters: { voice: "voice_592" } });
const WORDS = requestFor("mistral:voxtral-mini-2602", { prompt: "", audio: AUDIO });
const PASSAGES = requestFor("mistral:voxtral-mini-transcribe-3-0", {
  prompt: "",
  audio: AUDIO,
  parameters: { language: "en" },
});

describeProvider("mistral", {
  create: createMistralProvider,
  startFake: () => startFakeMistral(),
  basePath: "/v1",
  apiKey: FAKE_MISTRAL_KEY,
  requests: [TEXT, SPEECH, WORDS],
});

describe("mistral", () => {
  let fake: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(async () => {
    fake = await startFakeMistral();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    const config = { apiKey: FAKE_MISTRAL_KEY, baseUrl: `${fake.url}/v1` };
    call = new CallUnderTest(createMistralProvider(outbound), config);
  });

  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("streams a text from words and a picture, without what was thought before it", async () => {
    const picture = { mediaType: "image/png", bytes: new Uint8Array(pngOf(8, 8)) };
    const output = await call.submit({ ...TEXT, images: [picture] });
    expect(output).toMatchObject({
      text: FAKE_TEXT,
      usage: {
        inputTokens: 40,
        cachedInputTokens: 10,
        outputTokens: 30 + Math.ceil(FAKE_TEXT.length / 4),
      },
    });
    expect(call.deltas.length).toBeGreaterThan(3);
    expect(fake.calls[0]).toMatchObject({
      path: "/v1/chat/completions",
      body: {
        model: "mistral-medium-3-5",
        messages: [{ content: [{ type: "text", text: TEXT.prompt }, { type: "image_url" }] }],
        max_tokens: 500,
        reasoning_effort: "high",
        temperature: 0.4,
      },
    });
  });

  test("leaves it to Large 4 how much it thinks, unless that is given", async () => {
    const large = requestFor("mistral:mistral-large-4");
    await call.submit({ ...large, parameters: withModelDefaults(large.model, {}) });
    await call.submit({ ...large, parameters: withModelDefaults(large.model, { reasoning_effort: "high" }) });
    const [plain, thoughtful] = fake.submissions.map(({ body }) => body);
    expect(plain).toMatchObject({ max_tokens: 4_096 });
    expect(plain).not.toHaveProperty("reasoning_effort");
    expect(thoughtful).toMatchObject({ reasoning_effort: "high" });
  });

  test("asks for JSON by its schema", async () => {
    await call.submit({ ...TEXT, outputSchema: SCHEMA });
    expect(fake.calls[0]).toMatchObject({
      body: { response_format: { type: "json_schema", json_schema: { schema: SCHEMA } } },
    });
  });

  test("does not take the first half of a text for the whole", async () => {
    fake.play("truncated");
    expect(await call.failure(TEXT)).toMatchObject({ code: "unavailable", billed: "unknown" });
  });

  test("speaks with the voice, the type of file and the expression that are asked for", async () => {
    const parameters = { voice: "voice_478", format: "wav", expressiveness: 4 };
    const output = await call.submit({ ...SPEECH, prompt: "Déjà vu 🌊", parameters });
    expect(output.files[0]?.mediaType).toBe("audio/wav");
    expect(output.usage).toEqual({ characters: 9 });
    expect(fake.calls[0]?.body).toEqual({
      model: "voxtral-mini-tts-3-0",
      input: "Déjà vu 🌊",
      voice_id: "voice_478",
      response_format: "wav",
      expressiveness: 4,
    });
  });

  test("does not take an answer without sound for a file", async () => {
    fake.play("empty");
    expect(await call.failure(SPEECH)).toMatchObject({ billed: "yes" });
  });

  test("times the words where the model does, and leaves out the language that it then refuses", async () => {
    const output = await call.submit({ ...WORDS, parameters: { language: "en" } });
    expect(output).toMatchObject({ text: "The sea is wide.", files: [], usage: { audioSeconds: 4 } });
    expect(output.words).toEqual([
      { word: "The", start: 0.2, end: 0.5 },
      { word: "sea.", start: 0.5, end: 1.3 },
    ]);
    expect(fake.calls[0]).toMatchObject({
      path: "/v1/audio/transcriptions",
      body: { timestamp_granularities: "word", file: { type: "audio/mpeg", size: AUDIO.bytes.byteLength } },
    });
    expect(fake.calls[0]?.body).not.toHaveProperty("language");
  });

  test("shares a passage out among its words where the model times passages only", async () => {
    const { words = [] } = await call.submit(PASSAGES);
    expect(words.map(({ word }) => word)).toEqual(["The", "sea", "is", "wide."]);
    expect(words.map(({ start }) => Number(start.toFixed(3)))).toEqual([1, 1.6, 2.2, 2.6]);
    expect(words.map(({ end }) => Number(end.toFixed(3)))).toEqual([1.6, 2.2, 2.6, 3.6]);
    expect(fake.calls[0]).toMatchObject({ body: { timestamp_granularities: "segment", language: "en" } });
  });
});
