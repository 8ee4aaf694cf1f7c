/** A figure of the bench. */
export interface Row {
  what: string;
  relais: string;
  floor: string;
  /** Relais divided by the floor, or by the limit where there is no floor. */
  ratio: string;
  aim: string;
}

/** Prints the figures as a table. */
export function printRows(rows: readonly Row[]): void {
  const columns = ["what", "relais", "floor", "ratio", "aim"] as const;
  const widths = columns.map((column) => Math.max(column.length, ...rows.map((row) => row[column].length)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ");
  process.stdout.write(
    `${[line(columns), ...rows.map((row) => line(columns.map((column) => row[column])))].join("\n")}\n`,
  );
}
