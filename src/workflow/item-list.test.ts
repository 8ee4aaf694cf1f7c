import { describe, expect, test } from "vitest";
import { stepSchema } from "./definition.ts";
import { itemsOfStep, typedItems } from "./item-list.ts";
import type { Value } from "./values.ts";

const steps = [
  stepSchema.parse({ step_number: 1, ai_provider: "a", prompt: "x" }),
  stepSchema.parse({
    step_number: 2,
    ai_provider: "a",
    prompt: "{item}",
    for_each: { in: "{step1_output}" },
  }),
];

function itemsOf(value: Value, reference = "{step1_output}"): ReturnType<typeof itemsOfStep> {
  const [, step] = steps;
  if (!step) throw new Error("two steps are given");
  const mapped = { ...step, for_each: { in: reference, max_parallel: 3 } };
  return itemsOfStep(mapped, steps, { topic: "a\nb", inputs: {}, outputs: new Map([[1, value]]) });
}

const file = (artifactId: string, item?: number) => ({
  artifactId,
  hash: artifactId,
  mediaType: "image/png",
  medium: "image" as const,
  ...(item !== undefined && { item }),
});

describe("the items of a step", () => {
  test.each([
    ["a JSON list", { kind: "json", json: ["a", { b: 1 }, 2] }],
    ["a text that is a JSON list", { kind: "text", text: ' ["a", {"b": 1}, 2] ' }],
    ["a fenced JSON list", { kind: "text", text: '```json\n["a", {"b": 1}, 2]\n```' }],
  ] as [string, Value][])("are those of %s", (_name, value) => {
    expect(itemsOf(value)).toEqual([
      { kind: "text", text: "a" },
      { kind: "json", json: { b: 1 } },
      { kind: "json", json: 2 },
    ]);
  });

  test("are the part of the value that the reference names", () => {
    expect(itemsOf({ kind: "json", json: { scenes: ["a"] } }, "{step1_output.scenes}")).toHaveLength(1);
  });

  test("are single files, and where those are a list of items, what each of these made", () => {
    expect(itemsOf({ kind: "files", files: [file("x"), file("y")] })).toHaveLength(2);
    const listed: Value = { kind: "files", files: [file("x", 0), file("y", 2), file("z", 2)], itemCount: 3 };
    expect(itemsOf(listed)).toEqual([
      { kind: "files", files: [file("x", 0)] },
      null,
      { kind: "files", files: [file("y", 2), file("z", 2)] },
    ]);
  });

  test("have nothing where an earlier step made nothing", () => {
    expect(itemsOf({ kind: "json", json: ["a", null] })).toEqual([{ kind: "text", text: "a" }, null]);
  });

  test.each([
    ["prose", { kind: "text", text: "Five titles:\n- one\n- two" }],
    ["an object", { kind: "json", json: { scenes: ["a"] } }],
    ["a number", { kind: "json", json: 3 }],
    ["broken JSON", { kind: "text", text: '["a", ' }],
  ] as [string, Value][])("cannot be told from %s, which fails unbilled", (_name, value) => {
    expect(() => itemsOf(value)).toThrow(/is not a list\. Nothing was sent or billed\./);
  });

  test("are the lines of what a person typed, or its JSON list", () => {
    expect(itemsOf({ kind: "text", text: "" }, "{topic}")).toEqual([
      { kind: "text", text: "a" },
      { kind: "text", text: "b" },
    ]);
    expect(typedItems(" one \r\n\n two")).toEqual([
      { kind: "text", text: "one" },
      { kind: "text", text: "two" },
    ]);
    expect(typedItems("[1]")).toEqual([{ kind: "json", json: 1 }]);
    expect(typedItems("  ")).toEqual([]);
  });
});
