import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mp3Of, pngOf } from "../../test/support/fake-files.ts";
import { FAKE_GROQ_KEY, startFakeGroq } from "../../test/support/fake-groq.ts";
import { FAKE_TEXT, type FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { createGroqProvider } from "./groq.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";

const TEXT = requestFor("groq:openai/gpt-oss-120b", {
  parameters: { max_output_tokens: 500, reasoning_effort: "low" },
});
const SPEECH = requestFor("groq:canopylabs/orpheus-v1-english", { parameters: { voice: "hannah" } });
const TRANSCRIPT = requestFor("groq:whisper-large-v3-turbo", {
  parameters: { language: "fr" },
  prompt: "",
  audio: { mediaType: "audio/mpeg", bytes: mp3Of(2) },
});

describeProvider("groq", {
  create: createGroqProvider,
  startFake: startFakeGroq,
  basePath: "/openai/v1",
  apiKey: FAKE_GROQ_KEY,
  requests: [TEXT, SPEECH, TRANSCRIPT],
});

describe("groq", () => {
  let fake: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(async () => {
    fake = await startFakeGroq();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    const config = { apiKey: FAKE_GROQ_KEY, baseUrl: `${fake.url}/openai/v1` };
    call = new CallUnderTest(createGroqProvider(outbound), config);
  });

  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("streams a text at the asked effort and meters it", async () => {
    const output = await call.submit(TEXT);
    expect(output.text).toBe(FAKE_TEXT);
    expect(output.usage).toMatchObject({
      inputTokens: 40,
      outputTokens: 30 + Math.ceil(FAKE_TEXT.length / 4),
    });
    expect(fake.calls[0]?.body).toMatchObject({
      model: "openai/gpt-oss-120b",
      max_tokens: 500,
      reasoning_effort: "low",
    });
    expect(fake.calls[0]?.body).not.toHaveProperty("reasoning_format");
  });

  test("keeps what Qwen thinks out of its text, and shows it pictures", async () => {
    const request = requestFor("groq:qwen/qwen3.6-27b", { parameters: { reasoning_effort: "default" } });
    await call.submit({ ...request, images: [{ mediaType: "image/png", bytes: pngOf(8, 8) }] });
    expect(fake.calls[0]?.body).toMatchObject({ reasoning_effort: "default", reasoning_format: "hidden" });
    expect(JSON.stringify(fake.calls[0]?.body)).toContain("data:image/png;base64,");
  });

  test("speaks with a voice, and counts characters", async () => {
    const output = await call.submit({ ...SPEECH, prompt: "Hello 🌊" });
    expect(fake.calls[0]?.body).toEqual({
      model: "canopylabs/orpheus-v1-english",
      input: "Hello 🌊",
      voice: "hannah",
      response_format: "wav",
    });
    expect(output).toMatchObject({ files: [{ mediaType: "audio/wav" }], usage: { characters: 7 } });
  });

  test("writes down what is said, with the time of every word", async () => {
    const output = await call.submit(TRANSCRIPT);
    expect(output.text).toContain("A title from afar");
    expect(output.words?.[1]).toEqual({ word: "title", start: 0.2, end: 0.4 });
    expect(fake.calls[0]?.body).toMatchObject({
      model: "whisper-large-v3-turbo",
      language: "fr",
      response_format: "verbose_json",
      "timestamp_granularities[]": "word",
      file: { type: "audio/mpeg" },
    });
  });

  test("counts ten seconds of a recording that is shorter, as they are billed", async () => {
    const output = await call.submit(TRANSCRIPT);
    expect(output.words?.at(-1)?.end).toBeLessThan(10);
    expect(output.usage).toEqual({ audioSeconds: 10 });
  });

  test("tells how to spell", async () => {
    await call.submit({ ...TRANSCRIPT, prompt: "Relais, Noël" });
    expect(fake.calls[0]).toMatchObject({ body: { prompt: "Relais, Noël" } });
    await call.submit(TRANSCRIPT);
    expect(fake.calls[1]?.body).not.toHaveProperty("prompt");
  });
});
