import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAKE_ANTHROPIC_KEY, startFakeAnthropic } from "../../test/support/fake-anthropic.ts";
import { mp3Of, pngOf } from "../../test/support/fake-files.ts";
import { FAKE_OPENAI_KEY, startFakeOpenai } from "../../test/support/fake-openai.ts";
import { FAKE_TEXT, type FakeServer } from "../../test/support/fake-server.ts";
import { outboundTo, type Outbound } from "../../test/support/outbound-to.ts";
import { MissingContent, StoreUnavailable } from "../artifacts/store.ts";
import { loadPriceList } from "../pricing/price-list.ts";
import { createAnthropicProvider } from "../providers/anthropic.ts";
import { createLocalProvider } from "../providers/local/local.ts";
import { createOpenaiProvider } from "../providers/openai.ts";
import { createRegistry } from "../providers/registry.ts";
import { stepSchema } from "../workflow/definition.ts";
import {
  ProviderFailure,
  StepFailure,
  type CallContext,
  type StepOutput,
  type StepPort,
  type StepRequest,
} from "../workflow/ports.ts";
import type { FileValue } from "../workflow/values.ts";
import { createStepPort } from "./step-port.ts";

let openai: FakeServer;
let anthropic: FakeServer;
let outbound: Outbound;
let port: StepPort;

beforeEach(async () => {
  openai = await startFakeOpenai();
  anthropic = await startFakeAnthropic();
  outbound = outboundTo(openai, anthropic);
  const registry = createRegistry({
    providers: [createLocalProvider(), createOpenaiProvider(outbound), createAnthropicProvider(outbound)],
    config: {
      openai: { apiKey: FAKE_OPENAI_KEY, baseUrl: `${openai.url}/v1` },
      anthropic: { apiKey: FAKE_ANTHROPIC_KEY, baseUrl: `${anthropic.url}/v1` },
    },
  });
  port = createStepPort({ registry, prices: loadPriceList(), now: () => new Date("2026-11-22T12:00:00Z") });
});

/** A port to an OpenAI of another kind. */
async function portToOpenai(kind: Parameters<typeof startFakeOpenai>[0]): Promise<StepPort> {
  await openai.stop();
  openai = await startFakeOpenai(kind);
  outbound = outboundTo(openai);
  const registry = createRegistry({
    providers: [createOpenaiProvider(outbound)],
    config: { openai: { apiKey: FAKE_OPENAI_KEY, baseUrl: `${openai.url}/v1` } },
  });
  return createStepPort({ registry, prices: loadPriceList(), now: () => new Date("2026-11-22T12:00:00Z") });
}

afterEach(async () => {
  await outbound.close();
  await openai.stop();
  await anthropic.stop();
});

const PICTURE: FileValue = { artifactId: "a", hash: "h1", mediaType: "image/png", medium: "image" };

function request(aiProvider: string, change: Partial<StepRequest> = {}): StepRequest {
  const prompt = change.prompt ?? "Write on the sea.";
  return {
    step: stepSchema.parse({ step_number: 1, ai_provider: aiProvider, prompt: prompt || "{topic}" }),
    mode: "live",
    prompt,
    parameters: {},
    previousText: null,
    files: [],
    topic: "The sea",
    results: () => Promise.resolve([]),
    ...change,
  };
}

const context: CallContext = {
  signal: new AbortController().signal,
  idempotencyKey: "attempt-1",
  onText: () => {},
  onProgress: () => {},
  readFile: () => Promise.resolve(pngOf(4, 4)),
  copyFile: () => Promise.reject(new Error("nothing is copied")),
};

async function run(asked: StepRequest): Promise<StepOutput> {
  const submission = await (await port.prepare(asked)).submit(context);
  if (submission.state === "failed") throw submission.failure;
  if (submission.state !== "done") throw new Error("a job where none was expected");
  return submission.output;
}

async function failureOf(promise: Promise<unknown>): Promise<ProviderFailure | StepFailure> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ProviderFailure || error instanceof StepFailure) return error;
  throw new Error(`no failure: ${String(error)}`);
}

