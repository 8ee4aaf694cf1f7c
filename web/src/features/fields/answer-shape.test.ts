import { describe, expect, test } from "vitest";
import { TEMPLATES } from "../../../../src/workflow/templates.ts";
import type { Json } from "../../../../src/workflow/values.ts";
import { fieldName, newField, readShape, withKind, writeShape } from "./answer-shape.ts";

const ALL_KINDS = {
  type: "object",
  description: "Un plan",
  properties: {
    title: { type: "string", maxLength: 80, description: "court" },
    score: { type: "number", minimum: 0 },
    pages: { type: "integer" },
    done: { type: "boolean" },
    tone: { type: "string", enum: ["gai", "grave"] },
    points: { type: "array", minItems: 3, items: { type: "string" } },
    chapters: {
      type: "array",
      maxItems: 9,
      items: {
        type: "object",
        properties: { title: { type: "string" }, text: { type: "string" } },
        required: ["title"],
        additionalProperties: false,
      },
    },
    odd: { anyOf: [{ type: "string" }, { type: "null" }] },
    anything: true,
    numbers: { type: "array", items: { type: "number" } },
  },
  required: ["title", "odd"],
  additionalProperties: false,
};

describe("the shape of an answer", () => {
  test("is read as fields and written as the same schema, what it does not understand included", () => {
    const shape = readShape(ALL_KINDS);
    expect(shape?.fields.map(({ kind }) => kind)).toEqual([
      "text",
      "number",
      "integer",
      "boolean",
      "choice",
      "text_list",
      "object_list",
      "other",
      "other",
      "other",
    ]);
    expect(shape && writeShape(shape)).toEqual(ALL_KINDS);
  });

  test("keeps the schemas of all templates", () => {
    const schemas = TEMPLATES.flatMap(({ steps }) =>
      steps.flatMap(({ output_schema: schema }) => (schema ? [schema] : [])),
    );
    expect(schemas.length).toBeGreaterThan(2);
    for (const schema of schemas) {
      const shape = readShape(schema);
      expect(shape && writeShape(shape)).toEqual(schema);
    }
  });

  const WHOLES: Record<string, Json>[] = [
    { type: "array", items: { type: "string" } },
    { $ref: "#/$defs/a", $defs: {} },
    { type: ["object", "null"], properties: {} },
    { type: "object", properties: {}, required: ["absent"] },
  ];

  test.each(WHOLES)("is not made of %j, which would lose something", (schema) => {
    expect(readShape(schema)).toBeNull();
  });

  test("gives up what the schema said of another kind, and keeps the rest of the field", () => {
    const [title] = readShape(ALL_KINDS)?.fields ?? [];
    const list = title && withKind(title, "text_list");
    expect(list && writeShape({ fields: [list], rest: {} })).toEqual({
      type: "object",
      properties: { title: { type: "array", items: { type: "string" }, description: "court" } },
      required: ["title"],
    });
  });

  test("gives new fields names that are free and can be referred to", () => {
    const first = newField([]);
    expect([first.name, newField([first]).name]).toEqual(["field_1", "field_2"]);
    expect([fieldName("Étape n° 2"), fieldName("2e")]).toEqual(["Etape_n_2", "_2e"]);
  });
});
