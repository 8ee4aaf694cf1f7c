import { getRepair, listOpenAttempts, moveAttempt, type AttemptRow } from "../db/attempt-store.ts";
import type { Trx } from "../db/database.ts";
import type { Step } from "../workflow/definition.ts";
import { FREE, UNKNOWN_COST, type NanoUsd } from "../workflow/money.ts";
import { lostAnswer } from "./failures.ts";
import { isSameStep, type HeldExecution } from "./held-execution.ts";
import { waitingInDoubt } from "./journal.ts";

export interface RecoveryOptions {
  steps: readonly Step[];
  retryUnknownUnderNanoUsd: NanoUsd;
}

/**
 * Puts right what a crash left behind, from the rows alone: what was reserved is released, what was sent is in doubt,
 * what was submitted is handed back to be polled. Free calls are simply made again. Inside the transaction that takes
 * the execution up (or, for one that has ended, that tidies it).
 */
export async function recover(held: HeldExecution, options: RecoveryOptions): Promise<AttemptRow[]> {
  const { trx, id } = held;
  const open = await listOpenAttempts(trx, id);
  const repeated: AttemptRow[] = [];
  for (const attempt of open) {
    // Of a program that still kept what it set aside apart from what it sent.
    if (attempt.status === "reserved")
      await moveAttempt(trx, attempt.id, ["reserved"], { status: "released" });
    if (attempt.status === "sent" && (await doubtOrRepeat(held, attempt, options)) === "repeat") {
      repeated.push(attempt);
    }
  }
  const submitted = open.filter(({ status }) => status === "submitted");
  for (const run of held.runs) {
    // The row of a step with items follows these.
    if (run.status !== "running" || run.itemsTotal !== null) continue;
    if (submitted.some((attempt) => isSameStep(attempt, run))) continue;
    const isInDoubt = repeated.some((attempt) => isSameStep(attempt, run));
    await held.changeStep(run, { status: "pending", ...(isInDoubt && { costBasis: "unknown" }) });
  }
  const released = open.filter(({ status }) => status === "reserved");
  await held.settle(released.map((call) => ({ call, spentNanoUsd: 0 })));
  return submitted;
}

/** Records that nobody knows what became of a call; whether it is made again unasked although it may have been billed. */
async function doubtOrRepeat(
  held: HeldExecution,
  attempt: AttemptRow,
  { steps, retryUnknownUnderNanoUsd }: RecoveryOptions,
): Promise<"free" | "ask" | "repeat"> {
  const { trx, now } = held;
  const failure = lostAnswer();
  if (attempt.reservedBasis === "free") {
    const change = { status: "failed" as const, cost: FREE, failure, settledAt: now };
    await moveAttempt(trx, attempt.id, ["sent"], change);
    return "free";
  }
  await moveAttempt(trx, attempt.id, ["sent"], { status: "in_doubt", cost: UNKNOWN_COST, failure });
  const step = steps.find((candidate) => candidate.step_number === attempt.stepNumber);
  const hasTriesLeft = (await triesOf(trx, attempt, step)) < (step?.retry.max_attempts ?? 0);
  if (hasTriesLeft && mayRepeatUnasked(attempt, retryUnknownUnderNanoUsd)) return "repeat";
  const change = { ...waitingInDoubt(failure, attempt.reservedNanoUsd), costBasis: "unknown" as const };
  await held.changeStep(attempt, change, ["running"]);
  return "ask";
}

/** How often what the call asked for was asked: the calls before the answer that it was to have corrected are no tries of it. */
async function triesOf(trx: Trx, attempt: AttemptRow, step: Step | undefined): Promise<number> {
  const repair = step?.output_schema ? await getRepair(trx, attempt.executionId, attempt) : null;
  return attempt.number - (repair?.after ?? 0);
}

/** Whether a call in doubt is so cheap that the person has said to repeat it without asking. */
export function mayRepeatUnasked(
  attempt: { reservedNanoUsd: NanoUsd; reservedBasis: string },
  underNanoUsd: NanoUsd,
): boolean {
  return attempt.reservedBasis !== "unknown" && attempt.reservedNanoUsd < underNanoUsd;
}
