import { describe, expect, test } from "vitest";
import type { WorkflowInput } from "../../../../src/workflow/definition.ts";
import { stepSchema } from "../../../../src/workflow/definition.ts";
import {
  apartFromShared,
  columnNames,
  EMPTY_ENTRY,
  problemsFromServer,
  problemsOfRow,
  rowsOf,
  tableOf,
  wireRow,
  withCell,
  withoutLine,
} from "./batch-rows.ts";
import { decodeTable, readTableFile } from "./read-table-file.ts";

const INPUTS: WorkflowInput[] = [
  { name: "tone", label: "Ton du récit", type: "choice", choices: ["Léger", "Grave"], required: true },
  { name: "words", label: "Mots", type: "number", required: false },
];
const STEP = stepSchema.parse({ step_number: 1, ai_provider: "gpt-4", prompt: "{topic} {tone} {words}" });
const bytes = (text: string, encoding: BufferEncoding) => new Uint8Array(Buffer.from(text, encoding));
const DEFINITION = { steps: [STEP], inputs: INPUTS };

describe("a list of topics", () => {
  const entry = { ...EMPTY_ENTRY, list: "Paris\n\n  Rome \r\nOslo" };

  test("is a row a line, without those that are empty", () => {
    expect(rowsOf(entry, []).map(({ line, topic }) => [line, topic])).toEqual([
      [0, "Paris"],
      [2, "Rome"],
      [3, "Oslo"],
    ]);
  });

  test("is mended line by line", () => {
    const mended = withCell(entry, { line: 2, name: "topic", value: "Roma\nNapoli" });
    expect(rowsOf(mended, []).map(({ topic }) => topic)).toEqual(["Paris", "Roma Napoli", "Oslo"]);
    expect(rowsOf(withoutLine(mended, 0), []).map(({ topic }) => topic)).toEqual(["Roma Napoli", "Oslo"]);
  });
});

describe("a table of topics", () => {
  const cells = [
    ["TON-DU RECIT", "Sujet", "mots"],
    ["leger", "Paris", "1 200,5"],
    ["", "", ""],
    ["Grave", "Rome"],
  ];
  const entry = { ...EMPTY_ENTRY, table: tableOf("villes.csv", cells, INPUTS) };

  test("finds columns by the name or label of inputs, whatever their accents and capitals", () => {
    expect(entry.table).toMatchObject({ hasHeader: true, columns: { topic: 1, tone: 0, words: 2 } });
    expect(rowsOf(entry, INPUTS).map(({ line, topic }) => [line, topic])).toEqual([
      [1, "Paris"],
      [3, "Rome"],
    ]);
  });

  test("takes a first line that names nothing for a row, and the first column for the topic", () => {
    const table = tableOf("a.csv", [["Paris"], ["Rome"]], INPUTS);
    expect(table).toMatchObject({ hasHeader: false, columns: { topic: 0, tone: null } });
    expect(columnNames(table)).toEqual(["A"]);
    expect(rowsOf({ ...EMPTY_ENTRY, table }, INPUTS)).toHaveLength(2);
  });

  test("gives numbers and choices as they are meant, and what is shared to every row", () => {
    const [first, second] = rowsOf(entry, INPUTS);
    expect(first && wireRow(first, {}, INPUTS)).toEqual({
      initial_input: "Paris",
      inputs: { tone: "Léger", words: 1200.5 },
    });
    expect(second && wireRow(second, {}, INPUTS).inputs).toEqual({ tone: "Grave" });
    const table = { ...entry.table, columns: { ...entry.table.columns, tone: null } };
    const [shared] = rowsOf({ ...entry, table }, INPUTS);
    expect(shared && wireRow(shared, { tone: "Grave" }, INPUTS).inputs).toMatchObject({ tone: "Grave" });
  });

  test("is mended in place, a short row too", () => {
    const mended = withCell(entry, { line: 3, name: "words", value: "900" });
    expect(mended.table?.cells[3]).toEqual(["Grave", "Rome", "900"]);
    expect(withoutLine(entry, 1).table?.cells).toHaveLength(3);
  });
});

describe("problems of rows", () => {
  test("are said at their field", () => {
    const problems = problemsOfRow({ initial_input: " ", inputs: { tone: "Fort" } }, DEFINITION, "en");
    expect(Object.keys(problems)).toEqual(["topic", "tone"]);
    expect(problemsOfRow({ initial_input: "x", inputs: { tone: "Grave" } }, DEFINITION, "fr")).toEqual({});
  });

  test("tells what is wrong with an answer for all rows once, apart from the rows", () => {
    const problems = [{ tone: "Missing.", topic: "Empty." }, { tone: "Missing." }];
    expect(apartFromShared(problems, new Set(["tone"]))).toEqual({
      ofShared: { tone: "Missing." },
      ofRows: [{ topic: "Empty." }, {}],
    });
  });

  test("of the server are found by the number of the row", () => {
    const found = problemsFromServer([
      { path: "rows[3].initial_input", message: "one" },
      { path: "rows[3].inputs.tone", message: "two" },
      { path: "cap_usd", message: "three" },
    ]);
    expect([...found]).toEqual([[3, { topic: "one", tone: "two" }]]);
  });
});

describe("a CSV file", () => {
  test("is read in UTF-8 with or without a mark, in UTF-16, and as Excel writes it on Windows", () => {
    expect(decodeTable(bytes("été", "utf8"))).toBe("été");
    expect(decodeTable(bytes("\uFEFFété", "utf8"))).toBe("été");
    expect(decodeTable(bytes("\uFEFFété", "utf16le"))).toBe("été");
    expect(decodeTable(new Uint8Array([0xe9, 0x74, 0xe9, 0x80]))).toBe("été€");
  });

  test("may separate its cells by semicolons, and hold them in quotes", async () => {
    const file = new Blob(['Sujet;Ton\r\n"Paris; la ville";Grave\r\n\r\n"a ""b""";Léger\r\n']);
    expect(await readTableFile(file)).toEqual([
      ["Sujet", "Ton"],
      ["Paris; la ville", "Grave"],
      ['a "b"', "Léger"],
    ]);
  });

  test("of one column needs no separator", async () => {
    expect(await readTableFile(new Blob(["Paris\nRome\n"]))).toEqual([["Paris"], ["Rome"]]);
  });
});
