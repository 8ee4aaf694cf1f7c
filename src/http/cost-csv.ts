import type { PaidCall } from "../db/paid-calls.ts";
import { NO_ITEM } from "../workflow/definition.ts";
import { BYTE_ORDER_MARK, csvLine, decimalUsd, safeText } from "./csv.ts";

const COLUMNS = [
  "time",
  "execution_id",
  "title",
  "workflow_id",
  "template_id",
  "step_number",
  "item",
  "call_number",
  "provider",
  "model",
  "status",
  "unused",
  "reserved_usd",
  "charged_usd",
  "cost_basis",
];

/** A CSV file (RFC 4180), piece by piece: a line of names, then one for each call. What is unknown is an empty cell. */
export async function* writeCostCsv(batches: AsyncIterable<PaidCall[]>): AsyncGenerator<string> {
  yield `${BYTE_ORDER_MARK}${csvLine(COLUMNS)}`;
  for await (const calls of batches) yield calls.map((call) => csvLine(cellsOf(call))).join("");
}

function cellsOf(call: PaidCall): string[] {
  return [
    call.createdAt,
    String(call.executionId),
    safeText(call.title ?? ""),
    String(call.workflowId ?? ""),
    safeText(call.templateId ?? ""),
    String(call.stepNumber),
    call.item === NO_ITEM ? "" : String(call.item),
    String(call.number),
    safeText(call.provider),
    safeText(call.model),
    call.status,
    call.isUnused ? "1" : "0",
    decimalUsd(call.reservedNanoUsd),
    decimalUsd(call.costNanoUsd),
    call.costBasis ?? "",
  ];
}
