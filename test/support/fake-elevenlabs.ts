import { z } from "zod";
import { mp3Of } from "./fake-files.ts";
import {
  jsonAnswer,
  startFakeServer,
  type FakeAnswer,
  type FakeCall,
  type FakePlace,
  type FakeServer,
  type FakeVendor,
  type Scenario,
} from "./fake-server.ts";

/** The key that the fake takes unless told otherwise. */
export const FAKE_ELEVENLABS_KEY = "sk_fake_elevenlabs_0123456789";

const share = z.number().min(0).max(1);
const seed = z.int().min(0).max(2_147_483_647);
const speechBody = z.strictObject({
  text: z.string().min(1),
  model_id: z.string().min(1),
  language_code: z.string().optional(),
  seed: seed.optional(),
  voice_settings: z
    .strictObject({
      stability: share.optional(),
      similarity_boost: share.optional(),
      style: share.optional(),
      use_speaker_boost: z.boolean().optional(),
      speed: z.number().min(0.7).max(1.2).optional(),
    })
    .optional(),
});

/** A seed cannot be used with a prompt. */
const musicBody = z.strictObject({
  prompt: z.string().min(1).max(4_100),
  model_id: z.enum(["music_v1", "music_v2"]).optional(),
  music_length_ms: z.int().min(3_000).max(600_000).optional(),
  force_instrumental: z.boolean().optional(),
});

const soundBody = z.strictObject({
  text: z.string().min(1),
  model_id: z.literal("eleven_text_to_sound_v2").optional(),
  loop: z.boolean().optional(),
  duration_seconds: z.number().min(0.5).max(30).optional(),
  prompt_influence: share.optional(),
});