describe("a live text step", () => {
  test("fills defaults in, reserves the worst case, and bills what was used", async () => {
    const call = await port.prepare(request("gpt-4"));
    expect(call).toMatchObject({
      provider: "openai",
      model: "openai:gpt-6.2-sol",
      performedBy: "openai:gpt-6.2-sol",
    });
    expect(call.isAbortable).toBe(true);
    // (17 bytes + 500) x $2.50 + 4,096 x $10, per million.
    expect(call.worstCase).toEqual({ nanoUsd: 42_252_500, basis: "estimated" });
    expect(openai.calls).toEqual([]);
    const submission = await call.submit(context);
    const outputTokens = 30 + Math.ceil(FAKE_TEXT.length / 4);
    expect(submission).toMatchObject({
      state: "done",
      output: {
        medium: "text",
        text: FAKE_TEXT,
        files: [],
        liveCost: null,
        // 30 x $2 + 10 x $0.10 + the rest x $10, per million.
        cost: { nanoUsd: 30 * 2_000 + 10 * 100 + outputTokens * 10_000, basis: "metered" },
        usage: { input_tokens: 40, cached_input_tokens: 10, output_tokens: outputTokens },
      },
    });
    expect(openai.calls[0]?.body).toMatchObject({ max_output_tokens: 4_096, reasoning: { effort: "low" } });
  });

  test("puts the text before it below the prompt, between tags", async () => {
    await run(request("claude", { previousText: "What came before." }));
    const sent = JSON.stringify(anthropic.calls[0]?.body);
    expect(sent).toContain(
      "Write on the sea.\\n\\n<previous_output>\\nWhat came before.\\n</previous_output>",
    );
  });

  test("bills a text that was declined, by its tokens", async () => {
    anthropic.play("refused");
    const failure = await failureOf(run(request("claude")));
    // 40 x $2 + 30 x $10, per million.
    expect(failure).toMatchObject({
      code: "content_refused",
      billed: "yes",
      cost: { nanoUsd: 380_000, basis: "metered" },
    });
  });

  test("bills a text that is empty, and says so", async () => {
    anthropic.play("empty");
    const failure = await failureOf(run(request("claude")));
    expect(failure).toMatchObject({ billed: "yes", cost: { nanoUsd: 380_000 } });
    expect(failure.detail.en).toContain("The text is empty.");
  });

  test("hands files in that the model takes, and has a hash that follows them", async () => {
    const asked = request("gpt-4", { files: [PICTURE] });
    const call = await port.prepare(asked);
    await call.submit(context);
    expect(JSON.stringify(openai.calls[0]?.body)).toContain("data:image/png;base64,");
    const same = await port.prepare({ ...asked, topic: "Another topic" });
    const other = await port.prepare({ ...asked, files: [{ ...PICTURE, hash: "h2" }] });
    expect(same.requestHash).toBe(call.requestHash);
    expect(other.requestHash).not.toBe(call.requestHash);
  });

  test("takes an aborted text to have cost what came, and never more than the worst case", async () => {
    const call = await port.prepare(request("gpt-4"));
    const cost = call.costOfAborted("x".repeat(100));
    expect(cost.nanoUsd).toBe(517 * 2_500 + 2_100 * 10_000);
    expect(call.costOfAborted("x".repeat(99_999))).toEqual(call.worstCase);
  });

  test("takes an aborted text at high effort to have cost all that it could", async () => {
    const parameters = { reasoning_effort: "high", max_output_tokens: 100_000 };
    const call = await port.prepare(request("gpt-4", { parameters }));
    expect(call.costOfAborted("")).toEqual(call.worstCase);
    expect(call.costOfAborted("").nanoUsd).toBeGreaterThan(100_000 * 10_000);
  });

  test.each(["nothing", "zero"] as const)(
    "bills a whole text for a bound where tokens are counted as %s",
    async (counts) => {
      port = await portToOpenai({ counts });
      const output = await run(request("gpt-4"));
      expect(output.text).toBe(FAKE_TEXT);
      // (17 bytes + 500) x $2.50 + (what came + 2,000) x $10, per million.
      const nanoUsd = 517 * 2_500 + (Buffer.byteLength(FAKE_TEXT) + 2_000) * 10_000;
      expect(output.cost).toEqual({ nanoUsd, basis: "estimated" });
    },
  );
});

