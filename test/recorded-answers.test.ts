import { afterEach, describe, expect, test } from "vitest";
import { createProviders } from "../src/cli/providers.ts";
import { parseOwnPrices, withOwnPrices } from "../src/pricing/own-prices.ts";
import { loadPriceList } from "../src/pricing/price-list.ts";
import { createRegistry } from "../src/providers/registry.ts";
import { createStepPort } from "../src/steps/step-port.ts";
import { stepSchema } from "../src/workflow/definition.ts";
import type { CostBasis } from "../src/workflow/money.ts";
import type { CallContext, PreparedCall, StepOutput } from "../src/workflow/ports.ts";
import type { FileValue, Json } from "../src/workflow/values.ts";
import { FAKE_ANTHROPIC_KEY, startFakeAnthropic } from "./support/fake-anthropic.ts";
import { FAKE_BFL_KEY, startFakeBlackForestLabs } from "./support/fake-black-forest-labs.ts";
import { FAKE_DEEPGRAM_KEY, startFakeDeepgram } from "./support/fake-deepgram.ts";
import { FAKE_ELEVENLABS_KEY, startFakeElevenlabs } from "./support/fake-elevenlabs.ts";
import { mp3Of, pngOf } from "./support/fake-files.ts";
import { FAKE_GOOGLE_KEY, startFakeGoogle } from "./support/fake-google.ts";
import { FAKE_IDEOGRAM_KEY, startFakeIdeogram } from "./support/fake-ideogram.ts";
import { FAKE_KLING_KEY, startFakeKling } from "./support/fake-kling.ts";
import { FAKE_LEONARDO_KEY, startFakeLeonardo } from "./support/fake-leonardo.ts";
import { FAKE_LUMA_KEY, startFakeLuma } from "./support/fake-luma.ts";
import { FAKE_MINIMAX_KEY, startFakeMinimax } from "./support/fake-minimax.ts";
import { startFakeOpenaiCompatible } from "./support/fake-openai-compatible.ts";
import { FAKE_OPENAI_KEY, startFakeOpenai } from "./support/fake-openai.ts";
import { FAKE_PERPLEXITY_KEY, startFakePerplexity } from "./support/fake-perplexity.ts";
import { FAKE_RECRAFT_KEY, startFakeRecraft } from "./support/fake-recraft.ts";
import { FAKE_RUNWAY_KEY, startFakeRunway } from "./support/fake-runway.ts";
import type { FakeServer, Figures } from "./support/fake-server.ts";
import { FAKE_STABILITY_KEY, startFakeStability } from "./support/fake-stability.ts";
import { FAKE_TOGETHER_KEY, startFakeTogether } from "./support/fake-together.ts";
import { FAKE_XAI_KEY, startFakeXai } from "./support/fake-xai.ts";
import { outboundTo } from "./support/outbound-to.ts";

/** The vendors whose answers are priced: their fake, the path behind its address, and the key that it takes. */
const VENDORS: Record<string, { start: () => Promise<FakeServer>; path: string; apiKey: string | null }> = {
  openai: { start: () => startFakeOpenai(), path: "/v1", apiKey: FAKE_OPENAI_KEY },
  anthropic: { start: () => startFakeAnthropic(), path: "/v1", apiKey: FAKE_ANTHROPIC_KEY },
  google: { start: () => startFakeGoogle(), path: "/v1beta", apiKey: FAKE_GOOGLE_KEY },
  xai: { start: () => startFakeXai(), path: "/v1", apiKey: FAKE_XAI_KEY },
  perplexity: { start: () => startFakePerplexity(), path: "", apiKey: FAKE_PERPLEXITY_KEY },
  together: { start: () => startFakeTogether(), path: "/v1", apiKey: FAKE_TOGETHER_KEY },
  minimax: { start: () => startFakeMinimax(), path: "", apiKey: FAKE_MINIMAX_KEY },
  elevenlabs: { start: () => startFakeElevenlabs(), path: "", apiKey: FAKE_ELEVENLABS_KEY },
  deepgram: { start: () => startFakeDeepgram(), path: "/v1", apiKey: FAKE_DEEPGRAM_KEY },
  "black-forest-labs": { start: () => startFakeBlackForestLabs(), path: "/v1", apiKey: FAKE_BFL_KEY },
  stability: { start: () => startFakeStability(), path: "", apiKey: FAKE_STABILITY_KEY },
  ideogram: { start: () => startFakeIdeogram(), path: "", apiKey: FAKE_IDEOGRAM_KEY },
  recraft: { start: () => startFakeRecraft(), path: "/v1", apiKey: FAKE_RECRAFT_KEY },
  leonardo: { start: () => startFakeLeonardo(), path: "/api/rest/v1", apiKey: FAKE_LEONARDO_KEY },
  luma: { start: () => startFakeLuma(), path: "/dream-machine/v1", apiKey: FAKE_LUMA_KEY },
  kling: { start: () => startFakeKling(), path: "", apiKey: FAKE_KLING_KEY },
  runway: { start: () => startFakeRunway(), path: "", apiKey: FAKE_RUNWAY_KEY },
  ollama: { start: () => startFakeOpenaiCompatible({ apiKey: null }), path: "/v1", apiKey: null },
};

