import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import { ProviderFailure, type FailureCode } from "../workflow/ports.ts";
import { PROVIDER_SETTINGS, providerFacts } from "./catalogue-data.ts";
import { klingBearer } from "./kling.ts";
import { readAnswer } from "./minimax-answer.ts";
import { hasModelList, readModelList } from "./model-list.ts";
import type { ProviderConfig } from "./provider.ts";
import { callVendor, type VendorCall } from "./vendor-call.ts";
import { readJson } from "./vendor-http.ts";

/** What a vendor was asked for, none of which is billed. */
export type FreeQuestion = "models" | "account" | "voices" | "server";

/** What came of asking. Nothing that the vendor wrote is in it: its words may hold the key. */
export type KeyCheck =
  | { state: "accepted"; asked: FreeQuestion }
  | { state: "failed"; asked: FreeQuestion; code: FailureCode }
  /** Nothing was asked: the vendor answers no question that is certain to cost nothing. */
  | { state: "impossible" };

/** A question that needs the key and is not billed. */
interface Question {
  asked: FreeQuestion;
  ask: (call: VendorCall) => Promise<unknown>;
}

const anyObject = z.looseObject({});
const anyAnswer = z.union([anyObject, z.array(z.unknown())]);

const bearer = ({ apiKey }: VendorCall): Record<string, string> =>
  apiKey === "" ? {} : { authorization: `Bearer ${apiKey}` };

function get(
  asked: FreeQuestion,
  path: string,
  headers: (call: VendorCall) => Record<string, string> = bearer,
): Question {
  return { asked, ask: async (call) => await readJson(call, { path, headers: headers(call) }, anyAnswer) };
}

const QUESTIONS: Record<string, Question> = {
  // Its list of models is open to everybody. Source: https://developers.deepgram.com/reference/manage/projects/list.
  deepgram: get("account", "/projects", ({ apiKey }) => ({ authorization: `Token ${apiKey}` })),
  // Source: https://docs.bfl.ai/api-reference, "Get the user's credits".
  "black-forest-labs": get("account", "/credits", ({ apiKey }) => ({ "x-key": apiKey })),
  // Source: https://platform.stability.ai/docs/api-reference, "v1/user/balance".
  stability: get("account", "/v1/user/balance"),
  // Source: https://www.recraft.ai/docs, "Get user information".
  recraft: get("account", "/users/me"),
  // Source: https://docs.leonardo.ai/reference/getuserself.
  leonardo: get("account", "/me"),
  // Source: https://docs.lumalabs.ai/changelog/callbacks-and-credits-balance.
  luma: get("account", "/credits"),
  // Source: https://docs.dev.runwayml.com/api/, "Get organization information".
  runway: get("account", "/v1/organization", (call) => ({
    ...bearer(call),
    "X-Runway-Version": "2024-11-06",
  })),
  // Source: https://replicate.com/docs/reference/http#account.get.
  replicate: get("account", "/account"),
  // Said to be free. Source: https://app.klingai.com/global/dev/document-api/apiReference/accountInfoInquiry.
  kling: {
    asked: "account",
    ask: async (call) => {
      const path = `/account/costs?start_time=${Date.now() - 86_400_000}&end_time=${Date.now()}`;
      const headers = { authorization: `Bearer ${klingBearer(call.apiKey, Date.now())}` };
      return await readJson(call, { path, headers }, z.looseObject({ code: z.literal(0) }));
    },
  },
  // Source: https://platform.minimax.io/docs/api-reference/voice-management-get.
  minimax: {
    asked: "voices",
    ask: async (call) =>
      await readAnswer(call, { path: "/v1/get_voice", body: { voice_type: "system" } }, anyObject),
  },
  comfyui: get("server", "/system_stats"),
  automatic1111: get("server", "/sdapi/v1/sd-models", ({ apiKey }) =>
    apiKey === "" ? {} : { authorization: `Basic ${Buffer.from(apiKey).toString("base64")}` },
  ),
};

/** Servers that speak OpenAI's language list their models. */
const COMPATIBLE = get("server", "/models");

function questionOf(providerId: string): Question | null {
  const own = QUESTIONS[providerId];
  if (own) return own;
  const facts = PROVIDER_SETTINGS.find(({ id }) => id === providerId);
  if (facts?.kind === "own_machine" || providerId === "openai-compatible") return COMPATIBLE;
  return null;
}

/** Whether the vendor answers a question that needs the key and certainly costs nothing. */
export function canCheckKey(providerId: string): boolean {
  return questionOf(providerId) !== null || hasModelList(providerId);
}

/** Asks a vendor something that costs nothing, to see whether it takes the key. */
export async function checkKey(
  providerId: string,
  parts: { outbound: Outbound; config: ProviderConfig; signal: AbortSignal },
): Promise<KeyCheck> {
  const question = questionOf(providerId);
  if (!question && !hasModelList(providerId)) return { state: "impossible" };
  const asked = question?.asked ?? "models";
  const { outbound, ...context } = parts;
  try {
    if (question) {
      const facts = providerFacts(providerId);
      await callVendor({ facts, outbound, context: { ...context, idempotencyKey: "" } }, question.ask);
    } else await readModelList(providerId, parts);
    return { state: "accepted", asked };
  } catch (error) {
    if (!(error instanceof ProviderFailure)) throw error;
    return { state: "failed", asked, code: error.code };
  }
}
