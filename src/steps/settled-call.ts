import { costOfUsage } from "../pricing/cost.ts";
import { costByParameters, costOfUncountedText, type CostedCall } from "../pricing/planned-cost.ts";
import type { PriceList } from "../pricing/price-list.ts";
import { failureSentence } from "../providers/failure-sentence.ts";
import type { ProviderOutput, ProviderSubmission } from "../providers/provider.ts";
import type { Cost } from "../workflow/money.ts";
import { ProviderFailure, type StepOutput, type Submission } from "../workflow/ports.ts";
import type { Json } from "../workflow/values.ts";
import { UnusableOutput, type Received, type StepKind } from "./step-kind.ts";

/** What is needed to say what a call gave and cost. */
export interface CallToSettle {
  prices: PriceList;
  /** The call of the named model; what a rehearsal stands in for. */
  call: CostedCall;
  /** The call that is made. */
  billedCall: CostedCall;
  kind: StepKind;
  /** The provider's name. */
  provider: string;
  isRehearsal: boolean;
  worst: Cost;
}

/** Reads and prices what a provider gave. @throws ProviderFailure, billed, where it is of no use. */
export async function submissionOf(
  settle: CallToSettle,
  submission: ProviderSubmission,
): Promise<Submission> {
  if (submission.state === "job") return submission;
  const { output } = submission;
  let received: Received;
  try {
    received = await settle.kind.receive(output);
  } catch (error) {
    if (!(error instanceof UnusableOutput)) throw error;
    throw unusable(settle, error, costOf(settle, output, 0));
  }
  const seconds = received.files.reduce((sum, file) => sum + (file.durationSeconds ?? 0), 0);
  return { state: "done", output: stepOutput(settle, output, received, seconds) };
}

function stepOutput(
  settle: CallToSettle,
  output: ProviderOutput,
  received: Received,
  durationSeconds: number,
): StepOutput {
  const made = { text: received.text, durationSeconds };
  return {
    ...received,
    cost: costOf(settle, output, durationSeconds),
    liveCost: settle.isRehearsal ? costByParameters(settle.prices, settle.call, made) : null,
    usage: usageJson(output),
  };
}

/** By the vendor's figure, then by usage, then by parameters, for a text never too low; unknown where no price is known. */
function costOf({ prices, billedCall }: CallToSettle, output: ProviderOutput, durationSeconds: number): Cost {
  const { modality, id: model } = billedCall.model;
  const length = modality === "video" ? { videoSeconds: durationSeconds } : { audioSeconds: durationSeconds };
  const usage = durationSeconds > 0 ? { ...length, ...output.usage } : output.usage;
  const reported = output.reportedNanoUsd === undefined ? {} : { reportedNanoUsd: output.reportedNanoUsd };
  const cost = costOfUsage(prices, { model, usage, day: billedCall.day, ...reported });
  if (cost.basis !== "unknown") return cost;
  if (modality === "text") return costOfUncountedText(prices, billedCall, output.text ?? "");
  return costByParameters(prices, billedCall, { text: output.text, durationSeconds });
}

function usageJson({ usage, raw }: ProviderOutput): Record<string, Json> {
  const json: Record<string, Json> = {};
  for (const [unit, quantity] of Object.entries(usage)) {
    if (typeof quantity === "number")
      json[unit.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] = quantity;
  }
  return raw === undefined || Object.keys(raw).length === 0 ? json : { ...json, raw };
}

function unusable({ provider }: CallToSettle, error: UnusableOutput, cost: Cost): ProviderFailure {
  const billed = cost.basis === "free" ? "no" : "yes";
  const facts = {
    code: error.code,
    billed,
    isTransient: false,
    provider,
    keySetting: null,
    vendorMessage: "",
  } as const;
  const sentence = failureSentence(facts);
  const detail = {
    fr: `${sentence.fr} ${error.words.fr}`.trim(),
    en: `${sentence.en} ${error.words.en}`.trim(),
  };
  return new ProviderFailure({ code: error.code, billed, cost, detail });
}

/**
 * What went wrong with a call, with its cost. An answer that arrived and could not be read at all is billed at the most that
 * the call can cost, since nothing says how much it was.
 */
export function failureOfCall(settle: CallToSettle, error: unknown): unknown {
  const isFree = settle.worst.basis === "free";
  if (error instanceof ProviderFailure) {
    const { code, billed, detail, isTransient, retryAfterMs } = error;
    if (billed !== "yes" || error.cost !== null) return error;
    return new ProviderFailure({ code, billed, detail, isTransient, retryAfterMs, cost: settle.worst });
  }
  if (!isFree) return error;
  const facts = {
    code: "unknown",
    billed: "no",
    isTransient: false,
    keySetting: null,
    vendorMessage: "",
  } as const;
  return new ProviderFailure({
    ...facts,
    detail: failureSentence({ ...facts, provider: settle.provider }),
    cause: error,
  });
}
