import type { Budget, BudgetKey } from "./budget-store.ts";
import type { Trx } from "./database.ts";
import { fromNullableJson } from "./json-column.ts";
import { prepared, type Given } from "./prepared.ts";
import { HAS_OUTPUT, STEP_STATE, toState, type StepStateRow } from "./step-run-store.ts";
import type { ExecutionSnapshot } from "./stored-values.ts";

/** What a transaction about an execution goes by. */
export interface HeldState {
  epoch: number;
  /** Without its error, which only an execution that has ended has. */
  snapshot: ExecutionSnapshot;
  /** The execution's own. */
  budget: Budget;
  /** The number of its last event; 0 where none is stored. */
  lastEvent: number;
  /** Its step runs in their order. */
  runs: StepStateRow[];
}

const heldState = prepared((db, given: Given<{ executionId: number } & BudgetKey>) =>
  db
    .selectFrom("workflow_executions")
    .leftJoin("budgets", (join) =>
      join.on("budgets.scope", "=", given("scope")).on("budgets.period", "=", given("period")),
    )
    .innerJoin("step_runs", "step_runs.execution_id", "workflow_executions.id")
    .select([
      "workflow_executions.epoch",
      "workflow_executions.status as executionStatus",
      "workflow_executions.current_step as currentStep",
      "workflow_executions.total_steps as totalSteps",
      "workflow_executions.total_cost_nano_usd as totalCostNanoUsd",
      "workflow_executions.cost_basis as totalCostBasis",
      "workflow_executions.waiting_for as waitingFor",
      "workflow_executions.started_at as startedAt",
      "workflow_executions.completed_at as completedAt",
      "budgets.cap_nano_usd as capNanoUsd",
      "budgets.reserved_nano_usd as reservedNanoUsd",
      "budgets.spent_nano_usd as spentNanoUsd",
      ...STEP_STATE,
      HAS_OUTPUT,
    ])
    .select((eb) =>
      eb
        .selectFrom("execution_events")
        .select((events) => events.fn.max("execution_events.number").as("number"))
        .where("execution_events.execution_id", "=", given("executionId"))
        .as("lastEvent"),
    )
    .where("workflow_executions.id", "=", given("executionId"))
    .orderBy("step_runs.step_number")
    .orderBy("step_runs.item")
    .compile(),
);

/** Reads an execution, its budget and its step runs at once; `budget` is the key of its own. */
export async function readHeldState(trx: Trx, executionId: number, budget: BudgetKey): Promise<HeldState> {
  const { rows } = await heldState(trx, { executionId, ...budget });
  const [first] = rows;
  if (!first) throw new Error(`there is no execution ${executionId}`);
  const { executionStatus: status, totalCostBasis: costBasis, currentStep, totalSteps } = first;
  const { totalCostNanoUsd, startedAt, completedAt, capNanoUsd, reservedNanoUsd, spentNanoUsd } = first;
  const waitingFor = fromNullableJson(first.waitingFor);
  return {
    epoch: first.epoch,
    snapshot: {
      status,
      currentStep,
      totalSteps,
      totalCostNanoUsd,
      costBasis,
      waitingFor,
      error: null,
      startedAt,
      completedAt,
    },
    budget: { capNanoUsd, reservedNanoUsd: reservedNanoUsd ?? 0, spentNanoUsd: spentNanoUsd ?? 0 },
    lastEvent: first.lastEvent ?? 0,
    runs: rows.map((row) => toState(row)),
  };
}
