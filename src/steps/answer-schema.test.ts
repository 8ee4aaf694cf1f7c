import { describe, expect, test } from "vitest";
import type { Json } from "../workflow/values.ts";
import { answerProblems, answerSchemaProblem } from "./answer-schema.ts";

type JsonSchema = Record<string, Json>;

const SCENES: JsonSchema = {
  type: "object",
  required: ["title", "scenes"],
  additionalProperties: false,
  properties: {
    title: { type: "string", minLength: 3 },
    mood: { enum: ["calm", "wild"] },
    scenes: { type: "array", minItems: 2, items: { type: "integer", minimum: 1 } },
  },
};

describe("answerSchemaProblem", () => {
  test.each<[string, JsonSchema]>([
    ["an object", SCENES],
    ["one of 2020-12", { $schema: "https://json-schema.org/draft/2020-12/schema", type: "object" }],
    ["one of draft-07", { $schema: "http://json-schema.org/draft-07/schema#", type: "array" }],
    ["one with definitions", { $ref: "#/$defs/day", $defs: { day: { type: "string", format: "date" } } }],
    ["a list of types", { type: ["string", "null"] }],
    ["anything", {}],
  ])("takes %s", (_name, schema) => {
    expect(answerSchemaProblem(schema)).toBeNull();
  });

  test.each<[string, JsonSchema, string]>([
    ["an unknown type", { type: "objet" }, "data/type"],
    ["a misspelled keyword", { type: "object", requird: ["a"] }, "requird"],
    ["a reference to elsewhere", { $ref: "https://example.com/schema" }, "example.com"],
    ["a reference that leads nowhere", { $ref: "#/$defs/none" }, "#/$defs/none"],
    ["a broken pattern", { type: "string", pattern: "(" }, "Unterminated group"],
    ["an unknown format", { type: "string", format: "color" }, "color"],
    ["a schema that would answer later", { $async: true, type: "object" }, "$async"],
  ])("refuses %s, and says what it is", (_name, schema, named) => {
    const problem = answerSchemaProblem(schema);
    expect(problem?.en).toContain(named);
    expect(problem?.fr).toContain(named);
  });

  test("keeps schemas apart that bear the same name", () => {
    const named = { $id: "https://example.com/answer", type: "object" };
    expect(answerSchemaProblem(named)).toBeNull();
    expect(answerSchemaProblem({ ...named, type: "string" })).toBeNull();
  });
});

function sentences(answer: Json, schema = SCENES): string[] {
  return answerProblems(schema, answer).map(({ en }) => en);
}

describe("answerProblems", () => {
  test("finds nothing wrong with what fits", () => {
    expect(sentences({ title: "The sea", mood: "calm", scenes: [1, 2] })).toEqual([]);
    expect(sentences(0.3, { type: "number", multipleOf: 0.1 })).toEqual([]);
  });

  test("names each place", () => {
    expect(sentences({ mood: "sad", scenes: [0.5], extra: 1 })).toEqual([
      "the answer has no “title”",
      "the answer has “extra” beyond what is allowed",
      '/mood is none of the values ["calm","wild"]',
      "/scenes has less than the minimum of 2",
      "/scenes/0 is not of the type integer",
      "/scenes/0 has less than the minimum of 1",
    ]);
    expect(answerProblems(SCENES, []).map(({ fr }) => fr)).toEqual(["la réponse n’est pas de type object"]);
    expect(sentences("x", { format: "date" })).toEqual(['the answer must match format "date"']);
  });

  test("gives up on a pattern that takes for ever", () => {
    const before = performance.now();
    const schema = { type: "string", pattern: "^(a+)+$" };
    expect(sentences(`${"a".repeat(60)}!`, schema)).toEqual(["checking it takes too long"]);
    expect(performance.now() - before).toBeLessThan(5_000);
  });
});

describe("a schema without a measure", () => {
  test("is refused for its length before it is made ready", () => {
    const properties = Object.fromEntries(
      Array.from({ length: 3_000 }, (_, index) => [
        `field${index}`,
        { type: "string", pattern: `^${index}$` },
      ]),
    );
    expect(answerSchemaProblem({ type: "object", properties })?.en).toContain("32000 is the most");
  });
});
