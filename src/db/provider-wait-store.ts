import type { StepKey } from "../workflow/definition.ts";
import type { Db, Trx } from "./database.ts";
import { BY_PARTY, PARTY, type Party } from "./party.ts";

/** Step runs of one execution that wait for a place at a provider. */
export interface ProviderWait extends Party {
  /** How many. */
  steps: number;
  /** Since when the first of them does. */
  since: string;
  /** The process that works on the execution. */
  worker: string;
}

/** Notes that a step run waits; true where it did not before. */
export async function keepWait(
  trx: Trx,
  wait: { executionId: number; key: StepKey; provider: string; worker: string; now: string },
): Promise<boolean> {
  const { executionId, key, provider, worker, now } = wait;
  const { since } = await trx
    .insertInto("provider_waits")
    .values({
      execution_id: executionId,
      step_number: key.stepNumber,
      item: key.item,
      provider,
      worker,
      since: now,
      renewed_at: now,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["execution_id", "step_number", "item"])
        .doUpdateSet({ provider, worker, renewed_at: now }),
    )
    .returning("since")
    .executeTakeFirstOrThrow();
  return since === now;
}

/** The step run waits no more. */
export async function endWait(trx: Trx, executionId: number, key: StepKey): Promise<void> {
  await trx
    .deleteFrom("provider_waits")
    .where("execution_id", "=", executionId)
    .where("step_number", "=", key.stepNumber)
    .where("item", "=", key.item)
    .execute();
}

/** No step run of the execution waits here any more. */
export async function endWaitsOf(trx: Trx, executionId: number, worker: string): Promise<void> {
  await trx
    .deleteFrom("provider_waits")
    .where("execution_id", "=", executionId)
    .where("worker", "=", worker)
    .execute();
}

/** Says that a process is still there, of how many waits, and forgets what none has said so of since `deadSince`. */
export async function renewWaits(
  trx: Trx,
  { worker, now, deadSince }: { worker: string; now: string; deadSince: string },
): Promise<number> {
  const { numUpdatedRows } = await trx
    .updateTable("provider_waits")
    .set({ renewed_at: now })
    .where("worker", "=", worker)
    .executeTakeFirst();
  await trx.deleteFrom("provider_waits").where("renewed_at", "<", deadSince).execute();
  return Number(numUpdatedRows);
}

/** Who waits for a place at a provider, of executions that run and of processes that have said since `aliveSince` that they live. */
export async function listWaits(db: Db, provider: string, aliveSince: string): Promise<ProviderWait[]> {
  return await db
    .selectFrom("provider_waits")
    .innerJoin("workflow_executions", "workflow_executions.id", "provider_waits.execution_id")
    .select(PARTY)
    .select((eb) => [
      "provider_waits.worker",
      eb.fn.countAll<number>().as("steps"),
      eb.fn.min("provider_waits.since").as("since"),
    ])
    .where("provider_waits.provider", "=", provider)
    .where("provider_waits.renewed_at", ">=", aliveSince)
    .where("workflow_executions.status", "=", "running")
    .groupBy([...BY_PARTY, "provider_waits.worker"])
    .execute();
}

/** How many step runs wait, by provider. */
export async function countWaits(db: Db, aliveSince: string): Promise<{ provider: string; count: number }[]> {
  return await db
    .selectFrom("provider_waits")
    .select((eb) => ["provider", eb.fn.countAll<number>().as("count")])
    .where("renewed_at", ">=", aliveSince)
    .groupBy("provider")
    .orderBy("provider")
    .execute();
}