const USD = 1_000_000_000;
const CENT = USD / 100;

/** One answer and what it costs. */
interface RecordedAnswer {
  what: string;
  /** `provider:model`. */
  model: string;
  parameters?: Record<string, Json>;
  /** What is spoken, 20 characters, or described. */
  prompt?: string;
  input?: FileValue;
  /** What the vendor's answer says that it used or cost, by the names of its fields. */
  says: Figures;
  /** A person's own prices. */
  own?: Json[];
  /** In nano-dollars, worked out by hand from the vendors' price pages; null: nobody knows. */
  nanoUsd: number | null;
  basis: CostBasis;
}

const PICTURE: FileValue = { artifactId: "p", hash: "h1", mediaType: "image/png", medium: "image" };
/** 2.4 seconds of it. */
const SOUND: FileValue = {
  artifactId: "s",
  hash: "h2",
  mediaType: "audio/mpeg",
  medium: "audio",
  durationSeconds: 2.4,
};

/** Tokens of text. $1 for a million is 1,000 nano-dollars for one. */
const TEXTS: RecordedAnswer[] = [
  {
    what: "input, cached and output tokens: $2, $0.10 and $10 a million",
    model: "openai:gpt-6.2-sol",
    says: { input_tokens: 40, cached_tokens: 10, output_tokens: 55 },
    nanoUsd: 30 * 2_000 + 10 * 100 + 55 * 10_000,
    basis: "metered",
  },
  {
    what: "272,000 input tokens, the last that cost $2",
    model: "openai:gpt-6.2-sol",
    says: { input_tokens: 272_000, cached_tokens: 2_000, output_tokens: 1_000 },
    nanoUsd: 270_000 * 2_000 + 2_000 * 100 + 1_000 * 10_000,
    basis: "metered",
  },
  {
    what: "one more, from which on all cost $4, $0.20 and $15",
    model: "openai:gpt-6.2-sol",
    says: { input_tokens: 272_001, cached_tokens: 2_000, output_tokens: 1_000 },
    nanoUsd: 270_001 * 4_000 + 2_000 * 200 + 1_000 * 15_000,
    basis: "metered",
  },
  {
    what: "tokens written to a cache and read from it, which stand beside the input: $5 and $0.20 beside $4 and $20",
    model: "anthropic:claude-opus-5-5",
    says: {
      input_tokens: 1_000,
      cache_creation_input_tokens: 200,
      cache_read_input_tokens: 500,
      output_tokens: 300,
    },
    nanoUsd: 1_000 * 4_000 + 200 * 5_000 + 500 * 200 + 300 * 20_000,
    basis: "metered",
  },
  {
    what: "cached tokens without a price of their own, as input",
    model: "anthropic:claude-sonnet-5-5",
    says: {
      input_tokens: 100,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 900,
      output_tokens: 10,
    },
    nanoUsd: 1_000 * 2_000 + 10 * 10_000,
    basis: "metered",
  },
  {
    what: "thought beside what is written, at the launch price of this day: $0.75 and $3.75",
    model: "google:gemini-3.8-flash",
    says: { promptTokenCount: 1_000, thoughtsTokenCount: 20, candidatesTokenCount: 100 },
    nanoUsd: 1_000 * 750 + 120 * 3_750,
    basis: "metered",
  },
  {
    what: "the vendor's own figure in ticks, ten of a nano-dollar, begun ones counted",
    model: "xai:grok-4.7",
    says: { cost_in_usd_ticks: 37_756_001 },
    nanoUsd: 3_775_601,
    basis: "reported",
  },
  {
    what: "no figure of the vendor's: 32 of input, 8 cached, 10 written and 25 thought at $2, $0.50 and $6",
    model: "xai:grok-4.7",
    says: { completion_tokens: 10, total_tokens: 40 + 10 + 25, cost_in_usd_ticks: null },
    nanoUsd: 32 * 2_000 + 8 * 500 + 35 * 6_000,
    basis: "metered",
  },
  {
    what: "the vendor's own figure in dollars, searches included",
    model: "perplexity:perplexity/sonar",
    says: { total_cost: 0.00365 },
    nanoUsd: 0.365 * CENT,
    basis: "reported",
  },
  {
    what: "a model that no list holds",
    model: "openai:gpt-of-tomorrow",
    says: { input_tokens: 40, cached_tokens: 10, output_tokens: 55 },
    nanoUsd: null,
    basis: "unknown",
  },
  {
    what: "the same with prices of one's own: $3 and $30, cached as input",
    model: "openai:gpt-of-tomorrow",
    says: { input_tokens: 40, cached_tokens: 10, output_tokens: 55 },
    own: [
      { model: "openai:gpt-of-tomorrow", unit: "input_token", usd: 3, per: 1_000_000 },
      { model: "openai:gpt-of-tomorrow", unit: "output_token", usd: 30, per: 1_000_000 },
    ],
    nanoUsd: 40 * 3_000 + 55 * 30_000,
    basis: "metered",
  },
  {
    what: "a model on a machine of one's own",
    model: "ollama:qwen3",
    says: { prompt_tokens: 40, completion_tokens: 55 },
    nanoUsd: 0,
    basis: "free",
  },
];

