import { describe, expect, test } from "vitest";
import { z } from "zod";
import { stepSchema, workflowInputSchema } from "./definition.ts";
import { problemsOfZodError } from "./schema-problems.ts";

const schema = z.strictObject({
  name: z.string().trim().min(1).max(200),
  steps: z.array(stepSchema).min(1).max(20),
  inputs: z.array(workflowInputSchema).default([]),
  values: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  either: z.union([z.strictObject({ a: z.string() }), z.number()]).optional(),
  when: z.iso.datetime().optional(),
  even: z.number().multipleOf(2).optional(),
  odd: z
    .number()
    .refine((value) => value % 2 === 1, "odd only")
    .optional(),
});
const step = { step_number: 1, ai_provider: "gpt-4", prompt: "x" };
const good = { name: "a", steps: [step] };

describe("problemsOfZodError", () => {
  test.each<[string, unknown, [string, string, string][]]>([
    [
      "a missing field",
      { steps: [step] },
      [["name", "obligatoire. Il faut un texte", "required. It takes a text"]],
    ],
    ["a wrong type", { ...good, name: 5 }, [["name", "Il faut ici un texte", "This takes a text"]]],
    ["an empty text", { ...good, name: " " }, [["name", "vide", "empty"]]],
    [
      "a long text",
      { ...good, name: "a".repeat(201) },
      [["name", "au plus 200 caractères", "at most 200 characters"]],
    ],
    ["no steps", { ...good, steps: [] }, [["steps", "au moins 1 élément.", "at least 1 entry."]]],
    [
      "21 steps",
      { ...good, steps: Array.from({ length: 21 }, () => step) },
      [["steps", "au plus 20 éléments", "at most 20 entries"]],
    ],
    [
      "an empty prompt",
      { ...good, steps: [{ ...step, prompt: "" }] },
      [["steps[0].prompt", "vide", "empty"]],
    ],
    [
      "a long prompt",
      { ...good, steps: [{ ...step, prompt: "x".repeat(100_001) }] },
      [["steps[0].prompt", "100\u202f000 caractères", "100,000 characters"]],
    ],
    [
      "a number below one",
      { ...good, steps: [{ ...step, step_number: 0 }] },
      [["steps[0].step_number", "d’au moins 1", "at least 1"]],
    ],
    [
      "a number with a fraction",
      { ...good, steps: [{ ...step, step_number: 1.5 }] },
      [["steps[0].step_number", "un nombre entier", "a whole number"]],
    ],
    [
      "a number as text",
      { ...good, steps: [{ ...step, step_number: "1" }] },
      [["steps[0].step_number", "un nombre", "a number"]],
    ],
    [
      "a missing prompt",
      { ...good, steps: [{ step_number: 1, ai_provider: "a" }] },
      [["steps[0].prompt", "obligatoire", "required"]],
    ],
    ["a step that is null", { ...good, steps: [null] }, [["steps[0]", "un objet", "an object"]]],
    [
      "a wrong boolean",
      { ...good, steps: [{ ...step, approval: "yes" }] },
      [["steps[0].approval", "true ou false ou un objet", "true or false or an object"]],
    ],
    [
      "a wrong choice",
      { ...good, steps: [{ ...step, on_error: "stop" }] },
      [["steps[0].on_error", "«\u00a0fail\u00a0» ou «\u00a0continue\u00a0»", "“fail” or “continue”"]],
    ],
    [
      "an ill-formed name",
      { ...good, steps: [{ ...step, name: "é t" }] },
      [["steps[0].name", "une lettre ou _", "a letter or _"]],
    ],
    ["nothing at all", undefined, [["", "obligatoire", "required"]]],
    ["a list", [], [["", "un objet", "an object"]]],
    [
      "a value of no branch",
      { ...good, values: { a: true } },
      [["values.a", "un texte ou un nombre", "a text or a number"]],
    ],
    ["a branch that got further", { ...good, either: { a: 1 } }, [["either.a", "un texte", "a text"]]],
    ["an ill-formed time", { ...good, when: "today" }, [["when", "datetime", "datetime"]]],
    ["no multiple", { ...good, even: 3 }, [["even", "multiple de 2", "multiple of 2"]]],
    ["a rule of its own", { ...good, odd: 2 }, [["odd", "odd only", "odd only"]]],
    [
      "unknown fields, each by itself",
      { ...good, steps: [{ ...step, promt: "x", zzzzzz: 1 }], extra: 1 },
      [
        ["steps[0].promt", "«\u00a0prompt\u00a0»\u202f?", "“prompt”?"],
        ["steps[0].zzzzzz", "Retirez-le", "Remove it"],
        ["extra", "extra", "extra"],
      ],
    ],
  ])("says what is wrong with %s", (_name, input, expected) => {
    const { error } = schema.safeParse(input);
    if (!error) throw new Error("this input was accepted");
    expect(problemsOfZodError(error)).toEqual(
      expected.map(([path, fr, en]) => ({
        path,
        message: { fr: expect.stringContaining(fr), en: expect.stringContaining(en) },
      })),
    );
  });
});
