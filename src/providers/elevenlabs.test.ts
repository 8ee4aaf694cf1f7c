import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAKE_ELEVENLABS_KEY, startFakeElevenlabs } from "../../test/support/fake-elevenlabs.ts";
import type { FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { createElevenlabsProvider } from "./elevenlabs.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";

const SPEECH = requestFor("elevenlabs", { parameters: { voice: "JBFqnCBsd6RMkjVDRZzb", format: "mp3" } });

describeProvider("elevenlabs", {
  create: (fetch) => createElevenlabsProvider({ fetch }),
  startFake: () => startFakeElevenlabs(),
  basePath: "",
  apiKey: FAKE_ELEVENLABS_KEY,
  requests: [SPEECH],
});

describe("elevenlabs", () => {
  let fake: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(async () => {
    fake = await startFakeElevenlabs();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    const config = { apiKey: FAKE_ELEVENLABS_KEY, baseUrl: fake.url };
    call = new CallUnderTest(createElevenlabsProvider({ fetch: outbound.fetch }), config);
  });

  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("speaks with the voice and settings that it is given", async () => {
    const parameters = { voice: "abc", format: "mp3_32", stability: 0.4, similarity_boost: 0.8, speed: 0.9 };
    const output = await call.submit({ ...SPEECH, parameters });
    expect(fake.calls[0]).toMatchObject({
      path: "/v1/text-to-speech/abc?output_format=mp3_44100_32",
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
    expect(fake.calls[0]?.path).toBe("/v1/text-to-speech/abc?output_format=mp3%26enable_logging%3Dfalse%23");
  });

  test("says unbilled that content was declined", async () => {
    fake.play("refused");
    expect(await call.failure(SPEECH)).toMatchObject({ code: "content_refused", billed: "no" });
  });

  test("counts an empty answer as billed", async () => {
    fake.play("empty");
    expect(await call.failure(SPEECH)).toMatchObject({ code: "unknown", billed: "yes" });
  });
});
