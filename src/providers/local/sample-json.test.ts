import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { generate } from "./local-request.testdata.ts";
import type { JsonSchema } from "./sample-schema.ts";

const ajv = new Ajv2020({ strict: false, multipleOfPrecision: 6 });
addFormats.default(ajv);

async function sampleOf(schema: JsonSchema, topic = "les abeilles"): Promise<unknown> {
  const { text = "" } = await generate("text", { outputSchema: schema, topic, prompt: `Écris ${topic}` });
  return JSON.parse(text);
}

function list(items: JsonSchema): JsonSchema {
  return { type: "array", minItems: 1_000_000, items };
}

const SCHEMAS: [string, JsonSchema][] = [
  ["a text", { type: "string" }],
  ["a long text", { type: "string", minLength: 500 }],
  ["a short text", { type: "string", maxLength: 7 }],
  ["a day", { type: "string", format: "date" }],
  ["an address", { type: "string", format: "uri" }],
  ["an example of a pattern", { type: "string", pattern: "^#[0-9a-f]{6}$", examples: ["#00ff7f"] }],
  ["one of a list", { enum: ["calm", 3, null] }],
  ["a constant", { const: { a: [1] } }],
  ["a whole number in a range", { type: "integer", minimum: 7, maximum: 9 }],
  ["a number between its bounds", { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 0.5 }],
  ["a whole number between its bounds", { type: "integer", exclusiveMinimum: 3, exclusiveMaximum: 5 }],
  ["a number under a bound", { type: "integer", maximum: -4 }],
  ["a multiple", { type: "number", multipleOf: 0.1, minimum: 2.05, maximum: 2.35 }],
  ["a multiple over a bound", { type: "integer", multipleOf: 5, exclusiveMinimum: 10 }],
  ["yes or no", { type: "boolean" }],
  ["nothing", { type: "null" }],
  ["what may be nothing", { type: ["null", "string"] }],
  ["a list of at least five", { type: "array", minItems: 5, items: { type: "string" }, uniqueItems: true }],
  ["a list of at most one", { type: "array", maxItems: 1, items: { type: "boolean" } }],
  ["a pair", { type: "array", prefixItems: [{ type: "string" }, { type: "integer" }], items: false }],
  ["a required field without a schema", { type: "object", required: ["a"] }],
  ["an object by its keywords", { properties: { a: { minimum: 3 } }, required: ["a"] }],
  [
    "parts that add up",
    {
      allOf: [
        { type: "object", required: ["a"], properties: { a: { type: "integer" } } },
        { required: ["b"], properties: { b: { $ref: "#/$defs/mood" } } },
      ],
      $defs: { mood: { enum: ["calm"] } },
    },
  ],
  ["one of several", { oneOf: [{ type: "string" }, { type: "integer" }] }],
  [
    "a tree",
    {
      $ref: "#/$defs/node",
      $defs: {
        node: {
          type: "object",
          required: ["name"],
          properties: {
            name: { type: "string" },
            children: { type: "array", items: { $ref: "#/$defs/node" } },
          },
        },
      },
    },
  ],
];

/** A definition that refers to the next one six times over. */
function level(next: string) {
  return { allOf: Array.from({ length: 6 }, () => ({ $ref: `#/$defs/${next}` })) };
}

describe("a rehearsed answer by a schema", () => {
  test("ends a text that is too long after a word, with an ellipsis", async () => {
    const schema = {
      type: "object",
      required: ["title"],
      properties: { title: { type: "string", maxLength: 60 } },
    };
    const topic =
      "comment les villages de montagne ont transformé leurs fermes en gîtes et leurs hivers en saisons";
    const { title } = Object(await sampleOf(schema, topic));
    expect(title).toMatch(/\p{L}…$/u);
    expect(Array.from(String(title)).length).toBeLessThanOrEqual(60);
    const words = topic.split(" ");
    expect(words).toContain(/(\S+)…$/u.exec(String(title))?.[1]);
    expect(await sampleOf({ type: "string", maxLength: 1 }, topic)).toHaveLength(1);
  });

  test.each(SCHEMAS)("fits %s", async (_name, schema) => {
    const sample = await sampleOf(schema);
    expect(ajv.validate(schema, sample), `${JSON.stringify(sample)}: ${ajv.errorsText()}`).toBe(true);
  });

  test("has three of each where nothing says how many, of the topic, in its language", async () => {
    const scene = {
      type: "object",
      properties: { title: { type: "string" }, image_prompt: { type: "string" } },
      required: ["title", "image_prompt"],
    };
    const schema = { type: "object", properties: { scenes: { type: "array", items: scene } } };
    const text = JSON.stringify(await sampleOf(schema));
    expect(text.match(/"title"/g)).toHaveLength(3);
    expect(text).toMatch(/les abeilles/i);
    expect(JSON.stringify(await sampleOf(schema))).toBe(text);
    expect(new Set(text.match(/"title":"[^"]+"/g)).size).toBe(3);
  });

  test("stays small whatever a schema insists on", async () => {
    const sample = JSON.stringify(await sampleOf(list(list({ type: "boolean" }))));
    expect(sample.length).toBeLessThan(200_000);
  });

  test("ends with schemas that multiply by referring to each other", async () => {
    const names = Array.from({ length: 15 }, (_, index) => `level${index}`);
    const definitions = names.map((name, index) => [name, level(names[index + 1] ?? "end")]);
    const schema = {
      $ref: "#/$defs/level0",
      $defs: { ...Object.fromEntries(definitions), end: { type: "object" } },
    };
    expect(await sampleOf(schema)).toBeDefined();
  });

  test("ends with a schema that insists on itself", async () => {
    const schema = {
      $ref: "#/$defs/node",
      $defs: { node: { type: "object", required: ["next"], properties: { next: { $ref: "#/$defs/node" } } } },
    };
    expect(await sampleOf(schema)).toHaveProperty("next");
  });

  test("writes a topic as it is", async () => {
    const topic = 'C# "a_b" \\ *x*';
    const schema = { type: "object", properties: { title: { type: "string" } } };
    expect(JSON.stringify(await sampleOf(schema, topic))).toContain(JSON.stringify(topic).slice(1, -1));
  });

  test("makes a dialogue that opens, goes on and ends, and chapters that are not all named alike", async () => {
    const text = { type: "string" };
    const exchange = { type: "object", properties: { host: text, guest: text } };
    const chapter = { type: "object", properties: { title: text } };
    const properties = {
      host_name: text,
      exchanges: { type: "array", minItems: 4, items: exchange },
      chapters: { type: "array", items: chapter },
    };
    const sample = JSON.stringify(await sampleOf({ type: "object", properties }));
    expect(sample).toMatch(/"host_name":"\p{Lu}\p{L}+"/u);
    expect(sample).toMatch(/"exchanges":\[\{"host":"Bonjour[^{]*"guest":"Bonjour/);
    expect(new Set(sample.match(/"title":"[^"]+"/g)).size).toBe(3);
  });
});
