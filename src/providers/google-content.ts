import { z } from "zod";
import { definedOnly } from "./ai-sdk.ts";
import type { ProviderOutput, ProviderRequest } from "./provider.ts";
import { numberOf, textOf } from "./request-parameters.ts";
import type { VendorCall } from "./vendor-call.ts";
import { readJson } from "./vendor-http.ts";

const count = z.int().min(0).nullish().catch(null);

const answer = z.object({
  candidates: z
    .array(
      z.object({
        content: z
          .object({
            parts: z
              .array(
                z.object({
                  text: z.string().nullish(),
                  /** A picture that the model tried out on the way is marked so. */
                  thought: z.boolean().nullish(),
                  inlineData: z.object({ mimeType: z.string(), data: z.string().min(1) }).nullish(),
                }),
              )
              .nullish(),
          })
          .nullish(),
        finishReason: z.string().nullish(),
      }),
    )
    .nullish(),
  promptFeedback: z.object({ blockReason: z.string().nullish() }).nullish(),
  usageMetadata: z
    .object({
      promptTokenCount: count,
      cachedContentTokenCount: count,
      candidatesTokenCount: count,
      thoughtsTokenCount: count,
    })
    .nullish(),
});

type Answer = z.output<typeof answer>;

/** Reasons for which an answer ends that say that the content was declined. Source: https://ai.google.dev/api/generate-content. */
const REFUSALS = /SAFETY|PROHIBITED_CONTENT|BLOCKLIST|SPII|RECITATION/;

/** Draws one picture, also from pictures. */
export async function drawPicture(call: VendorCall, request: ProviderRequest): Promise<ProviderOutput> {
  const thinkingLevel = textOf(request, "reasoning_effort")?.toUpperCase();
  const { file, output } = await generate(call, request, {
    parts: [
      ...request.images.map(({ mediaType, bytes }) => ({
        inlineData: { mimeType: mediaType, data: Buffer.from(bytes).toString("base64") },
      })),
      { text: request.prompt },
    ],
    generationConfig: {
      responseModalities: ["IMAGE"],
      imageConfig: {
        aspectRatio: textOf(request, "aspect_ratio"),
        imageSize: textOf(request, "resolution")?.toUpperCase(),
      },
      thinkingConfig: thinkingLevel && { thinkingLevel },
      seed: numberOf(request, "seed"),
    },
  });
  const usage = { ...output.usage, images: file ? 1 : 0 };
  return {
    ...output,
    files: file ? [{ content: { bytes: file.bytes }, mediaType: file.mimeType }] : [],
    usage,
  };
}

/** Speaks a text in one of Google's voices. */
export async function speakText(call: VendorCall, request: ProviderRequest): Promise<ProviderOutput> {
  const { modelId, prompt, instructions } = request;
  const voiceName = textOf(request, "voice");
  // From Gemini 3.8 on, what is spoken and how it is spoken are kept apart; older models take both as one text.
  const keepsApart = !/^gemini-(?:2\.5|3\.1)-/.test(modelId);
  const part = keepsApart
    ? { text: prompt, speechMetadata: instructions === null ? undefined : { style: instructions } }
    : { text: instructions === null ? prompt : `${instructions}: ${prompt}` };
  const { file, output } = await generate(call, request, {
    parts: [part],
    generationConfig: {
      responseModalities: ["AUDIO"],
      speechConfig: {
        voiceConfig: voiceName && { prebuiltVoiceConfig: { voiceName } },
        languageCode: textOf(request, "language"),
      },
    },
  });
  return { ...output, files: file ? [audioFile(file)] : [] };
}

interface MadeFile {
  mimeType: string;
  bytes: Uint8Array<ArrayBuffer>;
}

async function generate(
  call: VendorCall,
  request: ProviderRequest,
  { parts, generationConfig }: { parts: object[]; generationConfig: object },
): Promise<{ file: MadeFile | undefined; output: ProviderOutput }> {
  const path = `/models/${encodeURIComponent(request.modelId)}:generateContent`;
  const headers = { "x-goog-api-key": call.apiKey };
  const body = { contents: [{ role: "user", parts }], generationConfig };
  const said = await readJson(call, { path, headers, body }, answer);
  const [candidate] = said.candidates ?? [];
  const made = (candidate?.content?.parts ?? []).filter(({ thought }) => !thought);
  const data = made.find(({ inlineData }) => inlineData)?.inlineData;
  const reason = said.promptFeedback?.blockReason ?? candidate?.finishReason ?? "";
  const output = { files: [], usage: usageOf(said), raw: { finish_reason: reason } };
  if (data) {
    const bytes = new Uint8Array(Buffer.from(data.data, "base64"));
    return { file: { mimeType: data.mimeType, bytes }, output };
  }
  if (!said.promptFeedback?.blockReason && !REFUSALS.test(reason)) throw new Error(`no file: ${reason}`);
  return { file: undefined, output: { ...output, refusal: made.map(({ text }) => text ?? "").join("") } };
}

function usageOf({ usageMetadata: tokens }: Answer): ProviderOutput["usage"] {
  if (!tokens) return {};
  const { promptTokenCount, cachedContentTokenCount, candidatesTokenCount, thoughtsTokenCount } = tokens;
  return definedOnly({
    inputTokens: promptTokenCount ?? undefined,
    cachedInputTokens: cachedContentTokenCount ?? undefined,
    outputTokens: (candidatesTokenCount ?? 0) + (thoughtsTokenCount ?? 0),
  });
}

/** Google's voices before Gemini 3.8 come without a container, 24,000 samples a second unless the type says otherwise. */
function audioFile({ mimeType, bytes }: MadeFile): ProviderOutput["files"][number] {
  if (!/^audio\/(?:l16|pcm)\b/i.test(mimeType)) return { content: { bytes }, mediaType: mimeType };
  const samplesPerSecond = Number(/rate=(\d+)/.exec(mimeType)?.[1] ?? 24_000);
  return { content: { bytes: wavOf(bytes, samplesPerSecond) }, mediaType: "audio/wav" };
}

/** Puts samples of 16 bits, one channel, into a WAV file. */
function wavOf(samples: Uint8Array, samplesPerSecond: number): Uint8Array<ArrayBuffer> {
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(samplesPerSecond, 24);
  header.writeUInt32LE(samplesPerSecond * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(samples.byteLength, 40);
  return new Uint8Array(Buffer.concat([header, samples]));
}
