import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAKE_DEEPGRAM_KEY, startFakeDeepgram } from "../../test/support/fake-deepgram.ts";
import type { FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { createDeepgramProvider } from "./deepgram.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";

const RECORDING = { mediaType: "audio/mpeg", bytes: new Uint8Array([1, 2, 3]) };

const SPEECH = requestFor("deepgram:aura-2", { parameters: { voice: "aura-2-agathe-fr", format: "mp3" } });
const FLUX = requestFor("deepgram:flux-tts", { parameters: { voice: "flux-alexis-en" } });
const TRANSCRIPT = requestFor("deepgram:nova-3", { parameters: { language: "fr" }, audio: RECORDING });

describeProvider("deepgram", {
  create: createDeepgramProvider,
  startFake: () => startFakeDeepgram(),
  basePath: "/v1",
  apiKey: FAKE_DEEPGRAM_KEY,
  requests: [SPEECH, FLUX, TRANSCRIPT],
});

describe("deepgram", () => {
  let fake: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(async () => {
    fake = await startFakeDeepgram();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    const config = { apiKey: FAKE_DEEPGRAM_KEY, baseUrl: `${fake.url}/v1` };
    call = new CallUnderTest(createDeepgramProvider(outbound), config);
  });

  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("speaks with the voice that is asked for, and takes the vendor’s own count of characters", async () => {
    const output = await call.submit({ ...SPEECH, prompt: "La mer." });
    expect(output.usage).toEqual({ characters: 7 });
    expect(output.files[0]).toMatchObject({ mediaType: "audio/mpeg" });
    expect(fake.calls[0]).toMatchObject({
      path: "/v1/speak?model=aura-2-agathe-fr&encoding=mp3",
      headers: { authorization: `Token ${FAKE_DEEPGRAM_KEY}` },
      body: { text: "La mer." },
    });
  });

  test("speaks with a voice that is named as the model, into the file type that is asked for", async () => {
    await call.submit({ ...SPEECH, modelId: "aura-2-thalia-en", parameters: { format: "wav" } });
    expect(fake.calls[0]?.path).toBe("/v1/speak?model=aura-2-thalia-en&encoding=linear16&container=wav");
  });

  test("asks voices of Flux where they are served", async () => {
    await call.submit(FLUX);
    expect(fake.calls[0]?.path).toBe("/v2/speak?model=flux-alexis-en&encoding=mp3");
  });

  test("writes down what it hears, with the time of every word", async () => {
    const output = await call.submit(TRANSCRIPT);
    expect(output).toMatchObject({ text: "The sea.", files: [], usage: { audioSeconds: 25.933 } });
    expect(output.words).toEqual([
      { word: "The", start: 0.08, end: 0.24 },
      { word: "sea.", start: 0.24, end: 0.72 },
    ]);
    expect(fake.calls[0]).toMatchObject({
      path: "/v1/listen?model=nova-3&language=fr&smart_format=true",
      headers: { "content-type": "audio/mpeg" },
      body: "\u0001\u0002\u0003",
    });
  });

  test("says what the vendor says of an error", async () => {
    fake.play("quota");
    const { detail } = await call.failure(SPEECH);
    expect(detail.en).toContain("Project does not have enough credits");
  });
});
