import type { WorkflowDefinition, WorkflowInput } from "../../../../src/workflow/definition.ts";
import { MAX_INPUT_CHARACTERS } from "../../../../src/workflow/definition.ts";
import type { Language, LocalText } from "../../../../src/errors.ts";
import { checkInputs } from "../../../../src/workflow/validation.ts";

/** The most rows that one batch takes. */
export const MAX_ROWS = 1_000;

/** The name under which the topic stands among what a row is given. */
export const TOPIC = "topic";

/** What a file holds: its cells, and whether the first line names them. */
export interface Table {
  fileName: string;
  cells: string[][];
  hasHeader: boolean;
  /** In which column the topic (`topic`) and each input stands; null: it is the same for all rows. */
  columns: Record<string, number | null>;
}

/** What a person has given: a list, one topic a line, or a table, which then stands in its place. */
export interface BatchEntry {
  list: string;
  table: Table | null;
  /** Values that are the same for all rows, by the name of the input. */
  shared: Record<string, string | number>;
}

export const EMPTY_ENTRY: BatchEntry = { list: "", table: null, shared: {} };

/** One row as the preview shows it. */
export interface EntryRow {
  /** Where it stands in what was given: the line of the list, or of the table. */
  line: number;
  topic: string;
  /** Those that a column gives, as they are written there. */
  inputs: Record<string, string>;
}

/** The rows that something stands in. */
export function rowsOf(entry: BatchEntry, inputs: readonly WorkflowInput[]): EntryRow[] {
  const { table } = entry;
  if (!table) {
    return entry.list
      .split(/\r?\n/)
      .map((text, line) => ({ line, topic: text.trim(), inputs: {} }))
      .filter(({ topic }) => topic !== "");
  }
  return table.cells.flatMap((cells, line) => {
    const isHeader = line === 0 && table.hasHeader;
    if (isHeader || cells.every((cell) => cell.trim() === "")) return [];
    const read = (name: string): string | null => {
      const column = table.columns[name] ?? null;
      return column === null ? null : (cells[column] ?? "").trim();
    };
    const given = inputs.flatMap(({ name }): [string, string][] => {
      const value = read(name);
      return value === null ? [] : [[name, value]];
    });
    return [{ line, topic: read(TOPIC) ?? "", inputs: Object.fromEntries(given) }];
  });
}

/** Changes what one row is given. */
export function withCell(
  entry: BatchEntry,
  { line, name, value }: { line: number; name: string; value: string },
): BatchEntry {
  const { table } = entry;
  if (!table) {
    const lines = entry.list.split(/\r?\n/);
    lines[line] = value.replace(/\s*\n\s*/g, " ");
    return { ...entry, list: lines.join("\n") };
  }
  const column = table.columns[name] ?? null;
  if (column === null) return entry;
  const cells = table.cells.map((row, index) => {
    if (index !== line) return row;
    const padded = Array.from({ length: Math.max(row.length, column + 1) }, (_, at) => row[at] ?? "");
    padded[column] = value;
    return padded;
  });
  return { ...entry, table: { ...table, cells } };
}

/** Takes a row out. */
export function withoutLine(entry: BatchEntry, line: number): BatchEntry {
  const { table } = entry;
  if (table)
    return { ...entry, table: { ...table, cells: table.cells.filter((_, index) => index !== line) } };
  const lines = entry.list.split(/\r?\n/).filter((_, index) => index !== line);
  return { ...entry, list: lines.join("\n") };
}

/** A row as the API takes it. */
export interface WireRow {
  initial_input: string;
  inputs: Record<string, string | number>;
}

/** What is sent of a row. A number may be written with a comma. */
export function wireRow(
  row: EntryRow,
  shared: BatchEntry["shared"],
  inputs: readonly WorkflowInput[],
): WireRow {
  const given = inputs.flatMap((input): [string, string | number][] => {
    const own = row.inputs[input.name];
    if (own === undefined) {
      const same = shared[input.name];
      return same === undefined ? [] : [[input.name, same]];
    }
    return own === "" ? [] : [[input.name, valueOf(input, own)]];
  });
  return { initial_input: row.topic, inputs: Object.fromEntries(given) };
}

