import { costOfUsage } from "../pricing/cost.ts";
import {
  costByParameters,
  costOfUncountedText,
  likelyInputTokens,
  type CostedCall,
} from "../pricing/planned-cost.ts";
import type { PriceList } from "../pricing/price-list.ts";
import { megapixelsOfPicture } from "../pricing/quantities.ts";
import { failureSentence } from "../providers/failure-sentence.ts";
import type { ProviderOutput, ProviderSubmission } from "../providers/provider.ts";
import { plausibleNanoUsd } from "../providers/reported-cost.ts";
import { removeFiles } from "../providers/result-file.ts";
import type { Step } from "../workflow/definition.ts";
import { FREE, type Cost } from "../workflow/money.ts";
import { ProviderFailure, type OutputFile, type StepOutput, type Submission } from "../workflow/ports.ts";
import type { Modality } from "../workflow/media.ts";
import type { RepairRequest } from "../workflow/repair.ts";
import type { Usage } from "../workflow/usage.ts";
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
  step: Step;
  /** The provider's name. */
  provider: string;
  isRehearsal: boolean;
  worst: Cost;
  /** Whether nobody bills the named model. */
  isNamedFree: boolean;
  /** What the call is to have corrected; null where it is not made for that. */
  repair: RepairRequest | null;
}

/** Reads and prices what a provider gave; it has failed, billed, where that is of no use. */
export async function submissionOf(
  settle: CallToSettle,
  submission: ProviderSubmission,
): Promise<Submission> {
  if (submission.state === "job") return submission;
  if (submission.state === "failed") {
    return { state: "failed", failure: inRepair(settle, withCost(settle, submission.failure)) };
  }
  const { output } = submission;
  let received: Received;
  try {
    received = await settle.kind.receive(output, settle.step, settle.call.prompt);
  } catch (error) {
    await removeFiles(output.files);
    if (!(error instanceof UnusableOutput)) throw error;
    const failure = unusable(settle, error, costOf(settle, output, []));
    return { state: "failed", failure: inRepair(settle, failure) };
  }
  return { state: "done", output: stepOutput(settle, output, received) };
}

function stepOutput(settle: CallToSettle, output: ProviderOutput, received: Received): StepOutput {
  const made = { text: output.text, durationSeconds: secondsOf(received.files) };
  return {
    ...received,
    cost: costOf(settle, output, received.files),
    liveCost: settle.isRehearsal ? liveCostOf(settle, made) : null,
    usage: usageJson(output),
  };
}

/** What a rehearsed call would have cost live. */
function liveCostOf(
  { prices, call, isNamedFree }: CallToSettle,
  made: Parameters<typeof costByParameters>[2],
): Cost {
  return isNamedFree ? FREE : costByParameters(prices, call, made);
}

/** By the vendor's figure, then by usage, then by parameters, for a text never too low; unknown where no price is known. */
function costOf(settle: CallToSettle, output: ProviderOutput, files: OutputFile[]): Cost {
  const { prices, billedCall, worst } = settle;
  if (worst.basis === "free") return FREE;
  const { modality, id: model } = billedCall.model;
  const durationSeconds = secondsOf(files);
  const usage = { ...measuredUsage(modality, files), ...output.usage };
  const reportedNanoUsd = plausibleNanoUsd(output.reportedNanoUsd);
  const reported = reportedNanoUsd === undefined ? {} : { reportedNanoUsd };
  const { day, parameters, images } = billedCall;
  const sent = { images, likelyInputTokens: likelyInputTokens(billedCall) };
  const cost = costOfUsage(prices, { model, modality, usage, day, parameters, ...sent, ...reported });
  if (cost.basis !== "unknown") return cost;
  if (modality === "text") return costOfUncountedText(prices, billedCall, output.text ?? "");
  return costByParameters(prices, billedCall, { text: output.text, durationSeconds });
}

/** What the files themselves show; what the vendor counts goes before it. */
function measuredUsage(modality: Modality, files: OutputFile[]): Usage {
  const seconds = secondsOf(files);
  if (seconds > 0) return modality === "video" ? { videoSeconds: seconds } : { audioSeconds: seconds };
  const megapixels = files.reduce(
    (sum, { width, height }) => sum + (width && height ? megapixelsOfPicture(width, height) : 0),
    0,
  );
  return megapixels > 0 ? { megapixels } : {};
}

function secondsOf(files: OutputFile[]): number {
  return files.reduce((sum, { durationSeconds }) => sum + (durationSeconds ?? 0), 0);
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
  return new ProviderFailure({ code: error.code, billed, cost, detail, repair: error.repair });
}

/** A correction is asked for once: where that fails too, its sentence says what was wrong with the first answer. */
function inRepair({ repair }: CallToSettle, failure: ProviderFailure): ProviderFailure {
  if (repair === null) return failure;
  const [first] = repair.problems;
  const { code, billed, isTransient, retryAfterMs, cost } = failure;
  const detail = {
    fr: `${failure.detail.fr} Cet appel devait corriger une première réponse, inutilisable elle aussi\u00a0: ${withoutStop(first?.fr)}.`,
    en: `${failure.detail.en} This call was to correct a first answer, which could not be used either: ${withoutStop(first?.en)}.`,
  };
  return new ProviderFailure({ code, billed, isTransient, retryAfterMs, cost, detail });
}

function withoutStop(sentence = ""): string {
  return sentence.replace(/\.$/, "");
}

/**
 * What went wrong with a call, with its cost. An answer that arrived and could not be read at all is billed at the most that
 * the call can cost, since nothing says how much it was.
 */
export function failureOfCall(settle: CallToSettle, error: unknown): unknown {
  const isFree = settle.worst.basis === "free";
  if (error instanceof ProviderFailure) return inRepair(settle, withCost(settle, error));
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

function withCost(settle: CallToSettle, failure: ProviderFailure): ProviderFailure {
  const { code, billed, detail, isTransient, retryAfterMs } = failure;
  if (billed !== "yes" || failure.cost !== null) return failure;
  return new ProviderFailure({ code, billed, detail, isTransient, retryAfterMs, cost: settle.worst });
}
