import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import { providerFacts } from "./catalogue-data.ts";
import { blobOf, picturesOf } from "./input-pictures.ts";
import type { InputFile, Provider, ProviderOutput, ProviderRequest } from "./provider.ts";
import { numberOf, textOf } from "./request-parameters.ts";
import { downloadResult } from "./result-file.ts";
import { callForOutput, type VendorCall } from "./vendor-call.ts";
import { pathOfModel, readJson, type VendorRequest } from "./vendor-http.ts";

const made = z.object({
  data: z.array(z.object({ url: z.string().nullish(), is_image_safe: z.boolean().nullish() })).min(1),
});

/** Version 3.0 is spoken to by the first API; all after it by the second. */
const IDEOGRAM_3 = "ideogram-v3";

/**
 * Ideogram: pictures, answered at once with an address: POST `/v1/ideogram-v3/generate`, with a picture to start from
 * `/v1/ideogram-v3/remix`; POST `/v2/image/generate/ideogram-4-5`. Source: https://developer.ideogram.ai.
 */
export function createIdeogramProvider(outbound: Outbound): Provider {
  const facts = providerFacts("ideogram");
  return {
    id: facts.id,
    name: facts.name,
    submit: (request, context) =>
      callForOutput({ facts, outbound, context }, (call) => {
        if (request.modality !== "image") throw new Error(`Ideogram makes no ${request.modality}`);
        return draw(call, request);
      }),
  };
}

async function draw(call: VendorCall, request: ProviderRequest): Promise<ProviderOutput> {
  const headers = { "api-key": call.apiKey };
  const answer = await readJson(call, { ...addressed(request), headers }, made);
  const usage = { images: 1 };
  const [picture] = answer.data;
  if (picture?.is_image_safe === false) return { files: [], usage, refusal: "" };
  if (!picture?.url) throw new Error("a picture without an address");
  return { files: [await downloadResult(call, { url: picture.url })], usage };
}

function addressed(request: ProviderRequest): Pick<VendorRequest, "path" | "body"> {
  const { modelId, prompt } = request;
  const seed = numberOf(request, "seed");
  if (modelId !== IDEOGRAM_3) {
    picturesOf(request, 0);
    const body = {
      prompt,
      num_images: 1,
      size: textOf(request, "size"),
      quality: textOf(request, "quality"),
      seed,
    };
    return { path: `/v2/image/generate/${pathOfModel(modelId)}`, body };
  }
  const body = {
    prompt,
    num_images: 1,
    aspect_ratio: textOf(request, "aspect_ratio")?.replace(":", "x"),
    rendering_speed: textOf(request, "quality")?.toUpperCase(),
    style_type: textOf(request, "style")?.toUpperCase(),
    negative_prompt: textOf(request, "negative_prompt"),
    seed,
  };
  const [picture] = picturesOf(request, 1);
  if (!picture) return { path: "/v1/ideogram-v3/generate", body };
  return { path: "/v1/ideogram-v3/remix", body: remixOf(picture, numberOf(request, "strength"), body) };
}

/** A form, since only that takes a picture. The vendor weighs how much of the picture stays, of 100. */
function remixOf(
  picture: InputFile,
  strength: number | undefined,
  fields: Record<string, string | number | undefined>,
): FormData {
  const form = new FormData();
  const weight = strength === undefined ? undefined : Math.max(1, Math.round((1 - strength) * 100));
  for (const [name, value] of Object.entries({ ...fields, image_weight: weight })) {
    if (value !== undefined) form.append(name, String(value));
  }
  form.append("image", blobOf(picture), "image");
  return form;
}
