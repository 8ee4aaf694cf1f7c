import { NANO_USD_PER_USD, type NanoUsd } from "../workflow/money.ts";

/** What every CSV file (RFC 4180) that Relais writes is made of. */

/** Lets spreadsheets read the text as UTF-8. */
export const BYTE_ORDER_MARK = "\uFEFF";

export function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",")}\r\n`;
}

/** A spreadsheet must show what people and vendors wrote, never carry it out as a formula. */
export function safeText(text: string): string {
  return /^[\s]*[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
}

/** Exact, with a point in every language; unknown is an empty cell. */
export function decimalUsd(amount: NanoUsd | null): string {
  if (amount === null) return "";
  const whole = Math.floor(amount / NANO_USD_PER_USD);
  const rest = String(amount % NANO_USD_PER_USD)
    .padStart(9, "0")
    .replace(/0+$/, "");
  return rest === "" ? String(whole) : `${whole}.${rest}`;
}

/** Asks for a piece only when there is room for it. */
export function csvStream(pieces: AsyncGenerator<string>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull: async (controller) => {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel: async () => {
      await pieces.return(undefined);
    },
  });
}
