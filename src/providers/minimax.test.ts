import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAKE_MINIMAX_KEY, startFakeMinimax } from "../../test/support/fake-minimax.ts";
import { FAKE_TEXT, type FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { createMinimaxProvider } from "./minimax.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";

const PICTURE = { mediaType: "image/png", bytes: new Uint8Array([1, 2, 3]) };
const DATA_URL = "data:image/png;base64,AQID";

const TEXT = requestFor("minimax:MiniMax-M3", { parameters: { max_output_tokens: 500 } });
const SPEECH = requestFor("minimax:speech-2.8-hd", {
  parameters: { voice: "English_radiant_girl", language: "French", speed: 1.1, format: "mp3" },
});
const MUSIC = requestFor("minimax:music-3.0", { parameters: { instrumental: true } });
const FILM = requestFor("minimax:MiniMax-Hailuo-2.3", { parameters: { duration: 6, resolution: "768P" } });
const NEWER_FILM = requestFor("minimax:MiniMax-H3", {
  parameters: { duration: 5, resolution: "768P", aspect_ratio: "16:9" },
});

const PROVIDER = { create: createMinimaxProvider, basePath: "", apiKey: FAKE_MINIMAX_KEY };

describeProvider("minimax", {
  ...PROVIDER,
  startFake: () => startFakeMinimax(),
  requests: [SPEECH, MUSIC, FILM, { ...FILM, modelId: "MiniMax-Hailuo-2.3-Fast", images: [PICTURE] }],
  hasJobs: ["video"],
  hasResultUrls: ["video"],
});

describeProvider("minimax", {
  ...PROVIDER,
  startFake: () => startFakeMinimax({ dialect: "http" }),
  requests: [TEXT, NEWER_FILM, { ...NEWER_FILM, modelId: "MiniMax-H3-Max", images: [PICTURE] }],
  hasJobs: ["video"],
  hasResultUrls: ["video"],
});

describe("minimax", () => {
  let fake: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(async () => {
    fake = await startFakeMinimax();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    const config = { apiKey: FAKE_MINIMAX_KEY, baseUrl: fake.url };
    call = new CallUnderTest(createMinimaxProvider(outbound), config);
  });

  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("streams a text and meters it", async () => {
    const output = await call.submit({ ...TEXT, images: [PICTURE] });
    expect(output).toMatchObject({ text: FAKE_TEXT, usage: { inputTokens: 40, outputTokens: 30 } });
    expect(call.deltas.length).toBeGreaterThan(3);
    expect(fake.calls[0]).toMatchObject({
      path: "/anthropic/v1/messages",
      body: { model: "MiniMax-M3", max_tokens: 500 },
    });
  });

  test("does not take the first half of a text for the whole", async () => {
    fake.play("truncated");
    expect(await call.failure(TEXT)).toMatchObject({ code: "unavailable", billed: "unknown" });
  });

  test("speaks, and takes the vendor’s own count of characters", async () => {
    const output = await call.submit(SPEECH);
    expect(output.usage).toEqual({ characters: 40 });
    expect(output.files[0]).toMatchObject({ mediaType: "audio/mpeg" });
    expect(fake.calls[0]?.body).toMatchObject({
      language_boost: "French",
      voice_setting: { voice_id: "English_radiant_girl", speed: 1.1 },
      audio_setting: { format: "mp3" },
      output_format: "hex",
    });
  });

  test("plays without voices, sings given words, or has words written", async () => {
    const output = await call.submit(MUSIC);
    expect(output.usage).toEqual({ generations: 1, audioSeconds: 25.364 });
    await call.submit({ ...MUSIC, parameters: { instrumental: true, lyrics: "[Verse]\nThe sea" } });
    await call.submit({ ...MUSIC, parameters: { instrumental: false } });
    const [instrumental, sung, written] = fake.submissions.map(({ body }) => body);
    expect(instrumental).toMatchObject({ is_instrumental: true });
    expect(instrumental).not.toHaveProperty("lyrics");
    expect(sung).toMatchObject({ is_instrumental: false, lyrics: "[Verse]\nThe sea" });
    expect(sung).not.toHaveProperty("lyrics_optimizer");
    expect(written).toMatchObject({ is_instrumental: false, lyrics_optimizer: true });
  });

  test("films between two pictures, and asks for the file of what is made", async () => {
    const output = await call.submit({ ...FILM, images: [PICTURE, PICTURE] });
    expect(output.usage).toEqual({ generations: 1, videoSeconds: 6 });
    expect(fake.calls.map(({ path }) => path.replace(/\d+$/, "…"))).toEqual([
      "/v1/video_generation",
      "/v1/query/video_generation?task_id=job-…",
      "/v1/query/video_generation?task_id=job-…",
      "/v1/files/retrieve?file_id=…",
      "/fake-files/…",
    ]);
    expect(fake.calls[0]?.body).toMatchObject({
      duration: 6,
      resolution: "768P",
      first_frame_image: DATA_URL,
      last_frame_image: DATA_URL,
    });
  });

  test.each([FILM, NEWER_FILM])(
    "does not know whether a film by $modelId that is held back is billed",
    async (film) => {
      fake.play("job_refused");
      expect(await call.failure(film)).toMatchObject({ code: "content_refused", billed: "unknown" });
    },
  );

  test.each([FILM, NEWER_FILM])("counts a film by $modelId that failed as not billed", async (film) => {
    fake.play("job_fails");
    expect(await call.failure(film)).toMatchObject({ code: "unavailable", billed: "no" });
  });

  test("takes an answer that does not say whether it is one for one", async () => {
    const quiet = await startFakeMinimax({ dialect: "http" });
    const trusting = createOutbound({ trustedOrigins: [quiet.url] });
    const config = { apiKey: FAKE_MINIMAX_KEY, baseUrl: quiet.url };
    const quietCall = new CallUnderTest(createMinimaxProvider(trusting), config);
    const outputs = [await quietCall.submit(SPEECH), await quietCall.submit(FILM)];
    quiet.play("job_fails");
    const failure = await quietCall.failure(FILM);
    await trusting.close();
    await quiet.stop();
    expect(outputs).toMatchObject([{ usage: { characters: 40 } }, { usage: { videoSeconds: 6 } }]);
    expect(failure).toMatchObject({ code: "unavailable", billed: "no" });
    expect(quiet.submissions).toHaveLength(3);
  });

  test("asks newer models by the newer interface, where a picture gives the proportions", async () => {
    const output = await call.submit(NEWER_FILM);
    expect(output.usage).toEqual({ videoSeconds: 5 });
    await call.submit({ ...NEWER_FILM, images: [PICTURE] });
    const [plain, fromPicture] = fake.submissions;
    expect(plain).toMatchObject({ path: "/v2/video_generation", body: { ratio: "16:9", duration: 5 } });
    expect(fromPicture?.body).toMatchObject({ content: [{ type: "text" }, { role: "first_frame" }] });
    expect(fromPicture?.body).not.toHaveProperty("ratio");
  });
});
