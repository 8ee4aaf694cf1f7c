import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import type { Modality } from "../workflow/media.ts";
import { providerFacts } from "./catalogue-data.ts";
import type { ProviderConfig } from "./provider.ts";
import { callVendor, type VendorCall } from "./vendor-call.ts";
import { readJson } from "./vendor-http.ts";

/** A model as its vendor lists it. */
export interface VendorModel {
  /** Without the provider's prefix. */
  id: string;
  /** The day on which the vendor shuts it down, YYYY-MM-DD; null where it says none. */
  shutdownDate: string | null;
}

/** How a vendor lists its models. */
interface ModelList {
  path: string;
  headers: (apiKey: string) => Record<string, string>;
  models: z.ZodType<VendorModel[]>;
  /** Kinds of which the list holds every model under the name that a step gives it; left out: all kinds. */
  covers?: readonly Modality[];
}

const bearer = (apiKey: string): Record<string, string> =>
  apiKey === "" ? {} : { authorization: `Bearer ${apiKey}` };
const only = (id: string): VendorModel => ({ id, shutdownDate: null });

const entry = z.object({ id: z.string(), shutdown_date: z.string().nullish().catch(null) });
/** OpenAI's list, which most others answer with too. Its `shutdown_date` is a day or a moment. */
const openaiList = z
  .object({ data: z.array(entry) })
  .transform(({ data }) =>
    data.map(({ id, shutdown_date }) => ({ id, shutdownDate: shutdown_date?.slice(0, 10) ?? null })),
  );
const arrayList = z.array(z.object({ id: z.string() })).transform((list) => list.map(({ id }) => only(id)));
const googleList = z
  .object({ models: z.array(z.object({ name: z.string() })) })
  .transform(({ models }) => models.map(({ name }) => only(name.replace(/^models\//, ""))));
const cohereList = z
  .object({ models: z.array(z.object({ name: z.string() })) })
  .transform(({ models }) => models.map(({ name }) => only(name)));
const elevenlabsList = z
  .array(z.object({ model_id: z.string() }))
  .transform((list) => list.map(({ model_id }) => only(model_id)));
const deepgramEntry = z.array(z.object({ canonical_name: z.string() })).catch([]);
const deepgramList = z
  .object({ stt: deepgramEntry, tts: deepgramEntry })
  .transform(({ stt, tts }) => [...stt, ...tts].map(({ canonical_name }) => only(canonical_name)));

const asOpenai: ModelList = { path: "/models", headers: bearer, models: openaiList };

/** Vendors that list their models, by the provider's id; the others have no such list, or one of another kind. */
const LISTS: Record<string, ModelList> = {
  openai: asOpenai,
  anthropic: {
    path: "/models?limit=1000",
    headers: (apiKey) => ({ "x-api-key": apiKey, "anthropic-version": "2023-06-01" }),
    models: openaiList,
  },
  google: {
    path: "/models?pageSize=1000",
    headers: (apiKey) => ({ "x-goog-api-key": apiKey }),
    models: googleList,
  },
  mistral: asOpenai,
  // Voices have an address of their own and no model behind it.
  xai: { ...asOpenai, covers: ["text", "image", "video"] },
  deepseek: asOpenai,
  groq: asOpenai,
  cohere: { path: "/models?page_size=1000", headers: bearer, models: cohereList },
  together: { path: "/models", headers: bearer, models: arrayList },
  fireworks: asOpenai,
  elevenlabs: {
    path: "/v1/models",
    headers: (apiKey) => ({ "xi-api-key": apiKey }),
    models: elevenlabsList,
    // Source: https://elevenlabs.io/docs/api-reference/models/list, whose models all speak.
    covers: ["speech"],
  },
  deepgram: {
    path: "/models",
    headers: (apiKey) => ({ authorization: `Token ${apiKey}` }),
    models: deepgramList,
    // It names every variant and voice, as nova-3-general or aura-2-thalia-en, where a step says nova-3 or aura-2. Source:
    // https://developers.deepgram.com/docs/model-metadata.
    covers: [],
  },
};

/** Whether the provider's vendor can be asked for its models. */
export function hasModelList(providerId: string): boolean {
  return Object.hasOwn(LISTS, providerId);
}

/** Whether a model of this kind that the vendor's list leaves out is not served any more. */
export function isCovered(providerId: string, modality: Modality): boolean {
  return LISTS[providerId]?.covers?.includes(modality) ?? hasModelList(providerId);
}

/** Asks a vendor for the models that it serves today. Costs nothing. @throws ProviderFailure where it does not say. */
export async function readModelList(
  providerId: string,
  { outbound, config, signal }: { outbound: Outbound; config: ProviderConfig; signal: AbortSignal },
): Promise<VendorModel[]> {
  const list = LISTS[providerId];
  if (!list) throw new Error(`${providerId} lists no models`);
  const { path, headers, models } = list;
  // Cohere's list is part of the older version of its API only.
  const pathIn = ({ baseUrl }: VendorCall): string =>
    providerId === "cohere" ? `${baseUrl.replace(/\/v2$/, "/v1")}${path}` : path;
  return callVendor(
    { facts: providerFacts(providerId), outbound, context: { config, signal, idempotencyKey: "" } },
    (call) => readJson(call, { path: pathIn(call), headers: headers(call.apiKey) }, models),
  );
}
