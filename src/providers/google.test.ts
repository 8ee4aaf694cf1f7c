import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAKE_GOOGLE_KEY, startFakeGoogle } from "../../test/support/fake-google.ts";
import { pngOf } from "../../test/support/fake-files.ts";
import { FAKE_TEXT, type FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { createGoogleProvider } from "./google.ts";
import type { ProviderOutput } from "./provider.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";

const PICTURE = { mediaType: "image/png", bytes: new Uint8Array(pngOf(8, 8)) };
const SCHEMA = { type: "object", properties: { title: { type: "string" } } };
const TEXT = requestFor("google:gemini-3.8-flash", {
  parameters: { max_output_tokens: 500, reasoning_effort: "low" },
});
const IMAGE = requestFor("google:gemini-nano-banana-2.1", {
  parameters: { aspect_ratio: "16:9", resolution: "2k", reasoning_effort: "minimal" },
});
const SPEECH = requestFor("google:gemini-3.8-flash-tts", { parameters: { voice: "Kore" } });
const FILM = requestFor("google:gemini-omni-1.2-flash", {
  parameters: { duration: 5, resolution: "720p", aspect_ratio: "9:16" },
});
const FILM_OF_PICTURE = { ...FILM, images: [PICTURE] };
const VEO = requestFor("google:veo-9-generate", { parameters: { duration: 8 } });

const GOOGLE = {
  create: createGoogleProvider,
  startFake: () => startFakeGoogle(),
  basePath: "/v1beta",
  apiKey: FAKE_GOOGLE_KEY,
};
describeProvider("google", {
  ...GOOGLE,
  requests: [TEXT, IMAGE, SPEECH, FILM, FILM_OF_PICTURE],
  hasJobs: ["video"],
  hasResultUrls: ["video"],
  cancels: ["video"],
});
describeProvider("google", { ...GOOGLE, requests: [VEO], hasJobs: ["video"], hasResultUrls: ["video"] });

describe("google", () => {
  let fake: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(async () => {
    fake = await startFakeGoogle();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    call = callOf(fake, outbound);
  });

  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("streams a text from words and a picture, and counts what was thought as written", async () => {
    const output = await call.submit({ ...TEXT, images: [PICTURE] });
    expect(output).toMatchObject({
      text: FAKE_TEXT,
      usage: { inputTokens: 40, outputTokens: 50 + Math.ceil(FAKE_TEXT.length / 4) },
    });
    expect(call.deltas.length).toBeGreaterThan(3);
    expect(fake.calls[0]).toMatchObject({
      path: "/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse",
      body: {
        contents: [{ parts: [{ text: TEXT.prompt }, { inlineData: { mimeType: "image/png" } }] }],
        generationConfig: { maxOutputTokens: 500, thinkingConfig: { thinkingLevel: "LOW" } },
      },
    });
  });

  test("ends a text where Google offers to go on, and says so", async () => {
    fake.play("unfinished");
    const output = await call.submit(TEXT);
    expect(output).toMatchObject({
      text: FAKE_TEXT,
      usage: { inputTokens: 40, outputTokens: 50 + Math.ceil(FAKE_TEXT.length / 4) },
      raw: { finish_reason: "CONTINUATION" },
    });
    expect(fake.calls).toHaveLength(1);
  });

  test.each([
    ["x/../../../../evil?a=", []],
    ["..", []],
    ["tunedModels/x?key=a#", ["/v1beta/tunedModels/x%3Fkey%3Da%23:streamGenerateContent?alt=sse"]],
  ])("goes nowhere else by the model’s id %s", async (modelId, paths) => {
    expect(await call.failure({ ...TEXT, modelId })).toMatchObject({ billed: "no" });
    expect(fake.calls.map(({ path }) => path)).toEqual(paths);
  });

  test("asks for JSON by its schema", async () => {
    await call.submit({ ...TEXT, outputSchema: SCHEMA });
    expect(fake.calls[0]).toMatchObject({
      body: { generationConfig: { responseMimeType: "application/json", responseJsonSchema: SCHEMA } },
    });
  });

  test("does not touch words of the prompt that look like a thinking level", async () => {
    const prompt = 'Explain {"thinkingLevel":"low"}.';
    await call.submit({ ...TEXT, prompt });
    expect(fake.calls[0]).toMatchObject({ body: { contents: [{ parts: [{ text: prompt }] }] } });
  });

  test("does not take the first half of a text for the whole", async () => {
    fake.play("truncated");
    expect(await call.failure(TEXT)).toMatchObject({ code: "unavailable", billed: "unknown" });
  });

  test("knows a prompt that was blocked from a text that is empty", async () => {
    fake.play("refused", "empty");
    expect(await call.submit(TEXT)).toMatchObject({ refusal: "", usage: { inputTokens: 40 } });
    expect(await call.submit(TEXT)).not.toHaveProperty("refusal");
  });

  test("draws from pictures and gives the last picture, not a draft", async () => {
    const output = await call.submit({ ...IMAGE, images: [PICTURE, PICTURE] });
    expect(output.usage).toEqual({ inputTokens: 40, outputTokens: 1_140, images: 1 });
    expect(bytesOf(output)).toEqual(new Uint8Array(pngOf(64, 64)));
    expect(fake.calls[0]).toMatchObject({
      path: "/v1beta/models/gemini-nano-banana-2.1:generateContent",
      body: {
        contents: [{ parts: [{ inlineData: {} }, { inlineData: {} }, { text: IMAGE.prompt }] }],
        generationConfig: {
          imageConfig: { aspectRatio: "16:9", imageSize: "2K" },
          thinkingConfig: { thinkingLevel: "MINIMAL" },
        },
      },
    });
  });

  test("counts no picture where none was made, but what was read and thought", async () => {
    fake.play("refused");
    const output = await call.submit(IMAGE);
    expect(output).toMatchObject({
      files: [],
      refusal: "",
      usage: { images: 0, inputTokens: 40, outputTokens: 20 },
    });
  });

  test("keeps what is spoken apart from how it is spoken", async () => {
    const output = await call.submit({ ...SPEECH, instructions: "Softly." });
    expect(output.files[0]?.mediaType).toBe("audio/wav");
    expect(Buffer.from(bytesOf(output)).toString("latin1", 0, 24)).toBe("RIFF-made-by-Google:WAVE");
    expect(fake.calls[0]).toMatchObject({
      body: {
        contents: [{ parts: [{ text: SPEECH.prompt, speechMetadata: { style: "Softly." } }] }],
        generationConfig: {
          speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: "Kore" } } },
        },
      },
    });
  });

  test("puts the bare samples of an older voice into a WAV file", async () => {
    const older = requestFor("google:gemini-3.1-flash-tts-preview", { instructions: "Softly" });
    const output = await call.submit(older);
    const bytes = Buffer.from(bytesOf(output));
    expect(output.files[0]?.mediaType).toBe("audio/wav");
    expect(bytes.toString("latin1", 0, 4) + bytes.toString("latin1", 8, 16)).toBe("RIFFWAVEfmt ");
    expect([bytes.readUInt32LE(4), bytes.readUInt32LE(24), bytes.readUInt32LE(40)]).toEqual([
      4_836, 24_000, 4_800,
    ]);
    expect(bytes.byteLength).toBe(4_844);
    expect(fake.calls[0]).toMatchObject({
      body: { contents: [{ parts: [{ text: `Softly: ${older.prompt}` }] }] },
    });
  });

  test("asks for a film of a picture in the background, and fetches it with the key in a header", async () => {
    const output = await call.submit(FILM_OF_PICTURE);
    expect(output.usage).toEqual({ videoSeconds: 5 });
    expect(fake.submissions[0]).toMatchObject({
      path: "/v1beta/interactions",
      body: {
        model: "gemini-omni-1.2-flash",
        input: [
          { type: "image", mime_type: "image/png" },
          { type: "text", text: FILM.prompt },
        ],
        background: true,
        response_format: { delivery: "uri", aspect_ratio: "9:16", resolution: "720p", duration: "5s" },
      },
    });
    const file = fake.calls.find(({ kind }) => kind === "file");
    expect(file?.headers["x-goog-api-key"]).toBe(FAKE_GOOGLE_KEY);
  });

  test("sends its key to no one else when a film lies elsewhere", async () => {
    const other = await startFakeGoogle();
    const first = await startFakeGoogle({ filmUrl: `${other.url}/elsewhere` });
    const both = createOutbound({ trustedOrigins: [first.url, other.url] });
    expect(await callOf(first, both).failure(FILM)).toMatchObject({ billed: "yes" });
    expect(other.calls).toEqual([]);
    expect(JSON.stringify(other.calls)).not.toContain(FAKE_GOOGLE_KEY);
    await both.close();
    await first.stop();
    await other.stop();
  });

  test("does not ask on about an interaction whose name Google does not know", async () => {
    const state = await call.poll("v1_forgotten", FILM);
    expect(state).toMatchObject({ state: "failed", failure: { billed: "unknown" } });
  });

  test("films with Veo in its own words, and says that a declined film is not billed", async () => {
    const parameters = {
      duration: 8,
      resolution: "1080p",
      aspect_ratio: "16:9",
      negative_prompt: "fog",
      seed: 7,
    };
    await call.submit({ ...VEO, parameters, images: [PICTURE] });
    expect(fake.submissions[0]).toMatchObject({
      path: "/v1beta/models/veo-9-generate:predictLongRunning",
      body: {
        instances: [{ prompt: VEO.prompt, image: { mimeType: "image/png" } }],
        parameters: { durationSeconds: 8, resolution: "1080p", negativePrompt: "fog", seed: 7 },
      },
    });
    fake.play("job_refused");
    const failure = await call.failure(VEO);
    expect(failure).toMatchObject({ code: "content_refused", billed: "no" });
    expect(failure.detail.en).toContain("You have not been charged");
  });

  test("cannot cancel a film of Veo, and does not ask to", async () => {
    const job = await call.start(VEO);
    if (job.state !== "job") throw new Error("no job");
    expect(await call.cancel(job.jobId)).toBe(false);
    expect(fake.calls).toHaveLength(1);
  });
});

function callOf(fake: FakeServer, outbound: Outbound): CallUnderTest {
  const config = { apiKey: FAKE_GOOGLE_KEY, baseUrl: `${fake.url}/v1beta` };
  return new CallUnderTest(createGoogleProvider(outbound), config);
}

function bytesOf({ files }: ProviderOutput): Uint8Array {
  const content = files[0]?.content;
  return content && "bytes" in content ? content.bytes : new Uint8Array();
}
