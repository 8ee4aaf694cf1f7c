import { listOpenAttempts, moveAttempt, type AttemptRow } from "../db/attempt-store.ts";
import { settleReservation } from "../db/budget-store.ts";
import type { Trx } from "../db/database.ts";
import { listStepStates } from "../db/step-run-store.ts";
import type { Step } from "../workflow/definition.ts";
import { FREE, UNKNOWN_COST, type NanoUsd } from "../workflow/money.ts";
import { budgetOf } from "./budgets.ts";
import { changeStep } from "./execution-state.ts";
import { lostAnswer } from "./failures.ts";
import { waitingInDoubt } from "./journal.ts";

export interface RecoveryOptions {
  executionId: number;
  steps: readonly Step[];
  retryUnknownUnderNanoUsd: NanoUsd;
  now: string;
}

/**
 * Puts right what a crash left behind, from the rows alone: what was reserved is released, what was sent is in doubt,
 * what was submitted is handed back to be polled. Free calls are simply made again. Inside the transaction that takes
 * the execution up (or, for one that has ended, that tidies it).
 */
export async function recover(trx: Trx, options: RecoveryOptions): Promise<AttemptRow[]> {
  const { executionId, now } = options;
  const open = await listOpenAttempts(trx, executionId);
  for (const attempt of open) {
    if (attempt.status === "reserved") await release(trx, attempt);
    if (attempt.status === "sent") await doubtOrRepeat(trx, attempt, options);
  }
  const submitted = open.filter((attempt) => attempt.status === "submitted");
  for (const run of await listStepStates(trx, executionId)) {
    const isPolled = submitted.some(
      (attempt) => attempt.stepNumber === run.stepNumber && attempt.item === run.item,
    );
    // The row of a step with items follows these.
    if (run.status !== "running" || isPolled || run.itemsTotal !== null) continue;
    await changeStep(trx, { executionId, key: run, change: { status: "pending" }, now });
  }
  return submitted;
}

async function release(trx: Trx, attempt: AttemptRow): Promise<void> {
  await moveAttempt(trx, attempt.id, ["reserved"], { status: "released" });
  await settleReservation(trx, budgetOf(attempt.executionId), {
    reserved: attempt.reservedNanoUsd,
    spent: 0,
  });
}

async function doubtOrRepeat(trx: Trx, attempt: AttemptRow, options: RecoveryOptions): Promise<void> {
  const { executionId, now } = options;
  const failure = lostAnswer();
  if (attempt.reservedBasis === "free") {
    const change = { status: "failed" as const, cost: FREE, failure, settledAt: now };
    await moveAttempt(trx, attempt.id, ["sent"], change);
    return;
  }
  await moveAttempt(trx, attempt.id, ["sent"], { status: "in_doubt", cost: UNKNOWN_COST, failure });
  const step = options.steps.find((candidate) => candidate.step_number === attempt.stepNumber);
  const hasTriesLeft = attempt.number < (step?.retry.max_attempts ?? 0);
  if (hasTriesLeft && mayRepeatUnasked(attempt, options.retryUnknownUnderNanoUsd)) return;
  await changeStep(trx, {
    executionId,
    key: attempt,
    change: { ...waitingInDoubt(failure, attempt.reservedNanoUsd), costBasis: "unknown" },
    from: ["running"],
    now,
  });
}

/** Whether a call in doubt is so cheap that the person has said to repeat it without asking. */
export function mayRepeatUnasked(
  attempt: { reservedNanoUsd: NanoUsd; reservedBasis: string },
  underNanoUsd: NanoUsd,
): boolean {
  return attempt.reservedBasis !== "unknown" && attempt.reservedNanoUsd < underNanoUsd;
}