const PICTURES: RecordedAnswer[] = [
  {
    what: "tokens of a picture: $5 in, $30 out",
    model: "openai:gpt-image-2",
    parameters: { size: "1024x1024", quality: "low" },
    says: { input_tokens: 50, text_tokens: 50, output_tokens: 196 },
    nanoUsd: 50 * 5_000 + 196 * 30_000,
    basis: "metered",
  },
  {
    what: "tokens of a picture that goes in apart, at $8",
    model: "openai:gpt-image-2",
    input: PICTURE,
    says: { input_tokens: 250, image_tokens: 200, output_tokens: 1_000 },
    nanoUsd: 50 * 5_000 + 200 * 8_000 + 1_000 * 30_000,
    basis: "metered",
  },
  {
    what: "a picture by its quality: 10 cents for `high`",
    model: "ideogram:ideogram-4-5",
    parameters: { quality: "high" },
    says: {},
    nanoUsd: 10 * CENT,
    basis: "metered",
  },
  {
    what: "a picture by its size: 1.7 cents for four megapixels",
    model: "black-forest-labs:flux-2-klein-4b",
    parameters: { size: "2048x2048" },
    says: { cost: null },
    nanoUsd: 1.7 * CENT,
    basis: "estimated",
  },
  {
    what: "a picture by its quality and size: 8 cents for `medium` and `2k`",
    model: "xai:grok-imagine-image-2.0",
    parameters: { quality: "medium", resolution: "2k" },
    says: { cost_in_usd_ticks: null },
    nanoUsd: 8 * CENT,
    basis: "estimated",
  },
  {
    what: "a picture that goes in besides, at 0.2 cents",
    model: "xai:grok-imagine-image",
    input: PICTURE,
    says: { cost_in_usd_ticks: null },
    nanoUsd: 2 * CENT + 0.2 * CENT,
    basis: "estimated",
  },
  {
    what: "1,572,864 pixels, hence two megapixels at 3 cents",
    model: "together:black-forest-labs/FLUX.2-pro",
    parameters: { size: "1536x1024" },
    says: {},
    nanoUsd: 2 * 3 * CENT,
    basis: "estimated",
  },
  {
    what: "one picture at 3 cents",
    model: "stability:stable-image-core",
    says: {},
    nanoUsd: 1 * 3 * CENT,
    basis: "estimated",
  },
  {
    what: "the vendor's own figure of 4.5 credits of a cent",
    model: "black-forest-labs:flux-pro-1.1",
    says: { cost: 4.5 },
    nanoUsd: 4.5 * CENT,
    basis: "reported",
  },
  {
    what: "the vendor's own figure of 40 units, a thousand of a dollar",
    model: "recraft:recraftv3",
    says: { credits: 40 },
    nanoUsd: (40 * USD) / 1_000,
    basis: "reported",
  },
  {
    what: "the vendor's own figure in dollars, as text",
    model: "leonardo:lucid-origin",
    says: { amount: 0.0147 },
    nanoUsd: 1.47 * CENT,
    basis: "reported",
  },
  {
    what: "the vendor's own figure in ticks",
    model: "xai:grok-imagine-image",
    says: { cost_in_usd_ticks: 200_000_000 },
    nanoUsd: 200_000_000 / 10,
    basis: "reported",
  },
  {
    what: "the vendor's own figure, before a price of one's own",
    model: "black-forest-labs:flux-pro-1.1",
    says: { cost: 4 },
    own: [{ model: "black-forest-labs:flux-pro-1.1", unit: "image", usd: 0.01 }],
    nanoUsd: 4 * CENT,
    basis: "reported",
  },
];