describe("a live picture step", () => {
  test("gives a picture of the asked size, measured, and bills its tokens", async () => {
    const parameters = { size: "1792x1024", quality: "high" };
    const output = await run(request("dall-e", { parameters, previousText: "A long article." }));
    expect(output.files).toHaveLength(1);
    expect(output.files[0]).toMatchObject({
      medium: "image",
      mediaType: "image/png",
      width: 1_792,
      height: 1_024,
    });
    expect(output.cost).toEqual({ nanoUsd: 50 * 5_000 + 1_000 * 30_000, basis: "metered" });
    expect(openai.calls[0]?.body).toMatchObject({
      prompt: "Write on the sea.\n\nA long article.",
      size: "1792x1024",
    });
  });

  test("cuts the text before it at what the model takes", async () => {
    await run(request("dall-e", { previousText: "x".repeat(40_000) }));
    expect(openai.calls[0]?.body).toHaveProperty("prompt.length", 32_000);
  });

  test("counts an unreadable answer as billed at the most it can cost", async () => {
    openai.play("malformed");
    const call = await port.prepare(request("dall-e"));
    const failure = await failureOf(call.submit(context));
    expect(failure).toMatchObject({ code: "unknown", billed: "yes", cost: call.worstCase });
    expect(call.worstCase.nanoUsd).toBeGreaterThan(0);
    expect(openai.calls).toHaveLength(1);
  });
});

describe("a live speech step", () => {
  const article = "# The sea\n\nIt is **wide**.";

  test("reads the text before it, without its marks, the way the prompt says", async () => {
    const output = await run(request("openai-tts", { prompt: "Warm and slow.", previousText: article }));
    expect(openai.calls[0]?.body).toMatchObject({
      input: "The sea\n\nIt is wide.",
      instructions: "Warm and slow.",
    });
    expect(output).toMatchObject({ medium: "audio", cost: { basis: "estimated" } });
    expect(output.files[0]?.durationSeconds).toBeGreaterThan(1);
    expect(output.cost.nanoUsd).toBeGreaterThan(0);
  });

  test("reads its own prompt where that is the text", async () => {
    await run(request("openai-tts", { prompt: article, parameters: { instructions: "Slowly." } }));
    expect(openai.calls[0]?.body).toMatchObject({ input: "The sea\n\nIt is wide.", instructions: "Slowly." });
  });

  test("drops the instruction for a voice that takes none", async () => {
    const output = await run(request("openai:tts-1", { prompt: "Warm and slow.", previousText: article }));
    expect(openai.calls[0]?.body).not.toHaveProperty("instructions");
    // 20 characters x $15 per million.
    expect(output.cost).toEqual({ nanoUsd: 300_000, basis: "metered" });
  });

  test("sends nothing that is longer than the voice takes", async () => {
    const failure = await failureOf(port.prepare(request("openai-tts", { prompt: "x".repeat(4_097) })));
    expect(failure).toMatchObject({ code: "invalid_step" });
    expect(failure.detail.en).toContain("4097 characters");
    expect(openai.calls).toEqual([]);
  });

  test("fails, billed, where the voice is a web page", async () => {
    openai.play("malformed");
    const failure = await failureOf(run(request("openai:tts-1", { prompt: "Hello there, sea" })));
    expect(failure).toMatchObject({
      code: "unknown",
      billed: "yes",
      cost: { nanoUsd: 240_000, basis: "metered" },
    });
    expect(failure.detail.en).toContain("The file that came is not a sound");
  });
});

function rehearsed(aiProvider: string, change: Partial<StepRequest> = {}): StepRequest {
  return request(aiProvider, { mode: "rehearsal", ...change });
}

