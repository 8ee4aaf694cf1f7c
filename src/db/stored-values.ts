import type { LocalText } from "../errors.ts";
import type { Medium } from "../workflow/media.ts";
import type { StepKey } from "../workflow/definition.ts";
import type { Cost, CostBasis, NanoUsd } from "../workflow/money.ts";
import type { FailureCode, WordTiming } from "../workflow/ports.ts";
import type { ExecutionStatus, StepRunStatus, WaitingReason } from "../workflow/statuses.ts";
import type { FileValue, Json } from "../workflow/values.ts";

/** What JSON columns hold. */

/** What an execution waits for, and the amount in question (null: unknown). */
export interface WaitingFor {
  reason: WaitingReason;
  stepNumber: number;
  item: number;
  amountNanoUsd: NanoUsd | null;
  /** With the reason `cap`: the budget that it does not fit into. */
  scope?: string | null;
  period?: string | null;
}

/** A file of a result: where it is stored and what it is. */
export interface StoredFile extends FileValue {
  bytes: number;
  /** What it is to be called when it is downloaded; absent where nothing was said. */
  name?: string;
  /** Pixels. */
  width?: number;
  height?: number;
}

/** What a step made, as it is stored and handed on. */
export interface StoredOutput {
  medium: Medium;
  text?: string;
  json?: Json;
  files: StoredFile[];
  words?: WordTiming[];
  /** On a step that ran once per item: for how many items this is the list; files then say of which they are. */
  itemCount?: number;
}

export interface StoredFailure {
  code: FailureCode;
  message: LocalText;
}

/** The state of a step run, without what it made: that is in its row and does not change once it is there. */
export interface StepSnapshot extends StepKey {
  status: StepRunStatus;
  /** How many calls were made for it. */
  attempts: number;
  provider: string | null;
  model: string | null;
  performedBy: string | null;
  costNanoUsd: NanoUsd;
  costBasis: CostBasis;
  error: StoredFailure | null;
  waitingReason: WaitingReason | null;
  /** What is in question while it waits; null: unknown, or it does not wait. */
  waitingAmountNanoUsd: NanoUsd | null;
  /** The budget that it does not fit into, while it waits for a cap. */
  waitingScope: string | null;
  waitingPeriod: string | null;
  liveCost: Cost | null;
  /** The execution whose result was taken over; null where none was. Events from before this was known lack it. */
  reusedFromExecutionId?: number | null;
  /** What the result that was taken over had cost; null: unknown, or none was taken over. */
  savedNanoUsd?: NanoUsd | null;
  /** Not to be tried again before this time. */
  retryAt: string | null;
  /** While it is pending: since when it waits for a place at its provider; null: it does not. */
  placeSince: string | null;
  startedAt: string | null;
  completedAt: string | null;
  /** Of a step that runs once per item: how many there are, have ended, and have failed; null on all others. */
  itemsTotal: number | null;
  itemsDone: number | null;
  itemsFailed: number | null;
  /** Until when a result waits to be approved; null: without a limit, or it does not. Older events lack what follows. */
  decideBy?: string | null;
  /** Whether a person has put something in the place of what was made. */
  isEdited?: boolean;
  /** Whether a call was spent on having an answer corrected. */
  isRepaired?: boolean;
}

/** The state of an execution, without its steps. */
export interface ExecutionSnapshot {
  status: ExecutionStatus;
  currentStep: number;
  totalSteps: number;
  totalCostNanoUsd: NanoUsd;
  costBasis: CostBasis;
  waitingFor: WaitingFor | null;
  error: LocalText | null;
  startedAt: string | null;
  completedAt: string | null;
}

/** What was expected to be charged, before it was. */
export interface StoredCostRange {
  lowNanoUsd: NanoUsd;
  /** Null where a price is unknown: then `lowNanoUsd` is a floor, and there is no ceiling. */
  likelyNanoUsd: NanoUsd | null;
  highNanoUsd: NanoUsd | null;
  /** `floor`: a part is unknown; `assumed`: it hung on something that was still to come. */
  certainty: "exact" | "assumed" | "floor" | "unknown";
}

/** The column `estimate` of `workflow_executions`. */
export interface StoredEstimate {
  total: StoredCostRange;
  steps: (StoredCostRange & { stepNumber: number; model: string })[];
}

/** The column `results` of `workflow_executions`: what each step made. */
export interface StoredResult extends StoredOutput {
  stepNumber: number;
  /** Of a step without a list: the item that made it. */
  item?: number;
  name: string | null;
}