/** A form: what is not a file is text. */
const transcriptBody = z.strictObject({
  model_id: z.enum(["scribe_v1", "scribe_v2"]),
  file: z.strictObject({ type: z.string().regex(/^(audio|video)\//), size: z.int().min(1) }),
  language_code: z
    .string()
    .regex(/^[a-z]{2,3}$/)
    .optional(),
  timestamps_granularity: z.enum(["none", "word", "character"]).optional(),
  tag_audio_events: z.enum(["true", "false"]).optional(),
});

const SPEECH_FORMATS =
  /^(mp3_22050_32|mp3_24000_48|mp3_44100_(32|64|96|128|192)|opus_48000_(32|64|96|128|192)|(pcm|wav)_(8000|16000|22050|24000|32000|44100|48000)|[au]law_8000)$/;
const MUSIC_FORMATS =
  /^(auto|mp3_48000_(128|192|240|320)|mp3_22050_32|mp3_24000_48|mp3_44100_(32|64|96|128|192)|opus_48000_(32|64|96|128|192)|pcm_(8000|16000|22050|24000|44100|48000)|[au]law_8000)$/;

type Kind = "speech" | "music" | "sound" | "transcript";

/** What is taken where; null: no `output_format`. */
const ENDPOINTS: { kind: Kind; path: RegExp; body: z.ZodType; formats: RegExp | null }[] = [
  {
    kind: "speech",
    path: /^\/v1\/text-to-speech\/[\w-]+\/with-timestamps$/,
    body: speechBody,
    formats: SPEECH_FORMATS,
  },
  { kind: "music", path: /^\/v1\/music$/, body: musicBody, formats: MUSIC_FORMATS },
  { kind: "sound", path: /^\/v1\/sound-generation$/, body: soundBody, formats: SPEECH_FORMATS },
  { kind: "transcript", path: /^\/v1\/speech-to-text$/, body: transcriptBody, formats: null },
];

function endpointOf(call: FakeCall) {
  const { pathname } = new URL(call.path, "http://fake");
  return ENDPOINTS.find(({ path }) => path.test(pathname));
}

/**
 * ElevenLabs' `/v1/text-to-speech/{voice}/with-timestamps`, `/v1/music`, `/v1/sound-generation` and `/v1/speech-to-text`, in
 * the shapes of its published API. `ELEVENLABS_BASE_URL` is `url`.
 */
export function startFakeElevenlabs(
  options: { scenario?: Scenario | Scenario[]; apiKey?: string } = {},
): Promise<FakeServer> {
  const { scenario, apiKey = FAKE_ELEVENLABS_KEY } = options;
  const vendor: FakeVendor = {
    overloadedStatus: 503,
    error: errorAnswer,
    check(call) {
      const endpoint = endpointOf(call);
      if (!endpoint) return jsonAnswer(404, { detail: "Not Found" });
      if (call.method !== "POST") return jsonAnswer(405, { detail: "Method Not Allowed" });
      if (call.headers["xi-api-key"] !== apiKey) return errorAnswer(401, "unauthorized");
      for (const [name, value] of new URL(call.path, "http://fake").searchParams) {
        if (name !== "output_format" || !endpoint.formats?.test(value)) {
          return failed(400, "invalid_output_format", `Invalid ${name} ${value}`);
        }
      }
      const result = endpoint.body.safeParse(call.body);
      return result.success ? null : invalid(result.error);
    },
    file: (call) => ({ bytes: mp3Of(secondsOf(call)), mediaType: "audio/mpeg" }),
    answer(call, kind, place) {
      const asked = endpointOf(call)?.kind;
      if (kind === "refused") return refused(asked);
      if (asked === "speech") return speechAnswer(call, kind, place);
      if (asked === "transcript") return transcriptAnswer(place);
      return {
        status: 200,
        contentType: "audio/mpeg",
        headers: asked === "sound" ? { "character-cost": "100" } : { "song-id": "song_1" },
        pieces: kind === "empty" ? [] : [place.file.bytes],
      };
    },
  };
  return startFakeServer(vendor, scenario);
}

/** How long what a call makes is to be. */
function secondsOf(call: FakeCall): number {
  const speech = speechBody.safeParse(call.body).data;
  if (speech && endpointOf(call)?.kind === "speech") return speech.text.length / CHARACTERS_PER_SECOND;
  const music = musicBody.safeParse(call.body).data;
  const sound = soundBody.safeParse(call.body).data;
  return (music?.music_length_ms ?? 0) / 1_000 || (sound?.duration_seconds ?? 3);
}

const CHARACTERS_PER_SECOND = 15;

function speechAnswer(call: FakeCall, kind: "full" | "empty", { file }: FakePlace): FakeAnswer {
  const { text } = speechBody.parse(call.body);
  const alignment = {
    characters: Array.from(text),
    character_start_times_seconds: Array.from(text, (_, index) => index / CHARACTERS_PER_SECOND),
    character_end_times_seconds: Array.from(text, (_, index) => (index + 1) / CHARACTERS_PER_SECOND),
  };
  const isEmpty = kind === "empty";
  const answer = jsonAnswer(200, {
    audio_base64: isEmpty ? "" : Buffer.from(file.bytes).toString("base64"),
    alignment: isEmpty ? null : alignment,
    normalized_alignment: isEmpty ? null : alignment,
  });
  return { ...answer, headers: { "character-cost": String(text.length), "request-id": "req_1" } };
}

function transcriptAnswer({ scenario }: FakePlace): FakeAnswer {
  const spoken = { speaker_id: "speaker_0", logprob: -0.1 };
  return jsonAnswer(200, {
    language_code: "eng",
    language_probability: 0.98,
    text: scenario === "large" ? "The sea. ".repeat(5_000_000) : "The sea. (laughs)",
    words: [
      { text: "The", start: 0.1, end: 0.3, type: "word", ...spoken },
      { text: " ", start: 0.3, end: 0.4, type: "spacing", ...spoken },
      { text: "sea.", start: 0.4, end: 0.9, type: "word", ...spoken },
      { text: "(laughs)", start: 1, end: 1.5, type: "audio_event", ...spoken },
      { text: "unheard", start: null, end: null, type: "word", ...spoken },
    ],
    transcription_id: "transcription_1",
    audio_duration_secs: 1.6,
  });
}

function refused(kind: Kind | undefined): FakeAnswer {
  if (kind !== "music") return failed(400, "content_against_policy", "This text is against our terms.");
  const message = "The prompt names an artist.";
  const data = { prompt_suggestion: "A song in the style of the time" };
  return jsonAnswer(400, { detail: { status: "bad_prompt", message, data } });
}

function invalid(error: z.ZodError): FakeAnswer {
  const problems = error.issues.map(({ path, message }) => ({
    loc: ["body", ...path],
    msg: message,
    type: "value_error",
  }));
  return jsonAnswer(422, { detail: problems });
}

function failed(status: number, code: string, message: string): FakeAnswer {
  return jsonAnswer(status, { detail: { status: code, message } });
}

function errorAnswer(status: number, kind: string): FakeAnswer {
  switch (kind) {
    case "unauthorized":
      return failed(status, "invalid_api_key", "Invalid API key");
    case "quota":
      return failed(401, "quota_exceeded", "This request exceeds your quota.");
    case "rate_limited":
      return failed(status, "too_many_concurrent_requests", "Too many concurrent requests.");
    default:
      return failed(status, "internal_error", "Internal server error");
  }
}
