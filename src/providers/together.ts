import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import { writeText } from "./ai-sdk.ts";
import { providerFacts } from "./catalogue-data.ts";
import { picturesOf } from "./input-pictures.ts";
import { pictureAnswered } from "./picture-answered.ts";
import type { Provider, ProviderOutput, ProviderRequest } from "./provider.ts";
import { numberOf, sidesOf, textOf } from "./request-parameters.ts";
import { callForOutput, type VendorCall } from "./vendor-call.ts";
import { dataUrl, readJson } from "./vendor-http.ts";

/** Together AI: text by `/chat/completions` (streamed), pictures by `/images/generations`. */
export function createTogetherProvider(outbound: Outbound): Provider {
  const facts = providerFacts("together");
  return {
    ...facts,
    submit: (request, context) =>
      callForOutput({ facts, outbound, context }, async (call) => {
        if (request.modality === "image") return draw(request, call);
        if (request.modality !== "text") throw new Error(`Together AI makes no ${request.modality}`);
        const { createTogetherAI } = await import("@ai-sdk/togetherai");
        const together = createTogetherAI({ apiKey: call.apiKey, baseURL: call.baseUrl, fetch: call.fetch });
        const effort = textOf(request, "reasoning_effort");
        const sdkOptions = { togetherai: effort === undefined ? {} : { reasoningEffort: effort } };
        return writeText({ model: together(request.modelId), request, context, call, sdkOptions });
      }),
  };
}

const answerSchema = z.object({
  data: z.tuple([z.object({ b64_json: z.base64().nullish(), url: z.string().nullish() })], z.unknown()),
});

async function draw(request: ProviderRequest, call: VendorCall): Promise<ProviderOutput> {
  const format = textOf(request, "format");
  const {
    data: [picture],
  } = await readJson(
    call,
    {
      path: "/images/generations",
      headers: { authorization: `Bearer ${call.apiKey}` },
      body: {
        model: request.modelId,
        prompt: request.prompt,
        n: 1,
        ...sidesOf(request),
        seed: numberOf(request, "seed"),
        negative_prompt: textOf(request, "negative_prompt"),
        output_format: format,
        response_format: "base64",
        ...inputOf(request),
      },
    },
    answerSchema,
  );
  // What is not asked for comes as JPEG: https://docs.together.ai/reference/post-images-generations
  const mediaType = format === "png" ? "image/png" : "image/jpeg";
  return { files: [await pictureAnswered(call, picture, mediaType)], usage: { images: 1 } };
}

/** FLUX.1 Kontext takes one picture, all others a list: https://docs.together.ai/docs/inference/images/reference-images */
function inputOf(request: ProviderRequest): Record<string, string | string[]> {
  const isKontext = /kontext/i.test(request.modelId);
  const [first, ...others] = picturesOf(request, isKontext ? 1 : 8).map((picture) => dataUrl(picture));
  if (first === undefined) return {};
  return isKontext ? { image_url: first } : { reference_images: [first, ...others] };
}
