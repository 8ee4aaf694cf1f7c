import type { AttemptRow } from "../db/attempt-store.ts";
import type { StoredCostRange, StoredEstimate } from "../db/stored-values.ts";
import type { StepRunRow } from "../db/step-run-store.ts";
import { NO_ITEM, type Step } from "../workflow/definition.ts";
import { nanoUsdToUsd, sumCosts, UNKNOWN_COST, type NanoUsd } from "../workflow/money.ts";
import type { ExecutionCosts } from "./cost-schemas.ts";

/** What an execution was expected to cost and what its calls have cost, in all and step by step. */
export function viewCosts(
  steps: readonly Step[],
  { attempts, stepRuns }: { attempts: readonly AttemptRow[]; stepRuns: readonly StepRunRow[] },
  estimate: StoredEstimate | null,
): ExecutionCosts {
  return {
    ...viewCharged(attempts, estimate?.total),
    reused: viewReused(stepRuns),
    steps: steps.map((step) => {
      const isOfStep = ({ stepNumber }: { stepNumber: number }): boolean => stepNumber === step.step_number;
      return {
        step_number: step.step_number,
        name: step.name ?? null,
        ...viewCharged(attempts.filter(isOfStep), estimate?.steps.find(isOfStep)),
        reused: viewReused(stepRuns.filter(isOfStep)),
      };
    }),
  };
}

/** What was taken over. What a step saved holds what its items did. */
function viewReused(stepRuns: readonly StepRunRow[]): ExecutionCosts["reused"] {
  const reused = stepRuns.filter(({ reusedFromExecutionId }) => (reusedFromExecutionId ?? null) !== null);
  const whole = new Set(reused.flatMap(({ item, stepNumber }) => (item === NO_ITEM ? [stepNumber] : [])));
  const counted = reused.filter(({ item, stepNumber }) => item === NO_ITEM || !whole.has(stepNumber));
  const known = counted.flatMap(({ savedNanoUsd }) => savedNanoUsd ?? []);
  const saved = known.reduce<NanoUsd>((sum, nanoUsd) => sum + nanoUsd, 0);
  return { steps: counted.length, saved: known.length === 0 ? null : nanoUsdToUsd(saved) };
}

function viewCharged(attempts: readonly AttemptRow[], estimate: StoredCostRange | undefined) {
  const sent = attempts.filter(({ status }) => status !== "reserved" && status !== "released");
  const { nanoUsd, basis } = sumCosts(sent.map(costOf));
  const failed = sent.filter(({ status, cost }) => status === "failed" && (cost?.nanoUsd ?? 0) > 0);
  const unused = sent.filter(({ isUnused }) => isUnused);
  const doubtful = sent.filter(({ status }) => status === "in_doubt");
  return {
    estimate: estimate ? viewRange(estimate) : null,
    calls: sent.length,
    charged: nanoUsd === 0 && basis === "unknown" ? null : nanoUsdToUsd(nanoUsd),
    cost_basis: basis,
    failed_billed: { calls: failed.length, charged: chargedFor(failed) },
    unused: { calls: unused.length, charged: chargedFor(unused) },
    in_doubt: { calls: doubtful.length, up_to: mostOf(doubtful) },
  };
}

/** What a call has cost; one that is out may cost something. */
function costOf({ cost, reservedBasis }: AttemptRow) {
  return cost ?? (reservedBasis === "free" ? { nanoUsd: 0, basis: reservedBasis } : UNKNOWN_COST);
}

function chargedFor(attempts: readonly AttemptRow[]): number {
  return nanoUsdToUsd(sumCosts(attempts.map(costOf)).nanoUsd);
}

/** The most that calls may have cost; null where one has no known worst case. */
function mostOf(attempts: readonly AttemptRow[]): number | null {
  if (attempts.some(({ reservedBasis }) => reservedBasis === "unknown")) return null;
  return nanoUsdToUsd(attempts.reduce<NanoUsd>((sum, { reservedNanoUsd }) => sum + reservedNanoUsd, 0));
}

function viewRange({ likelyNanoUsd, lowNanoUsd, highNanoUsd, certainty }: StoredCostRange) {
  return {
    likely: likelyNanoUsd === null ? null : nanoUsdToUsd(likelyNanoUsd),
    low: nanoUsdToUsd(lowNanoUsd),
    high: highNanoUsd === null ? null : nanoUsdToUsd(highNanoUsd),
    certainty,
  };
}
