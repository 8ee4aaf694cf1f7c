import { sql } from "kysely";
import type { NanoUsd } from "../workflow/money.ts";
import type { Db } from "./database.ts";

/** UTC days, YYYY-MM-DD, both inclusive. */
export interface Period {
  from: string;
  to: string;
}

/** What calls have cost, added up. Calls that are free from the start, and those still out, are not among them. */
export interface CostSums {
  calls: number;
  /** What is known. Beside it stand the calls of unknown cost and those in doubt: with any of them it is a floor. */
  chargedNanoUsd: NanoUsd;
  /** Answered, but nobody knows what was billed. */
  unknownCalls: number;
  failedCalls: number;
  failedBilledCalls: number;
  failedBilledNanoUsd: NanoUsd;
  /** Paid, but another call had given the step its result. */
  unusedCalls: number;
  unusedNanoUsd: NanoUsd;
  inDoubtCalls: number;
  /** The most that calls in doubt may have cost, as far as that is known. */
  inDoubtNanoUsd: NanoUsd;
  inDoubtUnpricedCalls: number;
}

/** What sums are told apart by. */
export interface CostGroup {
  day: string;
  /** 0: none. */
  workflowId: number;
  /** Empty: none. */
  templateId: string;
  provider: string;
  model: string;
}

const COLUMNS: Record<keyof CostGroup, string> = {
  day: "day",
  workflowId: "workflow_id",
  templateId: "template_id",
  provider: "provider",
  model: "model",
};

/** PostgreSQL adds whole numbers up to a wider type, which would come back as text. */
const sumOf = (column: string) => sql<number>`cast(sum(${sql.ref(column)}) as bigint)`;

/**
 * What was spent in a period, for each group that differs in `by`, which names one thing at least; the others are empty
 * in what is given. Nothing where nothing was called.
 */
export async function sumCostsBy(
  db: Db,
  { from, to }: Period,
  by: readonly (keyof CostGroup)[],
): Promise<(CostGroup & CostSums)[]> {
  const text = (key: keyof CostGroup) =>
    by.includes(key) ? sql<string>`${sql.ref(COLUMNS[key])}` : sql<string>`''`;
  return await db
    .selectFrom("cost_days")
    .select([
      text("day").as("day"),
      (by.includes("workflowId") ? sql<number>`workflow_id` : sql<number>`0`).as("workflowId"),
      text("templateId").as("templateId"),
      text("provider").as("provider"),
      text("model").as("model"),
      sumOf("calls").as("calls"),
      sumOf("charged_nano_usd").as("chargedNanoUsd"),
      sumOf("unknown_calls").as("unknownCalls"),
      sumOf("failed_calls").as("failedCalls"),
      sumOf("failed_billed_calls").as("failedBilledCalls"),
      sumOf("failed_billed_nano_usd").as("failedBilledNanoUsd"),
      sumOf("unused_calls").as("unusedCalls"),
      sumOf("unused_nano_usd").as("unusedNanoUsd"),
      sumOf("in_doubt_calls").as("inDoubtCalls"),
      sumOf("in_doubt_nano_usd").as("inDoubtNanoUsd"),
      sumOf("in_doubt_unpriced_calls").as("inDoubtUnpricedCalls"),
    ])
    .where("day", ">=", from)
    .where("day", "<=", to)
    .groupBy(by.map((key) => sql.ref(COLUMNS[key])))
    // A call in doubt that is asked about again leaves a day of nothing.
    .having(sumOf("calls"), ">", 0)
    .execute();
}