const SOUNDS: RecordedAnswer[] = [
  {
    what: "20 characters at $15 a million",
    model: "openai:tts-1",
    prompt: "The sea is at rest..",
    says: {},
    nanoUsd: 20 * 15_000,
    basis: "metered",
  },
  {
    what: "20 characters at $0.10 a thousand, which hangs on the plan",
    model: "elevenlabs:eleven_multilingual_v2",
    prompt: "The sea is at rest..",
    says: {},
    nanoUsd: 20 * 100_000,
    basis: "estimated",
  },
  {
    what: "20 characters at the person's own $0.18 a thousand",
    model: "elevenlabs:eleven_multilingual_v2",
    prompt: "The sea is at rest..",
    says: {},
    own: [{ model: "elevenlabs:eleven_multilingual_v2", unit: "character", usd: 0.18, per: 1_000 }],
    nanoUsd: 20 * 180_000,
    basis: "metered",
  },
  {
    what: "a voice whose price nobody knows",
    model: "deepgram:flux-tts",
    prompt: "The sea is at rest..",
    says: {},
    nanoUsd: null,
    basis: "unknown",
  },
  {
    what: "8 tokens in at $0.60 a million, 79 frames of 1,152 samples at 44,100 a second, hence 2.064 s, at 1.5 cents a minute",
    model: "openai:gpt-4o-mini-tts",
    prompt: "The sea is at rest, said thrice",
    says: {},
    nanoUsd: 8 * 600 + (2_064 * 1.5 * CENT) / 60_000,
    basis: "estimated",
  },
  {
    what: "10 seconds of music at 50 cents a minute",
    model: "elevenlabs:music_v2",
    parameters: { duration: 10 },
    says: {},
    nanoUsd: Math.ceil((10 * 50 * CENT) / 60),
    basis: "estimated",
  },
  {
    what: "one sound at 12 cents",
    model: "elevenlabs:eleven_text_to_sound_v2",
    says: {},
    nanoUsd: 12 * CENT,
    basis: "estimated",
  },
  {
    what: "one song at 15 cents",
    model: "minimax:music-3.0",
    says: {},
    nanoUsd: 15 * CENT,
    basis: "estimated",
  },
];

const TRANSCRIPTS: RecordedAnswer[] = [
  {
    what: "61 seconds at 0.45 cents a minute",
    model: "openai:gpt-transcribe",
    says: { seconds: 61 },
    nanoUsd: (61 * 0.45 * CENT) / 60,
    basis: "metered",
  },
  {
    what: "an answer that counts tokens: 2.4 seconds went in, three begun ones at 0.6 cents a minute",
    model: "openai:gpt-4o-transcribe",
    says: {},
    nanoUsd: (3 * 0.6 * CENT) / 60,
    basis: "estimated",
  },
  {
    what: "1.6 seconds at 22 cents an hour, 97,777.7… nano-dollars",
    model: "elevenlabs:scribe_v2",
    says: { audio_duration_secs: 1.6 },
    nanoUsd: 97_778,
    basis: "estimated",
  },
  {
    what: "30 seconds of several languages at 0.92 cents a minute",
    model: "deepgram:nova-3",
    says: { duration: 30 },
    nanoUsd: (30 * 0.92 * CENT) / 60,
    basis: "estimated",
  },
  {
    what: "30 seconds of one language at 0.77 cents a minute",
    model: "deepgram:nova-3",
    parameters: { language: "fr" },
    says: { duration: 30 },
    nanoUsd: (30 * 0.77 * CENT) / 60,
    basis: "estimated",
  },
];

