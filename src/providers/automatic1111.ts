import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import { providerFacts } from "./catalogue-data.ts";
import { base64Of, picturesOf } from "./input-pictures.ts";
import type { Provider, ProviderOutput, ProviderRequest } from "./provider.ts";
import { numberOf, sidesOf, textOf } from "./request-parameters.ts";
import { callForOutput, type VendorCall } from "./vendor-call.ts";
import { readJson } from "./vendor-http.ts";

const answerSchema = z.object({ images: z.array(z.string().min(1)).min(1) });

/**
 * Stable Diffusion web UI by AUTOMATIC1111, and what is built on it (Forge, SD.Next), started with `--api`: pictures by
 * `/sdapi/v1/txt2img`, from a picture by `/sdapi/v1/img2img`. The model's id is the checkpoint's name. With `--api-auth`
 * the key is `user:password`. Source: https://github.com/AUTOMATIC1111/stable-diffusion-webui/wiki/API.
 */
export function createAutomatic1111Provider(outbound: Outbound): Provider {
  const facts = providerFacts("automatic1111");
  return {
    id: facts.id,
    name: facts.name,
    submit: (request, context) =>
      callForOutput({ facts, outbound, context }, async (call) => {
        if (request.modality !== "image") throw new Error(`${facts.name} makes no ${request.modality}`);
        return draw(request, call);
      }),
  };
}

async function draw(request: ProviderRequest, call: VendorCall): Promise<ProviderOutput> {
  const size = sidesOf(request);
  const [image] = picturesOf(request, 1);
  const body = {
    prompt: request.prompt,
    negative_prompt: textOf(request, "negative_prompt"),
    seed: numberOf(request, "seed"),
    steps: numberOf(request, "steps"),
    cfg_scale: numberOf(request, "guidance"),
    sampler_name: textOf(request, "sampler"),
    width: size?.width,
    height: size?.height,
    batch_size: 1,
    n_iter: 1,
    override_settings: { sd_model_checkpoint: request.modelId },
    ...(image && {
      // Cut to fit rather than stretched.
      resize_mode: 1,
      init_images: [base64Of(image)],
      denoising_strength: numberOf(request, "strength"),
    }),
  };
  const { images } = await readJson(
    call,
    {
      path: `${apiPath(call)}/${image ? "img2img" : "txt2img"}`,
      headers: authorization(call),
      body,
    },
    answerSchema,
  );
  const bytes = new Uint8Array(Buffer.from(images[0] ?? "", "base64"));
  return { files: [{ content: { bytes }, mediaType: "image/png" }], usage: { images: 1 } };
}

/** People give the address of the page, or of the API. */
function apiPath({ baseUrl }: VendorCall): string {
  return baseUrl.endsWith("/sdapi/v1") ? "" : "/sdapi/v1";
}

function authorization({ apiKey }: VendorCall): Record<string, string> {
  if (apiKey === "") return {};
  return { authorization: `Basic ${Buffer.from(apiKey).toString("base64")}` };
}
