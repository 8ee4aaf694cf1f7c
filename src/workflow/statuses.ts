/** Statuses of executions. `waiting`: nothing moves until a person decides or a cap is raised. */
export const EXECUTION_STATUSES = [
  "pending",
  "running",
  "waiting",
  "completed",
  "failed",
  "cancelled",
] as const;
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];

/** Statuses of one step inside one execution. */
export type StepRunStatus = ExecutionStatus | "skipped";

/**
 * Statuses of one call to a provider. `reserved`: money set aside, nothing sent. `sent`: the call may have left.
 * `submitted`: the vendor's job id is saved. `in_doubt`: sent, but no answer is known, so it may have been billed.
 * `released`: reserved and never sent.
 */
export type AttemptStatus =
  | "reserved"
  | "sent"
  | "submitted"
  | "succeeded"
  | "failed"
  | "in_doubt"
  | "released";

export type Mode = "live" | "rehearsal";

export const WAITING_REASONS = ["in_doubt", "cap", "approval"] as const;
export type WaitingReason = (typeof WAITING_REASONS)[number];

export const DECISIONS = ["retry", "give_up", "raise_cap", "approve", "reject"] as const;
export type Decision = (typeof DECISIONS)[number];

const FINAL: ReadonlySet<string> = new Set(["completed", "failed", "cancelled", "skipped"]);

/** Whether nothing more will happen by itself or by decision. */
export function isFinal(status: StepRunStatus): boolean {
  return FINAL.has(status);
}