describe("a rehearsal", () => {
  test("writes a text for nothing, and says what it would have cost", async () => {
    const call = await port.prepare(rehearsed("gpt-4"));
    expect(call).toMatchObject({ provider: "local", model: "local:text", performedBy: "local" });
    expect(call.worstCase).toEqual({ nanoUsd: 0, basis: "free" });
    const output = await run(rehearsed("gpt-4"));
    expect(output.text).toContain("sea");
    expect(output.cost).toEqual({ nanoUsd: 0, basis: "free" });
    expect(output.liveCost).toMatchObject({ basis: "estimated" });
    expect(output.liveCost?.nanoUsd).toBeGreaterThan(0);
    expect([...openai.calls, ...anthropic.calls]).toEqual([]);
  });

  test("draws a picture of the size that the named model was asked for", async () => {
    const output = await run(rehearsed("dall-e", { parameters: { size: "1792x1024", quality: "high" } }));
    expect(output.files[0]).toMatchObject({ medium: "image", width: 1_792, height: 1_024 });
    // 17 / 4 tokens x $5 + 5,063 x $30, per million.
    expect(output.liveCost).toEqual({ nanoUsd: 5 * 5_000 + 5_063 * 30_000, basis: "estimated" });
  });

  test("needs no key and no provider of the named model", async () => {
    const call = await port.prepare(rehearsed("midjourney"));
    expect(call.model).toBe("local:image");
    const live = await failureOf(port.prepare(request("midjourney")));
    expect(live).toMatchObject({ code: "auth" });
  });

  test("speaks, and knows the price of a voice", async () => {
    const output = await run(rehearsed("openai:tts-1", { prompt: "The sea is wide and blue." }));
    expect(output.medium).toBe("audio");
    expect(output.files[0]?.durationSeconds).toBeGreaterThan(0.5);
    expect(output.liveCost).toEqual({ nanoUsd: 25 * 15_000, basis: "estimated" });
  });

  test("does not know what an unpriced model would have cost", async () => {
    const output = await run(rehearsed("suno:gateway", { prompt: "Calm waves" }));
    expect(output.liveCost).toEqual({ nanoUsd: null, basis: "unknown" });
  });
});

const SOUND: FileValue = {
  artifactId: "s",
  hash: "h2",
  mediaType: "audio/mpeg",
  medium: "audio",
  durationSeconds: 90,
};

describe("a live transcript step", () => {
  const hearing: CallContext = { ...context, readFile: () => Promise.resolve(mp3Of(90)) };
  const asked = request("openai:whisper-1", { prompt: "[audio 1] Relais, Blockchain", files: [SOUND] });

  test("reserves and bills the length of the sound, and gives text with the times of its words", async () => {
    const call = await port.prepare(asked);
    // 90 s x $0.006 a minute.
    expect(call.worstCase).toEqual({ nanoUsd: 9_000_000, basis: "estimated" });
    expect(call.isAbortable).toBe(false);
    const submission = await call.submit(hearing);
    expect(submission).toMatchObject({ state: "done", output: { medium: "text", files: [] } });
    const output = submission.state === "done" ? submission.output : undefined;
    expect(output?.text).not.toBe("");
    expect(output?.words?.[0]).toEqual({
      word: expect.any(String),
      start: expect.any(Number),
      end: expect.any(Number),
    });
    expect(openai.calls[0]?.body).toMatchObject({ file: { type: "audio/mpeg" } });
  });

  test("prepares the same call again after a crash, and another for another hint", async () => {
    const { requestHash } = await port.prepare(asked);
    expect((await port.prepare({ ...asked })).requestHash).toBe(requestHash);
    const other = await port.prepare({ ...asked, prompt: "[audio 1] Relay" });
    expect(other.requestHash).not.toBe(requestHash);
  });

  test("knows no cost of a sound whose length could not be measured", async () => {
    const { durationSeconds: _, ...unmeasured } = SOUND;
    const call = await port.prepare({ ...asked, files: [unmeasured] });
    expect(call.worstCase).toEqual({ nanoUsd: null, basis: "unknown" });
  });

  test.each([
    ["nothing to listen to", [], "no sound to transcribe"],
    ["two sounds", [SOUND, { ...SOUND, artifactId: "t" }], "was given 2 sounds"],
    ["a picture", [PICTURE], "takes no file of the type image/png"],
  ])("sends nothing where it has %s", async (_name, files, said) => {
    const failure = await failureOf(port.prepare({ ...asked, files }));
    expect(failure).toMatchObject({ code: "invalid_step" });
    expect(failure.detail.en).toContain(said);
    expect(openai.calls).toEqual([]);
  });
});