const FILMS: RecordedAnswer[] = [
  {
    what: "5 seconds of 1080p with sound, which came out a tenth longer, at 14 cents",
    model: "kling:kling-v2-6",
    parameters: { resolution: "1080p", audio: true },
    says: { duration: 5.1 },
    nanoUsd: 5 * 14 * CENT,
    basis: "estimated",
  },
  {
    what: "10 seconds of 720p without at 4.2 cents",
    model: "kling:kling-v2-6",
    parameters: { resolution: "720p", duration: 10 },
    says: { duration: 10.1 },
    nanoUsd: 10 * 4.2 * CENT,
    basis: "estimated",
  },
  {
    what: "9 seconds of 1080p at 31.9 cents",
    model: "luma:ray-2",
    parameters: { resolution: "1080p", duration: 9 },
    says: {},
    nanoUsd: 9 * 319_000_000,
    basis: "estimated",
  },
  {
    what: "one film of 10 seconds at 56 cents",
    model: "minimax:MiniMax-Hailuo-2.3",
    parameters: { duration: 10, resolution: "768P" },
    says: {},
    nanoUsd: 56 * CENT,
    basis: "estimated",
  },
  {
    what: "the vendor's own figure of 25 credits of a cent",
    model: "runway:gen4.5",
    says: { credits: 25 },
    nanoUsd: 25 * CENT,
    basis: "reported",
  },
  {
    what: "the vendor's own figure in ticks, ten thousand million of a dollar",
    model: "xai:grok-imagine-video",
    says: { cost_in_usd_ticks: 4_010_000_000 },
    nanoUsd: 40.1 * CENT,
    basis: "reported",
  },
];

let close: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of close.toReversed()) await end();
  close = [];
});

const context: CallContext = {
  signal: new AbortController().signal,
  idempotencyKey: "attempt-1",
  onText: () => {},
  onProgress: () => {},
  readFile: ({ medium }) => Promise.resolve(medium === "audio" ? mp3Of(2.4) : pngOf(8, 8)),
  copyFile: () => Promise.reject(new Error("nothing is copied")),
};

async function prepare(answer: RecordedAnswer): Promise<PreparedCall> {
  const { model, parameters = {}, prompt = "A few words on the sea.", input, own = [] } = answer;
  const providerId = model.slice(0, model.indexOf(":"));
  const vendor = VENDORS[providerId];
  if (!vendor) throw new Error(`no fake of ${providerId}`);
  const fake = await vendor.start();
  fake.setFigures(answer.says);
  const outbound = outboundTo(fake);
  close = [() => fake.stop(), () => outbound.close()];
  const registry = createRegistry({
    providers: createProviders(outbound),
    config: { [providerId]: { apiKey: vendor.apiKey, baseUrl: `${fake.url}${vendor.path}` } },
  });
  const day = "2026-11-22";
  const prices = withOwnPrices(loadPriceList(), parseOwnPrices({ prices: own }, day));
  const port = createStepPort({ registry, prices, now: () => new Date(`${day}T12:00:00Z`) });
  return port.prepare({
    step: stepSchema.parse({ step_number: 1, ai_provider: model, prompt }),
    mode: "live",
    prompt,
    parameters,
    previousText: null,
    files: input ? [input] : [],
    topic: "The sea",
    results: () => Promise.resolve([]),
  });
}

/** Sends the call, and asks about its job until that has ended. */
async function outputOf(call: PreparedCall): Promise<StepOutput> {
  let submission = await call.submit(context);
  while (submission.state === "job") {
    if (!call.poll) throw new Error("a job that nobody can ask about");
    submission = await call.poll(submission.jobId, context);
  }
  if (submission.state === "failed") throw submission.failure;
  return submission.output;
}

const ofSound = (answer: RecordedAnswer): RecordedAnswer => ({ input: SOUND, ...answer });

describe("a recorded answer", () => {
  test.each([...TEXTS, ...PICTURES, ...SOUNDS, ...TRANSCRIPTS.map(ofSound), ...FILMS])(
    "of $model costs, to the nano-dollar: $what",
    async (answer) => {
      const { cost } = await outputOf(await prepare(answer));
      expect(cost).toEqual({ nanoUsd: answer.nanoUsd, basis: answer.basis });
    },
  );

  test("of ElevenLabs keeps the plan's credits beside the cost, which they are not", async () => {
    const speech = { model: "elevenlabs:eleven_multilingual_v2", prompt: "The sea is at rest..", says: {} };
    const call = await prepare({ ...speech, what: "", nanoUsd: 20 * 100_000, basis: "estimated" });
    const { cost, usage } = await outputOf(call);
    expect(usage).toEqual({ characters: 20, raw: { character_cost: "20" } });
    expect(cost.nanoUsd).toBe(20 * 100_000);
  });
});
