import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FakeServer } from "../../test/support/fake-server.ts";
import { FAKE_SUNO_KEY, startFakeSuno } from "../../test/support/fake-suno.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";
import { createSunoProvider } from "./suno.ts";

const MUSIC = requestFor("suno:V5");

describeProvider("suno", {
  create: createSunoProvider,
  startFake: startFakeSuno,
  basePath: "",
  apiKey: FAKE_SUNO_KEY,
  requests: [MUSIC],
  hasJobs: ["music"],
  hasResultUrls: ["music"],
});

describe("suno", () => {
  let fake: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(async () => {
    fake = await startFakeSuno();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    call = new CallUnderTest(createSunoProvider(outbound), { apiKey: FAKE_SUNO_KEY, baseUrl: fake.url });
  });
  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("keeps both songs, and counts one generation", async () => {
    const output = await call.submit(MUSIC);
    expect(output.files.map(({ mediaType }) => mediaType)).toEqual(["audio/mpeg", "audio/mpeg"]);
    expect(output.usage).toEqual({ generations: 1, audioSeconds: 181 });
    expect(call.progress).toEqual([0.3]);
  });

  test("describes music that has neither words nor style in the prompt", async () => {
    await call.submit({ ...MUSIC, parameters: { instrumental: true } });
    expect(fake.submissions[0]?.body).toMatchObject({
      customMode: false,
      instrumental: true,
      model: "V5",
      prompt: MUSIC.prompt,
    });
  });

  test("keeps a style without voice in custom mode, where nothing is sung", async () => {
    await call.submit({ ...MUSIC, parameters: { instrumental: true, style: "Bossa nova" } });
    expect(fake.submissions[0]?.body).toMatchObject({
      customMode: true,
      instrumental: true,
      style: `Bossa nova. ${MUSIC.prompt}`,
      title: "The sea",
    });
    expect(fake.submissions[0]?.body).not.toHaveProperty("prompt");
  });

  test("sings the words that it is given, and never the description", async () => {
    await call.submit({ ...MUSIC, parameters: { instrumental: true, lyrics: "[Verse]\nWaves" } });
    await call.submit({ ...MUSIC, parameters: { instrumental: false, style: "Bossa nova" } });
    expect(fake.submissions.map(({ body }) => body)).toMatchObject([
      { customMode: true, instrumental: false, prompt: "[Verse]\nWaves" },
      { customMode: false, instrumental: false, prompt: `Bossa nova. ${MUSIC.prompt}` },
    ]);
  });

  test("sends callbacks to nobody", async () => {
    await call.submit(MUSIC);
    expect(fake.submissions[0]?.body).toMatchObject({ callBackUrl: "https://api.example.com/callback" });
  });

  test("sends no header of a key where there is none", async () => {
    const keyless = new CallUnderTest(createSunoProvider(outbound), { apiKey: null, baseUrl: fake.url });
    expect(await keyless.failure(MUSIC)).toMatchObject({ code: "auth", billed: "no" });
    expect(fake.calls[0]?.headers).not.toHaveProperty("authorization");
  });
});
