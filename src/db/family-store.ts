import type { Step, StepKey } from "../workflow/definition.ts";
import type { Mode } from "../workflow/statuses.ts";
import type { Db } from "./database.ts";
import { fromJson } from "./json-column.ts";
import { toStepRun, type StepRunRow } from "./step-run-store.ts";

/** The family of an execution: the first one, what was made from it, what was made from these, and so on. */

/** The longest way up or down that is followed. */
const MAX_GENERATIONS = 100;

/** How many executions of a family are looked at, the newest. */
const MAX_FAMILY = 200;

/** The ids of the newest executions of a family in one mode, newest first. Deleted ones lead to others, and are left out. */
export async function listFamily(db: Db, { id, mode }: { id: number; mode: Mode }): Promise<number[]> {
  const rows = await db
    .withRecursive("ancestors(id, rerun_of, generation)", (cte) =>
      cte
        .selectFrom("workflow_executions")
        .select((select) => ["id", "rerun_of", select.lit<number>(0).as("generation")])
        .where("id", "=", id)
        .unionAll(
          cte
            .selectFrom("workflow_executions as parent")
            .innerJoin("ancestors", "ancestors.rerun_of", "parent.id")
            .select((select) => [
              "parent.id",
              "parent.rerun_of",
              select("ancestors.generation", "+", 1).as("generation"),
            ])
            .where("ancestors.generation", "<", MAX_GENERATIONS),
        ),
    )
    .withRecursive("family(id, generation)", (cte) =>
      cte
        .selectFrom("ancestors")
        .select((select) => ["ancestors.id", select.lit<number>(0).as("generation")])
        .where((where) =>
          where(
            "ancestors.generation",
            "=",
            where.selectFrom("ancestors as all").select(({ fn }) => fn.max("all.generation").as("oldest")),
          ),
        )
        .unionAll(
          cte
            .selectFrom("workflow_executions as child")
            .innerJoin("family", "family.id", "child.rerun_of")
            .select((select) => ["child.id", select("family.generation", "+", 1).as("generation")])
            .where("family.generation", "<", MAX_GENERATIONS),
        ),
    )
    .selectFrom("family")
    .innerJoin("workflow_executions", "workflow_executions.id", "family.id")
    .select("workflow_executions.id")
    .where("workflow_executions.mode", "=", mode)
    .where("workflow_executions.deleted_at", "is", null)
    .orderBy("workflow_executions.id", "desc")
    .limit(MAX_FAMILY)
    .execute();
  return rows.map((row) => row.id);
}

/** What one execution of a family has made of a step. */
export interface FamilyRun {
  executionId: number;
  /** The step as that execution has it. */
  step: Step;
  /** The one step that it makes, where it is a take. */
  onlyStep: number | null;
  run: StepRunRow;
}

/** The step runs of one place in several executions that have a result, or belong to a take that is under way; newest first. */
export async function listFamilyRuns(db: Db, ids: readonly number[], key: StepKey): Promise<FamilyRun[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom("step_runs")
    .innerJoin("workflow_executions", "workflow_executions.id", "step_runs.execution_id")
    .selectAll("step_runs")
    .select(["workflow_executions.steps", "workflow_executions.only_step"])
    .where("execution_id", "in", ids)
    .where("step_number", "=", key.stepNumber)
    .where("item", "=", key.item)
    .where((where) =>
      where.or([
        where.and([
          where("step_runs.output", "is not", null),
          where.or([
            where("step_runs.status", "=", "completed"),
            where("step_runs.waiting_reason", "=", "approval"),
          ]),
        ]),
        where.and([
          where("workflow_executions.only_step", "=", key.stepNumber),
          where("step_runs.status", "in", ["pending", "running", "waiting"]),
        ]),
      ]),
    )
    .orderBy("execution_id", "desc")
    .execute();
  return rows.flatMap((row) => {
    const step = fromJson(row.steps).find(({ step_number }) => step_number === key.stepNumber);
    return step
      ? [{ executionId: row.execution_id, step, onlyStep: row.only_step, run: toStepRun(row) }]
      : [];
  });
}
