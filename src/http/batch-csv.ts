import { listBatchRows } from "../db/batch-store.ts";
import type { Db } from "../db/database.ts";
import type { ExecutionRow } from "../db/execution-store.ts";
import { listStepRunsOf, type StepRunRow } from "../db/step-run-store.ts";
import type { Language } from "../errors.ts";
import { NO_ITEM } from "../workflow/definition.ts";
import { BYTE_ORDER_MARK, csvLine, decimalUsd, safeText } from "./csv.ts";
import { artifactUrl } from "./execution-view.ts";

/** Results may be long: no more rows than these are in memory at once. */
const ROWS_AT_ONCE = 50;

/**
 * The results of a batch as a CSV file, piece by piece: a line of names, then one for each row, with a column for each input
 * and for each step. What is a file is its address.
 */
export async function* writeBatchCsv(
  db: Db,
  { batchId, origin, language }: { batchId: number; origin: string; language: Language },
): AsyncGenerator<string> {
  let columns: Columns | null = null;
  for (let afterRow = 0; ;) {
    const rows = await listBatchRows(db, batchId, { limit: ROWS_AT_ONCE, afterRow });
    if (!columns) {
      columns = columnsOf(rows);
      yield `${BYTE_ORDER_MARK}${csvLine(namesOf(columns))}`;
    }
    const runs = await listStepRunsOf(
      db,
      rows.map(({ id }) => id),
    );
    for (const row of rows) {
      yield csvLine(cellsOf(row, runs.get(row.id) ?? [], { columns, origin, language }));
      afterRow = row.batchRow ?? afterRow;
    }
    if (rows.length < ROWS_AT_ONCE) return;
  }
}

/** What differs from batch to batch. All rows of one have the same inputs and steps. */
interface Columns {
  inputs: string[];
  steps: { number: number; name: string }[];
}

function columnsOf([first]: readonly ExecutionRow[]): Columns {
  return {
    inputs: Object.keys(first?.inputs ?? {}),
    steps: (first?.steps ?? []).map((step) => ({
      number: step.step_number,
      name: step.name ?? `step${step.step_number}`,
    })),
  };
}

function namesOf({ inputs, steps }: Columns): string[] {
  return [
    "row",
    "execution_id",
    "status",
    "topic",
    ...inputs.map(safeText),
    ...steps.map(({ name }) => safeText(name)),
    "cost_usd",
    "cost_basis",
    "error",
  ];
}

function cellsOf(
  row: ExecutionRow,
  runs: readonly StepRunRow[],
  { columns, origin, language }: { columns: Columns; origin: string; language: Language },
): string[] {
  const made = new Map(
    runs.filter(({ item }) => item === NO_ITEM).map((run) => [run.stepNumber, run.output]),
  );
  return [
    String(row.batchRow ?? ""),
    String(row.id),
    row.status,
    safeText(row.initialInput),
    ...columns.inputs.map((name) => safeText(String(row.inputs[name] ?? ""))),
    ...columns.steps.map(({ number }) => resultCell(made.get(number) ?? null, origin)),
    decimalUsd(row.costBasis === "unknown" ? null : row.totalCostNanoUsd),
    row.costBasis,
    safeText(row.error?.[language] ?? ""),
  ];
}

function resultCell(output: StepRunRow["output"], origin: string): string {
  if (!output) return "";
  if (output.text !== undefined) return safeText(output.text);
  if (output.json !== undefined) return safeText(JSON.stringify(output.json));
  return output.files.map(({ artifactId }) => `${origin}${artifactUrl(artifactId)}`).join("\n");
}
