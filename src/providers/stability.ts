import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import { providerFacts } from "./catalogue-data.ts";
import { blobOf, picturesOf } from "./input-pictures.ts";
import type { Provider, ProviderOutput, ProviderRequest } from "./provider.ts";
import { numberOf, textOf } from "./request-parameters.ts";
import { callForOutput, type VendorCall } from "./vendor-call.ts";
import { readJson } from "./vendor-http.ts";

/** How far a picture that goes in is changed, where the step does not say; the vendor asks for a figure. */
const DEFAULT_STRENGTH = 0.65;

const made = z.object({ image: z.base64(), finish_reason: z.string() });

/**
 * Stability AI: pictures, answered at once: POST of a form to `/v2beta/stable-image/generate/{ultra,core,sd3}`. Calls that
 * fail are not billed. Source: https://platform.stability.ai/docs/api-reference.
 */
export function createStabilityProvider(outbound: Outbound): Provider {
  const facts = providerFacts("stability");
  return {
    id: facts.id,
    name: facts.name,
    submit: (request, context) =>
      callForOutput({ facts, outbound, context }, (call) => {
        if (request.modality !== "image") throw new Error(`Stability AI makes no ${request.modality}`);
        return draw(call, request);
      }),
  };
}

async function draw(call: VendorCall, request: ProviderRequest): Promise<ProviderOutput> {
  const service = serviceOf(request.modelId);
  // JSON rather than the bare picture: only there does the answer say that the picture was blurred.
  const headers = { authorization: `Bearer ${call.apiKey}`, accept: "application/json" };
  const path = `/v2beta/stable-image/generate/${service}`;
  const { image, finish_reason: reason } = await readJson(
    call,
    { path, headers, body: formOf(request, service) },
    made,
  );
  const usage = { images: 1 };
  if (reason === "CONTENT_FILTERED") return { files: [], usage, refusal: "" };
  const mediaType = `image/${textOf(request, "format") ?? "png"}`;
  return { files: [{ content: { bytes: Buffer.from(image, "base64") }, mediaType }], usage };
}

type Service = "ultra" | "core" | "sd3";

/** The models of Stable Diffusion 3.5 share an address; the two others are addresses of their own. */
function serviceOf(modelId: string): Service {
  if (modelId === "stable-image-ultra") return "ultra";
  return modelId === "stable-image-core" ? "core" : "sd3";
}

function formOf(request: ProviderRequest, service: Service): FormData {
  const [picture] = picturesOf(request, service === "core" ? 0 : 1);
  const fields: Record<string, string | number | undefined> = {
    prompt: request.prompt,
    model: service === "sd3" ? request.modelId : undefined,
    mode: service === "sd3" && picture ? "image-to-image" : undefined,
    // The picture that goes in sets the shape of what `sd3` makes of it.
    aspect_ratio: service === "sd3" && picture ? undefined : textOf(request, "aspect_ratio"),
    negative_prompt: textOf(request, "negative_prompt"),
    style_preset: textOf(request, "style"),
    seed: numberOf(request, "seed"),
    output_format: textOf(request, "format"),
    strength: picture && (numberOf(request, "strength") ?? DEFAULT_STRENGTH),
  };
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) form.append(name, String(value));
  }
  if (picture) form.append("image", blobOf(picture), "image");
  return form;
}