describe("a live text step with a schema", () => {
  const schema = {
    type: "object",
    required: ["title", "scenes"],
    properties: { title: { type: "string" }, scenes: { type: "array", items: { type: "string" } } },
  };

  async function answering(text: string): Promise<StepRequest> {
    port = await portToOpenai({ text });
    return schemaRequest("gpt-4");
  }

  function schemaRequest(aiProvider: string): StepRequest {
    const asked = request(aiProvider);
    return { ...asked, step: { ...asked.step, output_schema: schema } };
  }

  const fitting = { title: "The sea", scenes: ["a", "b"] };

  test.each([
    ["bare", JSON.stringify(fitting)],
    ["in a fence", `\`\`\`json\n${JSON.stringify(fitting, null, 2)}\n\`\`\`\n`],
  ])("gives the JSON of an answer that is %s, having streamed it", async (_name, text) => {
    const asked = await answering(text);
    const call = await port.prepare(asked);
    let streamed = "";
    const submission = await call.submit({ ...context, onText: (delta) => (streamed += delta) });
    expect(submission).toMatchObject({ state: "done", output: { medium: "json", json: fitting, files: [] } });
    expect(streamed).toBe(text);
  });

  test("asks for it in the vendor's field and in words, and reserves both", async () => {
    const asked = await answering(JSON.stringify(fitting));
    const plain = await port.prepare(request("gpt-4"));
    const call = await port.prepare(asked);
    await call.submit(context);
    const body = JSON.stringify(openai.calls[0]?.body);
    expect(openai.calls[0]?.body).toMatchObject({
      text: { format: { type: "json_schema", strict: false, schema } },
    });
    expect(body).toContain("fits this JSON Schema");
    const bytes = 2 * JSON.stringify(schema).length;
    expect(Number(call.worstCase.nanoUsd) - Number(plain.worstCase.nanoUsd)).toBeGreaterThan(bytes * 2_500);
  });

  test("has a hash of its own for each schema", async () => {
    const asked = schemaRequest("gpt-4");
    const other = { ...asked, step: { ...asked.step, output_schema: { type: "array" } } };
    const hashes = await Promise.all(
      [asked, other, request("gpt-4")].map(async (one) => (await port.prepare(one)).requestHash),
    );
    expect(new Set(hashes).size).toBe(3);
  });

  test("asks Claude in its field too", async () => {
    await failureOf(run(schemaRequest("claude")));
    expect(JSON.stringify(anthropic.calls[0]?.body)).toContain('"scenes"');
    expect(anthropic.calls).toHaveLength(1);
  });

  test.each([
    [
      "does not fit",
      JSON.stringify({ scenes: [1, 2] }),
      "does not fit output_schema: the answer has no “title”; /scenes/0 is not of the type string (and 1 more).",
    ],
    ["is no JSON", "Here you are: a title.", "The text is not JSON, which output_schema asks for."],
  ])("fails, billed, where the answer %s", async (_name, text, said) => {
    const failure = await failureOf(run(await answering(text)));
    expect(failure).toMatchObject({ code: "unknown", billed: "yes", cost: { basis: "metered" } });
    expect(failure.detail.en).toContain("This call was billed.");
    expect(failure.detail.en).toContain(said);
    expect(openai.calls).toHaveLength(1);
  });

  test("can be corrected by a call that shows the model its answer and what is wrong with it", async () => {
    const wrong = JSON.stringify({ scenes: [1, 2] });
    const asked = await answering(wrong);
    const first = await failureOf(run(asked));
    const repair = first instanceof ProviderFailure ? first.repair : null;
    expect(repair).toMatchObject({ answer: wrong, problems: [{ en: "the answer has no “title”" }, {}, {}] });
    if (repair === null) throw new Error("nothing can be corrected");
    const [plain, correcting] = [await port.prepare(asked), await port.prepare({ ...asked, repair })];
    expect(correcting.requestHash).not.toBe(plain.requestHash);
    expect(correcting.worstCase.nanoUsd).toBeGreaterThan(plain.worstCase.nanoUsd ?? 0);
    const failure = await failureOf(run({ ...asked, repair }));
    expect(failure).toMatchObject({ billed: "yes", repair: null });
    expect(failure.detail.en).toContain("This call was to correct a first answer");
    const body = JSON.stringify(openai.calls[1]?.body);
    expect(body).toContain("<your_answer>");
    expect(body).toContain("the answer has no “title”");
    expect(openai.calls).toHaveLength(2);
  });

  test("cannot be corrected where it is too long to be shown again", async () => {
    const failure = await failureOf(run(await answering("x".repeat(60_001))));
    expect(failure).toMatchObject({ billed: "yes", repair: null });
  });

  test("is rehearsed with a sample that fits, whose text counts in what it would have cost", async () => {
    const plain = await run(rehearsed("gpt-4"));
    const output = await run({ ...schemaRequest("gpt-4"), mode: "rehearsal" });
    expect(output).toMatchObject({
      medium: "json",
      json: {
        title: expect.stringContaining("sea"),
        scenes: [expect.any(String), expect.any(String), expect.any(String)],
      },
    });
    expect(output.liveCost?.basis).toBe("estimated");
    expect(plain.liveCost?.nanoUsd).toBeGreaterThan(0);
    expect(output.liveCost?.nanoUsd).toBeGreaterThan(300 * 10_000);
    expect(openai.calls).toEqual([]);
  });
});

