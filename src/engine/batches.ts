import { insertBatch, type BatchValues } from "../db/batch-store.ts";
import { storeCap } from "../db/cap-store.ts";
import type { Trx } from "../db/database.ts";
import { fairGroupOf } from "../db/party.ts";
import type { NanoUsd } from "../workflow/money.ts";
import { scopeOfBatch } from "./budgets.ts";
import { createExecution } from "./decisions.ts";
import type { NewExecution } from "./engine.ts";

/** Many topics given at once to the same steps. */
export interface NewBatch extends Omit<BatchValues, "rowCount" | "createdAt"> {
  /** The most that all its executions together may spend; null: no cap. */
  capNanoUsd: NanoUsd | null;
}

export interface CreatedBatch {
  batchId: number;
  /** In the order of the rows. */
  executionIds: number[];
}

/** What the executions of a batch stand together as when work is shared out fairly. */
export function groupOfBatch(batchId: number): string {
  return fairGroupOf({ userId: null, workflowId: null, templateId: null, batchId });
}

/** Stores a batch, an execution for each of its rows, and the cap that they share. */
export async function storeBatch(
  trx: Trx,
  { batch, rows, now }: { batch: NewBatch; rows: readonly NewExecution[]; now: string },
): Promise<CreatedBatch> {
  const { capNanoUsd, ...values } = batch;
  const batchId = await insertBatch(trx, { ...values, rowCount: rows.length, createdAt: now });
  const executionIds: number[] = [];
  for (const [index, row] of rows.entries()) {
    executionIds.push(await createExecution(trx, { ...row, batch: { id: batchId, row: index + 1 } }, now));
  }
  // Last, because until the end everybody waits who reads caps.
  if (capNanoUsd !== null) {
    await storeCap(trx, { scope: scopeOfBatch(batchId), periodKind: "total" }, { capNanoUsd, now });
  }
  return { batchId, executionIds };
}
