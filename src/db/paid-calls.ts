import { sql } from "kysely";
import type { CostBasis, NanoUsd } from "../workflow/money.ts";
import type { AttemptStatus } from "../workflow/statuses.ts";
import type { Period } from "./cost-report.ts";
import type { Db } from "./database.ts";

/** One call that could cost something, with what it belongs to. */
export interface PaidCall {
  id: string;
  createdAt: string;
  executionId: number;
  /** Null where the execution has none, or was removed. */
  title: string | null;
  workflowId: number | null;
  templateId: string | null;
  stepNumber: number;
  /** -1: the step itself. */
  item: number;
  number: number;
  provider: string;
  model: string;
  status: AttemptStatus;
  isUnused: boolean;
  /** Null where the worst case was unknown. */
  reservedNanoUsd: NanoUsd | null;
  /** Null where it is not known, or not yet. */
  costNanoUsd: NanoUsd | null;
  costBasis: CostBasis | null;
}

const BATCH = 1_000;

/** Calls of a period that were sent, oldest first, as many at a time as fit in memory well. */
export async function* listPaidCalls(db: Db, period: Period): AsyncGenerator<PaidCall[]> {
  let last: Pick<PaidCall, "createdAt" | "id"> = { createdAt: period.from, id: "" };
  const end = `${period.to}T99`;
  for (;;) {
    const calls = await nextCalls(db, last, end);
    if (calls.length > 0) yield calls;
    const lastOfBatch = calls.at(-1);
    if (!lastOfBatch || calls.length < BATCH) return;
    last = lastOfBatch;
  }
}

async function nextCalls(
  db: Db,
  after: Pick<PaidCall, "createdAt" | "id">,
  end: string,
): Promise<PaidCall[]> {
  const rows = await db
    .selectFrom("attempts as a")
    .leftJoin("workflow_executions as e", "e.id", "a.execution_id")
    .select([
      "a.id",
      "a.created_at as createdAt",
      "a.execution_id as executionId",
      "e.title",
      "e.workflow_id as workflowId",
      "e.template_id as templateId",
      "a.step_number as stepNumber",
      "a.item",
      "a.number",
      "a.provider",
      "a.model",
      "a.status",
      "a.is_unused",
      "a.reserved_nano_usd",
      "a.reserved_basis",
      "a.cost_nano_usd as costNanoUsd",
      "a.cost_basis as costBasis",
    ])
    .where("a.reserved_basis", "<>", sql.lit("free"))
    .where(sql<boolean>`(a.created_at, a.id) > (${after.createdAt}, ${after.id})`)
    .where("a.created_at", "<", end)
    .where("a.status", "not in", ["reserved", "released"])
    .orderBy("a.created_at")
    .orderBy("a.id")
    .limit(BATCH)
    .execute();
  return rows.map(({ is_unused, reserved_nano_usd, reserved_basis, ...call }) =>
    Object.assign(call, {
      isUnused: is_unused === 1,
      reservedNanoUsd: reserved_basis === "unknown" ? null : reserved_nano_usd,
    }),
  );
}