describe("a step that cannot be called", () => {
  test.each([
    ["an unknown model", request("nobody:model"), "invalid_step"],
    ["a model that is gone", request("openai:dall-e-3"), "invalid_step"],
    ["an empty prompt", request("gpt-4", { prompt: " " }), "invalid_step"],
    ["a parameter out of range", request("gpt-4", { parameters: { max_output_tokens: 1 } }), "invalid_step"],
    [
      "a choice that reads like a reference",
      request("dall-e", { parameters: { size: "{topic}" } }),
      "invalid_step",
    ],
    [
      "a number that reads like a reference",
      request("gpt-4", { parameters: { max_output_tokens: "{topic}" } }),
      "invalid_step",
    ],
    ["an unknown parameter", request("gpt-4", { parameters: { colour: "blue" } }), "invalid_step"],
    ["a file that the model does not take", request("openai-tts", { files: [PICTURE] }), "invalid_step"],
    ["a missing key", request("elevenlabs"), "auth"],
  ])("fails before anything is sent: %s", async (_name, asked, code) => {
    const failure = await failureOf(port.prepare(asked));
    expect(failure).toBeInstanceOf(StepFailure);
    expect(failure.code).toBe(code);
    expect(failure.detail.fr).toContain("Rien n’a été facturé.");
    expect(openai.calls).toEqual([]);
  });

  test("names the key that is missing", async () => {
    const registry = createRegistry({
      providers: [createOpenaiProvider(outbound)],
      config: {},
    });
    const keyless = createStepPort({ registry, prices: loadPriceList() });
    const failure = await failureOf(keyless.prepare(request("gpt-4")));
    expect(failure).toMatchObject({ code: "auth" });
    expect(failure.detail.en).toContain("OPENAI_API_KEY is missing.");
  });

  test("fails unbilled where a file is gone", async () => {
    const call = await port.prepare(request("gpt-4", { files: [PICTURE] }));
    const gone = { ...context, readFile: () => Promise.reject(new MissingContent(PICTURE.hash)) };
    expect(await failureOf(call.submit(gone))).toMatchObject({ code: "missing_file", billed: "no" });
    expect(openai.calls).toEqual([]);
  });

  test("fails unbilled and may be tried again where the store of files is out of reach", async () => {
    const call = await port.prepare(request("gpt-4", { files: [PICTURE] }));
    const away = { ...context, readFile: () => Promise.reject(new StoreUnavailable("no answer")) };
    const failure = await failureOf(call.submit(away));
    expect(failure).toMatchObject({ code: "unavailable", billed: "no", isTransient: true });
    expect(openai.calls).toEqual([]);
  });
});

describe("a step of a family that stands for a model of the person's choice", () => {
  test("is sent, priced and known by the parameters that this one takes", async () => {
    const registry = createRegistry({
      providers: [createOpenaiProvider(outbound)],
      config: { openai: { apiKey: FAKE_OPENAI_KEY, baseUrl: `${openai.url}/v1` } },
      families: { midjourney: "openai:gpt-image-2" },
    });
    port = createStepPort({
      registry,
      prices: loadPriceList(),
      now: () => new Date("2026-11-22T12:00:00Z"),
    });
    const parameters = { size: "1344x768", stylize: 100 };
    const call = await port.prepare(request("midjourney", { parameters }));
    const other = await port.prepare(request("openai:gpt-image-2", { parameters: { size: "1792x1024" } }));
    expect(call.worstCase).toEqual(other.worstCase);
    expect(call.requestHash).toBe(other.requestHash);
    await call.submit(context);
    expect(openai.calls[0]?.body).toMatchObject({ size: "1792x1024" });
    expect(openai.calls[0]?.body).not.toHaveProperty("stylize");
  });

  test("is refused like any other where it names the model itself", async () => {
    const asked = request("openai:gpt-image-2", { parameters: { size: "1344x768" } });
    expect((await failureOf(port.prepare(asked))).message).toContain("1344x768");
    expect(openai.calls).toEqual([]);
  });
});
