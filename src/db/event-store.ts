import { sql, type Selectable } from "kysely";
import type { Db, Trx } from "./database.ts";
import { fromJson, toJson } from "./json-column.ts";
import { preparedRows } from "./prepared.ts";
import type { ExecutionEventTable } from "./schema.ts";
import type { ExecutionSnapshot, StepSnapshot } from "./stored-values.ts";

/** Something that happened in an execution: the new state of it, or of one of its steps. */
export type EventBody = { type: "execution"; data: ExecutionSnapshot } | { type: "step"; data: StepSnapshot };

/** An event as it is stored. Numbers are 1, 2, 3 … within an execution, without a gap. */
export interface StoredEvent {
  number: number;
  createdAt: string;
  event: EventBody;
}

/** Appends an event under the execution's next number. Only inside the transaction that makes the change it tells of. */
export async function appendEvent(
  trx: Trx,
  executionId: number,
  event: EventBody,
  createdAt: string,
): Promise<void> {
  await trx
    .insertInto("execution_events")
    .columns(["execution_id", "number", "type", "data", "created_at"])
    .expression((eb) =>
      eb
        .selectFrom("execution_events")
        .where("execution_id", "=", executionId)
        .select((select) => [
          select.val(executionId).as("execution_id"),
          select(select.fn.coalesce(select.fn.max("number"), select.lit(0)), "+", select.lit(1)).as("number"),
          select.val(event.type).as("type"),
          select.val(toJson(event.data)).as("data"),
          select.val(createdAt).as("created_at"),
        ]),
    )
    .execute();
}

const insertedEvents = preparedRows<
  [executionId: number, number: number, type: string, data: string, createdAt: string]
>((rows, db) =>
  sql<never>`insert into execution_events (execution_id, number, type, data, created_at) values ${rows}`.compile(
    db,
  ),
);

/** So that no statement has more values than a database takes. */
const EVENTS_AT_ONCE = 100;

/**
 * Appends several events after the last one, whose number the caller knows because nobody else can append any until its
 * transaction ends.
 */
export async function appendEvents(
  trx: Trx,
  executionId: number,
  { after, events, createdAt }: { after: number; events: readonly EventBody[]; createdAt: string },
): Promise<void> {
  for (let start = 0; start < events.length; start += EVENTS_AT_ONCE) {
    const some = events.slice(start, start + EVENTS_AT_ONCE);
    await insertedEvents(
      trx,
      some.map(({ type, data }, index) => [
        executionId,
        after + start + index + 1,
        type,
        toJson(data),
        createdAt,
      ]),
    );
  }
}

/** The number of the last event of an execution; 0 where none is stored. */
export async function lastEventNumber(db: Db, executionId: number): Promise<number> {
  const row = await db
    .selectFrom("execution_events")
    .where("execution_id", "=", executionId)
    .select((eb) => eb.fn.max("number").as("number"))
    .executeTakeFirst();
  return row?.number ?? 0;
}

/** Events of an execution after `afterNumber`, oldest first. */
export async function listEvents(
  db: Db,
  executionId: number,
  afterNumber: number,
  limit = 500,
): Promise<StoredEvent[]> {
  const rows = await db
    .selectFrom("execution_events")
    .selectAll()
    .where("execution_id", "=", executionId)
    .where("number", ">", afterNumber)
    .orderBy("number")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ number: row.number, createdAt: row.created_at, event: bodyOf(row) }));
}

/** The column `type` says which of the two a row holds. */
function bodyOf(row: Selectable<ExecutionEventTable>): EventBody {
  const text: string = row.data;
  return row.type === "step"
    ? { type: "step", data: fromJson<StepSnapshot>(text) }
    : { type: "execution", data: fromJson<ExecutionSnapshot>(text) };
}
