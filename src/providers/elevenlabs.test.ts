import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAKE_ELEVENLABS_KEY, startFakeElevenlabs } from "../../test/support/fake-elevenlabs.ts";
import { mp3Of } from "../../test/support/fake-files.ts";
import type { FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { createElevenlabsProvider } from "./elevenlabs.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";

const SPEECH = requestFor("elevenlabs", { parameters: { voice: "JBFqnCBsd6RMkjVDRZzb", format: "mp3" } });
const MUSIC = requestFor("elevenlabs:music_v2", { parameters: { duration: 4.5, instrumental: true } });
const SOUND = requestFor("elevenlabs:eleven_text_to_sound_v2", { parameters: { duration: 2 } });
const RECORDING = { mediaType: "audio/mpeg", bytes: mp3Of(1.6) };
const TRANSCRIPT = requestFor("elevenlabs:scribe_v2", { audio: RECORDING });

describeProvider("elevenlabs", {
  create: createElevenlabsProvider,
  startFake: () => startFakeElevenlabs(),
  basePath: "",
  apiKey: FAKE_ELEVENLABS_KEY,
  requests: [SPEECH, MUSIC, SOUND, TRANSCRIPT],
});

describe("elevenlabs", () => {
  let fake: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(async () => {
    fake = await startFakeElevenlabs();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    const config = { apiKey: FAKE_ELEVENLABS_KEY, baseUrl: fake.url };
    call = new CallUnderTest(createElevenlabsProvider(outbound), config);
  });

  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("speaks with the voice and settings that it is given", async () => {
    const parameters = { voice: "abc", format: "mp3_32", stability: 0.4, similarity_boost: 0.8, speed: 0.9 };
    const output = await call.submit({ ...SPEECH, parameters });
    expect(fake.calls[0]).toMatchObject({
      path: "/v1/text-to-speech/abc/with-timestamps?output_format=mp3_44100_32",
      body: {
        text: SPEECH.prompt,
        model_id: "eleven_multilingual_v2",
        voice_settings: { stability: 0.4, similarity_boost: 0.8, speed: 0.9 },
      },
    });
    expect(output.files[0]?.mediaType).toBe("audio/mpeg");
    expect(output.usage).toEqual({ characters: SPEECH.prompt.length });
    expect(output.raw).toEqual({ character_cost: String(SPEECH.prompt.length) });
  });

  test("times the words that it speaks, in seconds", async () => {
    const { words, files } = await call.submit({ ...SPEECH, prompt: "Été, mer !" });
    expect(words).toEqual([
      { word: "Été,", start: 0, end: 4 / 15 },
      { word: "mer\u00A0!", start: 5 / 15, end: 10 / 15 },
    ]);
    expect(files).toHaveLength(1);
  });

  test("speaks with a voice that every account has where none is given", async () => {
    await call.submit({ ...SPEECH, parameters: {} });
    expect(fake.calls[0]).toMatchObject({
      path: "/v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb/with-timestamps?output_format=mp3_44100_128",
    });
    expect(fake.calls[0]?.body).not.toHaveProperty("voice_settings");
  });

  test("plays music of the asked length", async () => {
    const output = await call.submit(MUSIC);
    expect(fake.calls[0]).toMatchObject({
      path: "/v1/music?output_format=mp3_44100_128",
      body: {
        prompt: MUSIC.prompt,
        model_id: "music_v2",
        music_length_ms: 4_500,
        force_instrumental: true,
      },
    });
    expect(output.files).toMatchObject([{ mediaType: "audio/mpeg" }]);
    expect(output.usage).toEqual({ generations: 1, audioSeconds: 4.5 });
  });

  test("makes a sound as asked, and says what it took of the credits", async () => {
    const parameters = { duration: 2.5, loop: true, prompt_influence: 0.6 };
    const output = await call.submit({ ...SOUND, parameters });
    expect(fake.calls[0]).toMatchObject({
      path: "/v1/sound-generation?output_format=mp3_44100_128",
      body: {
        text: SOUND.prompt,
        model_id: "eleven_text_to_sound_v2",
        duration_seconds: 2.5,
        loop: true,
        prompt_influence: 0.6,
      },
    });
    expect(output.raw).toEqual({ character_cost: "100" });
    expect(output.reportedNanoUsd).toBeUndefined();
  });

  test("writes down a recording with the time of each word, laughter and spaces left out", async () => {
    const parameters = { language: "en", tag_audio_events: false };
    const output = await call.submit({ ...TRANSCRIPT, parameters });
    expect(fake.calls[0]).toMatchObject({
      path: "/v1/speech-to-text",
      body: {
        model_id: "scribe_v2",
        file: { type: "audio/mpeg", size: RECORDING.bytes.byteLength },
        timestamps_granularity: "word",
        language_code: "en",
        tag_audio_events: "false",
      },
    });
    expect(output.words).toEqual([
      { word: "The", start: 0.1, end: 0.3 },
      { word: "sea.", start: 0.4, end: 0.9 },
    ]);
    expect(output.usage).toEqual({ audioSeconds: 1.6 });
  });

  test("sends nothing where there is no recording", async () => {
    const failure = await call.failure({ ...TRANSCRIPT, audio: null });
    expect(failure).toMatchObject({ code: "bad_request", billed: "no", isTransient: false });
    expect(fake.calls).toEqual([]);
  });

  test.each([
    "../sound-generation?x=",
    "../text-to-dialogue#",
    "..",
    "a/b",
    "a%2Fb",
    "a-b",
    "a\n",
    "é",
    " ",
    "a".repeat(65),
  ])("sends nothing to a voice that is none: %j", async (voice) => {
    const failure = await call.failure({ ...SPEECH, parameters: { voice } });
    expect(failure).toMatchObject({ code: "bad_request", billed: "no", isTransient: false });
    expect(failure.detail.fr).toContain("Rien n’a été envoyé ni facturé.");
    expect(failure.detail.en).toContain("is not the id of an ElevenLabs voice");
    expect(fake.calls).toEqual([]);
  });

  test("writes a format into the address as one value", async () => {
    await call.failure({ ...SPEECH, parameters: { voice: "abc", format: "mp3&enable_logging=false#" } });
    expect(fake.calls[0]?.path).toBe(
      "/v1/text-to-speech/abc/with-timestamps?output_format=mp3%26enable_logging%3Dfalse%23",
    );
  });

  test.each([SPEECH, MUSIC, SOUND])("says unbilled that content was declined: $modality", async (request) => {
    fake.play("refused");
    expect(await call.failure(request)).toMatchObject({ code: "content_refused", billed: "no" });
  });

  test.each([SPEECH, MUSIC, SOUND])("counts an empty answer as billed: $modality", async (request) => {
    fake.play("empty");
    expect(await call.failure(request)).toMatchObject({ code: "unknown", billed: "yes" });
  });
});
