import type { PaidCall } from "../db/paid-calls.ts";
import { NO_ITEM } from "../workflow/definition.ts";
import { NANO_USD_PER_USD, type NanoUsd } from "../workflow/money.ts";

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

/** Lets spreadsheets read the text as UTF-8. */
const BYTE_ORDER_MARK = "\uFEFF";

/** A CSV file (RFC 4180), piece by piece: a line of names, then one for each call. What is unknown is an empty cell. */
export async function* writeCostCsv(batches: AsyncIterable<PaidCall[]>): AsyncGenerator<string> {
  yield `${BYTE_ORDER_MARK}${line(COLUMNS)}`;
  for await (const calls of batches) yield calls.map((call) => line(cellsOf(call))).join("");
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
    decimal(call.reservedNanoUsd),
    decimal(call.costNanoUsd),
    call.costBasis ?? "",
  ];
}

/** Exact, with a point in every language. */
function decimal(amount: NanoUsd | null): string {
  if (amount === null) return "";
  const whole = Math.floor(amount / NANO_USD_PER_USD);
  const rest = String(amount % NANO_USD_PER_USD)
    .padStart(9, "0")
    .replace(/0+$/, "");
  return rest === "" ? String(whole) : `${whole}.${rest}`;
}

/** A spreadsheet must show what people and vendors wrote, never carry it out as a formula. */
function safeText(text: string): string {
  return /^[\s]*[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
}

function line(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",")}\r\n`;
}