function valueOf(input: WorkflowInput, text: string): string | number {
  if (input.type === "choice") {
    return input.choices?.find((choice) => plain(choice) === plain(text)) ?? text;
  }
  if (input.type !== "number") return text;
  const number = Number(text.replace(/[\s\u00a0\u202f]/gu, "").replace(",", "."));
  return Number.isFinite(number) ? number : text;
}

/** What is wrong with a row, by the name of the field it is about. */
export function problemsOfRow(
  row: WireRow,
  definition: WorkflowDefinition,
  language: Language,
): Record<string, string> {
  const problems = checkInputs(definition, { topic: row.initial_input, inputs: row.inputs });
  const said = problems.map(({ path, message }): [string, string] => [fieldOf(path), message[language]]);
  if (row.initial_input.length > MAX_INPUT_CHARACTERS) said.push([TOPIC, TOO_LONG[language]]);
  return Object.fromEntries(said);
}

/** What the server said of rows (`rows[3].inputs.tone`), by the index of the row and the name of the field. */
export function problemsFromServer(
  errors: readonly { path: string; message: string }[],
): Map<number, Record<string, string>> {
  const found = new Map<number, Record<string, string>>();
  for (const { path, message } of errors) {
    const match = /^rows\[(\d+)\]\.(.+)$/.exec(path);
    if (!match) continue;
    const index = Number(match[1]);
    found.set(index, { ...found.get(index), [fieldOf(match[2] ?? "")]: message });
  }
  return found;
}

/** What is wrong with the answers that hold for all rows, told once, by their names; and with each row apart from them. */
export function apartFromShared(
  problems: readonly Record<string, string>[],
  shared: ReadonlySet<string>,
): { ofShared: Record<string, string>; ofRows: Record<string, string>[] } {
  const ofShared: Record<string, string> = {};
  const ofRows = problems.map((ofRow) => {
    const fields = Object.entries(ofRow);
    Object.assign(ofShared, Object.fromEntries(fields.filter(([name]) => shared.has(name))));
    return Object.fromEntries(fields.filter(([name]) => !shared.has(name)));
  });
  return { ofShared, ofRows };
}

function fieldOf(path: string): string {
  return path === "initial_input" ? TOPIC : path.replace(/^inputs\./, "");
}

const TOO_LONG: LocalText = {
  fr: `Ce sujet dépasse ${MAX_INPUT_CHARACTERS.toLocaleString("fr")} caractères.`,
  en: `This topic is over ${MAX_INPUT_CHARACTERS.toLocaleString("en")} characters.`,
};

/** What columns with the topic are called. */
const TOPIC_NAMES = new Set([
  "topic",
  "topics",
  "sujet",
  "sujets",
  "theme",
  "initial input",
  "title",
  "titre",
]);

/** Finds out what stands in which column of a table. A first line that names none of them is a row like the others. */
export function tableOf(fileName: string, cells: string[][], inputs: readonly WorkflowInput[]): Table {
  const first = (cells[0] ?? []).map(plain);
  const find = (names: readonly string[]): number | null => {
    const column = first.findIndex((cell) => names.includes(cell));
    return column === -1 ? null : column;
  };
  const columns: Table["columns"] = Object.fromEntries(
    inputs.map(({ name, label }) => [name, find([plain(name), plain(label)])]),
  );
  const taken = new Set(Object.values(columns));
  const named = first.findIndex((cell, index) => TOPIC_NAMES.has(cell) && !taken.has(index));
  const topic = named === -1 ? null : named;
  const hasHeader = topic !== null || Object.values(columns).some((column) => column !== null);
  const free = first.findIndex((_, index) => !taken.has(index));
  return {
    fileName,
    cells,
    hasHeader,
    columns: { ...columns, [TOPIC]: topic ?? (free === -1 ? null : free) },
  };
}

/** What a column is called: by the first line of the table, or by its letter as in a spreadsheet. */
export function columnNames({ cells, hasHeader }: Table): string[] {
  const width = cells.slice(0, 100).reduce((most, row) => Math.max(most, row.length), 0);
  return Array.from({ length: width }, (_, index) => {
    const letter = String.fromCodePoint(65 + (index % 26));
    return (hasHeader && cells[0]?.[index]?.trim()) || letter;
  });
}

/** Without accents, capitals, and what separates words. */
function plain(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
