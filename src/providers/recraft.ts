import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import { providerFacts } from "./catalogue-data.ts";
import { picturesOf } from "./input-pictures.ts";
import { pictureAnswered } from "./picture-answered.ts";
import type { Provider, ProviderOutput, ProviderRequest } from "./provider.ts";
import { reportedUsd } from "./reported-cost.ts";
import { numberOf, textOf } from "./request-parameters.ts";
import { callForOutput, type VendorCall } from "./vendor-call.ts";
import { dataUrl, readJson, type VendorRequest } from "./vendor-http.ts";

/** Source: https://www.recraft.ai/docs/api-reference/pricing. */
const UNITS_PER_USD = 1_000;
/** How far a picture that goes in is changed, where the step does not say; the vendor asks for a figure. */
const DEFAULT_STRENGTH = 0.5;

const made = z.object({
  data: z.array(z.object({ b64_json: z.base64().nullish(), url: z.string().nullish() })).min(1),
  credits: z.number().nullish().catch(null),
});

/**
 * Recraft: pictures, answered at once with what they cost in API units: POST `/images/generations`, with a picture to start
 * from `/images/imageToImage`. Source: https://www.recraft.ai/docs/api-reference/endpoints.
 */
export function createRecraftProvider(outbound: Outbound): Provider {
  const facts = providerFacts("recraft");
  return {
    id: facts.id,
    name: facts.name,
    submit: (request, context) =>
      callForOutput({ facts, outbound, context }, (call) => {
        if (request.modality !== "image") throw new Error(`Recraft makes no ${request.modality}`);
        return draw(call, request);
      }),
  };
}

async function draw(call: VendorCall, request: ProviderRequest): Promise<ProviderOutput> {
  const headers = { authorization: `Bearer ${call.apiKey}` };
  const { data, credits } = await readJson(call, { ...addressed(request), headers }, made);
  const mediaType = `image/${textOf(request, "format") ?? "png"}`;
  return {
    files: await Promise.all(data.map((picture) => pictureAnswered(call, picture, mediaType))),
    usage: { images: data.length },
    ...(typeof credits === "number" && {
      reportedNanoUsd: reportedUsd(credits / UNITS_PER_USD),
      raw: { credits },
    }),
  };
}

function addressed(request: ProviderRequest): Pick<VendorRequest, "path" | "body"> {
  const [picture] = picturesOf(request, 1);
  const body = {
    model: request.modelId,
    prompt: request.prompt,
    n: 1,
    style: textOf(request, "style"),
    negative_prompt: textOf(request, "negative_prompt"),
    random_seed: numberOf(request, "seed"),
    image_format: textOf(request, "format") ?? "png",
    response_format: "b64_json",
  };
  if (!picture) return { path: "/images/generations", body: { ...body, size: textOf(request, "size") } };
  const strength = numberOf(request, "strength") ?? DEFAULT_STRENGTH;
  return { path: "/images/imageToImage", body: { ...body, image_url: dataUrl(picture), strength } };
}
