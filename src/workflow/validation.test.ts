import { describe, expect, test } from "vitest";
import { TEST_CATALOGUE } from "./catalogue.testdata.ts";
import { stepSchema, workflowInputSchema } from "./definition.ts";
import type { StepDraft, WorkflowDefinition } from "./definition.ts";
import { checkInputs, checkWorkflow, withDefaults } from "./validation.ts";
import type { WorkflowCheck } from "./validation.ts";

const today = "2026-11-22";

type InputDraft = Parameters<typeof workflowInputSchema.parse>[0];

function workflow(steps: Partial<StepDraft>[], inputs: InputDraft[] = []): WorkflowDefinition {
  return {
    steps: steps.map((step, index) =>
      stepSchema.parse({ step_number: index + 1, ai_provider: "gpt-4", prompt: "x", ...step }),
    ),
    inputs: inputs.map((input) => workflowInputSchema.parse(input)),
  };
}

const check = (steps: Partial<StepDraft>[], inputs: InputDraft[] = []): WorkflowCheck =>
  checkWorkflow(workflow(steps, inputs), TEST_CATALOGUE, { today });

interface Row {
  name: string;
  steps: Partial<StepDraft>[];
  inputs?: InputDraft[];
  /** Exactly these problems: path, part of the French sentence, part of the English sentence. */
  problems: [string, string, string][];
}

/** What `expect` compares problems with: exactly these, in this order. */
function matching(rows: Row["problems"]): unknown[] {
  return rows.map(([path, fr, en]) => ({
    path,
    message: { fr: expect.stringContaining(fr), en: expect.stringContaining(en) },
  }));
}

const text = (name: string): InputDraft => ({ name, label: "Ton", type: "text" });

const NUMBERS_AND_NAMES: Row[] = [
  {
    name: "a duplicate number",
    steps: [{}, { step_number: 1 }],
    problems: [["steps[1].step_number", "déjà pris", "already taken"]],
  },
  {
    name: "a gap",
    steps: [{}, { step_number: 3 }],
    problems: [["steps[1].step_number", "pas d’étape 2", "no step 2"]],
  },
  {
    name: "numbers that start at two",
    steps: [{ step_number: 2 }],
    problems: [["steps[0].step_number", "pas d’étape 1", "no step 1"]],
  },
  { name: "steps in another order", steps: [{ step_number: 2 }, { step_number: 1 }], problems: [] },
  {
    name: "a step name twice",
    steps: [{ name: "a" }, { name: "a" }],
    problems: [["steps[1].name", "déjà pris", "already taken"]],
  },
  {
    name: "an input named like a step",
    steps: [{ name: "a" }, { prompt: "{a}" }],
    inputs: [text("a")],
    problems: [["inputs[0].name", "déjà pris", "already taken"]],
  },
  ...["topic", "previous_output", "item", "index", "step1_output", "step99_output"].map((name) => ({
    name: `a step named ${name}`,
    steps: [{ name }],
    problems: [["steps[0].name", `«\u00a0${name}\u00a0»`, `“${name}”`]] satisfies Row["problems"],
  })),
  {
    name: "a prompt of spaces",
    steps: [{ prompt: " \n" }],
    problems: [["steps[0].prompt", "espaces", "spaces"]],
  },
];

const MODELS: Row[] = [
  {
    name: "an unknown family near a known one",
    steps: [{ ai_provider: "GPT 4o" }],
    problems: [["steps[0].ai_provider", "«\u00a0gpt-4\u00a0»\u202f?", "Did you mean “gpt-4”?"]],
  },
  {
    name: "an unknown provider near a known one",
    steps: [{ ai_provider: "opnai:writer" }],
    problems: [["steps[0].ai_provider", "openai:writer", "openai:writer"]],
  },
  {
    name: "an unlisted model of a provider near a known one",
    steps: [{ ai_provider: "opena:new-thing" }],
    problems: [["steps[0].ai_provider", "openai:new-thing", "openai:new-thing"]],
  },
  {
    name: "an unlisted model of an unknown provider",
    steps: [{ ai_provider: "zzzzzzzz:\ud800" }],
    problems: [["steps[0].ai_provider", "zzzzzzzz:\ufffd", "provider:model"]],
  },
  {
    name: "parameters of a model that is gone",
    steps: [{ ai_provider: "openai:old-writer", parameters: { x: 1 } }],
    problems: [["steps[0].ai_provider", "1er", "October"]],
  },
  {
    name: "an unknown provider near nothing",
    steps: [{ ai_provider: "zzzzzzzzzzzz" }],
    problems: [["steps[0].ai_provider", "gpt-4", "provider:model"]],
  },
  {
    name: "a name that every object has",
    steps: [{ ai_provider: "constructor" }],
    problems: [["steps[0].ai_provider", "constructor", "constructor"]],
  },
  {
    name: "an unlisted model of a known provider",
    steps: [{ ai_provider: "openai:new", parameters: { x: 1 } }],
    problems: [],
  },
  {
    name: "a model that is gone",
    steps: [{ ai_provider: "openai:old-writer" }],
    problems: [
      ["steps[0].ai_provider", "1er octobre 2026", "October 1, 2026. Choose “openai:writer” instead."],
    ],
  },
];

const REFERENCES: Row[] = [
  {
    name: "an unknown name near a known one",
    steps: [{ name: "article" }, { prompt: "{topic} {artcle}" }],
    problems: [["steps[1].prompt", "«\u00a0{article}\u00a0»", "“{article}”"]],
  },
  {
    name: "an unknown name near nothing",
    steps: [{ prompt: "\\begin{equation}" }],
    problems: [["steps[0].prompt", "doublez les accolades", "double the braces"]],
  },
  {
    name: "an unknown name twice",
    steps: [{ prompt: "{zzzzzz} {zzzzzz}" }],
    problems: [["steps[0].prompt", "{zzzzzz}", "{zzzzzz}"]],
  },
  { name: "JSON and LaTeX", steps: [{ prompt: '{"a":1} \\frac{1}{2} {} { x }' }], problems: [] },
  ...["item", "index", "__proto__", "constructor"].map((name) => ({
    name: `${name} outside a loop`,
    steps: [{ prompt: `{${name}}` }],
    problems: [["steps[0].prompt", `{${name}}`, `{${name}}`]] satisfies Row["problems"],
  })),
  {
    name: "itself by number",
    steps: [{}, { prompt: "{step2_output}" }],
    problems: [["steps[1].prompt", "cette étape même", "this very step"]],
  },
  {
    name: "itself by name",
    steps: [{ name: "a", prompt: "{a}" }],
    problems: [["steps[0].prompt", "cette étape même", "this very step"]],
  },
  {
    name: "a later step",
    steps: [{ prompt: "{fin}" }, { name: "fin" }],
    problems: [
      [
        "steps[0].prompt",
        "l’étape 2 «\u00a0fin\u00a0», qui vient après l’étape 1",
        "step 2 “fin”, which comes after step 1",
      ],
    ],
  },
  {
    name: "a missing step",
    steps: [{}, { prompt: "{step9_output}" }],
    problems: [["steps[1].prompt", "de 1 à 2", "from 1 to 2"]],
  },
  {
    name: "step zero",
    steps: [{ prompt: "{step0_output}" }],
    problems: [["steps[0].prompt", "n’existe pas", "does not exist"]],
  },
  {
    name: "the previous output of the first step",
    steps: [{ prompt: "{previous_output}" }],
    problems: [["steps[0].prompt", "pas d’étape précédente", "no step before it"]],
  },
  {
    name: "a reference deep in the parameters",
    steps: [{ ai_provider: "openai:new", parameters: { list: [{ a: "{nope_nope}" }] } }],
    problems: [["steps[0].parameters.list[0].a", "{nope_nope}", "{nope_nope}"]],
  },
  {
    name: "a part of the topic, of an input and of a text",
    steps: [{ prompt: "{topic.a} {tone.0}" }, { prompt: "{step1_output.title}" }],
    inputs: [text("tone")],
    problems: [
      ["steps[0].prompt", "{topic}", "{topic}"],
      ["steps[0].prompt", "{tone}", "{tone}"],
      ["steps[1].prompt", "{step1_output}", "{step1_output}"],
    ],
  },
  {
    name: "a picture into a voice",
    steps: [
      { name: "image", ai_provider: "dall-e" },
      { name: "voix", ai_provider: "elevenlabs", prompt: "{image}" },
    ],
    problems: [
      [
        "steps[1].prompt",
        "l’étape 1 «\u00a0image\u00a0» est une image, que le modèle «\u00a0elevenlabs\u00a0» de l’étape 2 «\u00a0voix\u00a0»",
        "step 1 “image” is an image, which the model “elevenlabs” of step 2 “voix”",
      ],
    ],
  },
  {
    name: "a picture into a film",
    steps: [{ ai_provider: "dall-e" }, { ai_provider: "runway", prompt: "{step1_output}" }],
    problems: [],
  },
  {
    name: "the previous output on step 1",
    steps: [{ use_previous_output: true }],
    problems: [["steps[0].use_previous_output", "première étape", "first step"]],
  },
  {
    name: "no earlier output that the model can take",
    steps: [{ ai_provider: "dall-e" }, { ai_provider: "elevenlabs", use_previous_output: true }],
    problems: [["steps[1].use_previous_output", "l’étape 1 donne une image", "step 1 makes an image"]],
  },
  {
    name: "a previous output of an unknown model, said only once",
    steps: [{ ai_provider: "zzzzzzzzzzzz" }, { ai_provider: "elevenlabs", use_previous_output: true }],
    problems: [["steps[0].ai_provider", "zzz", "zzz"]],
  },
];

const PARAMETERS: Row[] = (
  [
    [{ sise: "1024x1024" }, "sise", "«\u00a0size\u00a0»\u202f?", "Did you mean “size”?"],
    [{ zzzzzzzz: 1 }, "zzzzzzzz", "Il accepte «\u00a0size\u00a0»", "It takes “size”"],
    [{ constructor: 1 }, "constructor", "pas de paramètre", "no parameter"],
    [{ size: "12x12" }, "size", "«\u00a01792x1024\u00a0»", "“1792x1024”"],
    [{ size: 1024 }, "size", "«\u00a01024\u00a0»", "“1024”"],
    [{ size: null }, "size", "null", "null"],
    [{ transparent: "yes" }, "transparent", "true ou false", "true or false"],
    [{ style_note: "longer than ten" }, "style_note", "10 caractères", "10 characters"],
    [{ style_note: ["a"] }, "style_note", "texte", "text"],
  ] satisfies [StepDraft["parameters"], string, string, string][]
).map(([parameters, key, fr, en]) => ({
  name: `an image with ${JSON.stringify(parameters)}`,
  steps: [{ ai_provider: "dall-e", parameters }],
  problems: [[`steps[0].parameters.${key}`, fr, en]],
}));

const TEXT_PARAMETERS: Row[] = (
  [
    [{ max_output_tokens: 15 }, "nombre entier de 16 à 128000", "whole number from 16 to 128000"],
    [{ max_output_tokens: 128_001 }, "128000", "128000"],
    [{ max_output_tokens: 100.5 }, "entier", "whole"],
    [{ max_output_tokens: "100" }, "entier", "whole"],
    [{ temperature: 2.1 }, "un nombre de 0 à 2", "a number from 0 to 2"],
    [{ temperature: true }, "«\u00a0true\u00a0»", "“true”"],
  ] satisfies [StepDraft["parameters"], string, string][]
).map(([parameters, fr, en]) => ({
  name: `a text with ${JSON.stringify(parameters)}`,
  steps: [{ parameters }],
  problems: [[`steps[0].parameters.${Object.keys(parameters ?? {})[0]}`, fr, en]],
}));

const choice = { name: "tone", label: "Ton", type: "choice", choices: ["gai", "grave"] };
const INPUTS: Row[] = (
  [
    [
      { name: "tone", label: "Ton", type: "choice" },
      "choices",
      "sans possibilités",
      "nothing to choose from",
    ],
    [
      { name: "tone", label: "Ton", type: "text", choices: ["a"] },
      "choices",
      "n’est pas un choix",
      "not a choice",
    ],
    [
      { ...choice, default: "triste" },
      "default",
      "«\u00a0gai\u00a0» ou «\u00a0grave\u00a0»",
      "“gai” or “grave”",
    ],
    [{ name: "tone", label: "Ton", type: "number", default: "5" }, "default", "un nombre", "a number"],
    [{ name: "tone", label: "Ton", type: "text", default: 5 }, "default", "un texte", "a text"],
  ] satisfies [InputDraft, string, string, string][]
).map(([input, field, fr, en]) => ({
  name: `the input ${JSON.stringify(input)}`,
  steps: [{ prompt: "{tone}" }],
  inputs: [input],
  problems: [[`inputs[0].${field}`, fr, en]],
}));

describe("checkWorkflow", () => {
  test.each([...NUMBERS_AND_NAMES, ...MODELS, ...REFERENCES, ...PARAMETERS, ...TEXT_PARAMETERS, ...INPUTS])(
    "judges $name",
    ({ steps, inputs, problems }) => {
      expect(check(steps, inputs).problems).toEqual(matching(problems));
    },
  );

  test.each([
    { size: "1792x1024", quality: "high", style_note: "ten chars.", transparent: false },
    { size: "{tone}", quality: "{step1_output}" },
    {},
  ])("accepts the parameters %j", (parameters) => {
    const found = check([{}, { ai_provider: "dall-e", parameters }, { prompt: "{tone}" }], [text("tone")]);
    expect(found).toEqual({ problems: [], warnings: [] });
  });

  test("warns of a model that goes away, with its date", () => {
    const { problems, warnings } = check([{ ai_provider: "openai-tts" }]);
    expect(problems).toEqual([]);
    expect(warnings).toEqual(matching([["steps[0].ai_provider", "6 janvier 2027", "January 6, 2027"]]));
  });

  test("warns of doubled braces and of inputs that nothing uses", () => {
    const { problems, warnings } = check([{ prompt: "{{topic}} {{topic}}" }], [text("tone")]);
    expect(problems).toEqual([]);
    expect(warnings).toEqual(
      matching([
        ["steps[0].prompt", "{{topic}}", "{{topic}}"],
        ["inputs[0].name", "{tone}", "{tone}"],
      ]),
    );
  });

  test("takes a schema for a text only, and asks whether it is a valid one", () => {
    const schema = { type: "object" };
    expect(check([{ output_schema: schema }]).problems).toEqual([]);
    expect(check([{ ai_provider: "dall-e", output_schema: schema }]).problems).toEqual(
      matching([["steps[0].output_schema", "n’écrit pas de texte", "writes no text"]]),
    );
    expect(check([{ output_schema: { description: "x".repeat(50_000) } }]).problems).toEqual(
      matching([["steps[0].output_schema", "50000", "50000"]]),
    );
    const asked: unknown[] = [];
    const { problems } = checkWorkflow(workflow([{}, { output_schema: schema }]), TEST_CATALOGUE, {
      today,
      schemaProblem: (given) => {
        asked.push(given);
        return { fr: "faux", en: "wrong" };
      },
    });
    expect(problems).toEqual(matching([["steps[1].output_schema", "faux", "wrong"]]));
    expect(asked).toEqual([schema]);
  });

  test("answers a prompt full of unknown names with few sentences, soon", () => {
    const prompt = Array.from({ length: 10_000 }, (_, index) => `{name_${index}}`)
      .join("")
      .slice(0, 100_000);
    const before = performance.now();
    const { problems } = check(Array.from({ length: 20 }, () => ({ prompt })));
    expect(problems.length).toBeLessThanOrEqual(400);
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  test("quotes no more than the start of a long name", () => {
    const { problems } = check([{ prompt: `{${"a".repeat(50_000)}}` }]);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message.fr.length).toBeLessThan(400);
  });
});

describe("checkInputs", () => {
  const asks = workflow(
    [{ prompt: "{topic} {tone} {count} {note}" }],
    [
      { ...choice, required: true },
      { name: "count", label: "Nombre", type: "number", default: 3, required: true },
      { name: "note", label: "Note", type: "text" },
    ],
  );

  test.each<{ topic?: string; inputs: Record<string, string | number>; problems: Row["problems"] }>([
    { inputs: { tone: "gai" }, problems: [] },
    { inputs: { tone: "gai", count: 5, note: "" }, problems: [] },
    { inputs: { tone: "gai", count: "" }, problems: [] },
    { topic: " \n", inputs: { tone: "gai" }, problems: [["initial_input", "sujet", "topic"]] },
    { inputs: {}, problems: [["inputs.tone", "Ton", "Ton"]] },
    { inputs: { tone: "" }, problems: [["inputs.tone", "Renseignez", "Fill in"]] },
    { inputs: { tone: "triste" }, problems: [["inputs.tone", "«\u00a0gai\u00a0» ou", "“gai” or"]] },
    { inputs: { tone: 1 }, problems: [["inputs.tone", "«\u00a01\u00a0»", "“1”"]] },
    { inputs: { tone: "gai", count: "5" }, problems: [["inputs.count", "un nombre", "a number"]] },
    { inputs: { tone: "gai", note: 5 }, problems: [["inputs.note", "un texte", "a text"]] },
    { inputs: { tone: "gai", nota: "x" }, problems: [["inputs.nota", "«\u00a0note\u00a0»", "“note”"]] },
    {
      inputs: { tone: "gai", constructor: "x" },
      problems: [["inputs.constructor", "constructor", "constructor"]],
    },
  ])("judges $topic $inputs", ({ topic = "la mer", inputs, problems }) => {
    expect(checkInputs(asks, { topic, inputs })).toEqual(matching(problems));
  });

  test("asks for no topic where no step uses it", () => {
    expect(checkInputs(workflow([{ prompt: "{{topic}}" }]), { topic: "", inputs: {} })).toEqual([]);
  });

  test("asks for a topic that only a parameter uses", () => {
    const found = checkInputs(workflow([{ parameters: { a: ["{topic}"] } }]), { topic: "", inputs: {} });
    expect(found.map((problem) => problem.path)).toEqual(["initial_input"]);
  });

  test("names no inherited property an input that was given", () => {
    const named = workflow(
      [{ prompt: "{toString}" }],
      [{ name: "toString", label: "Ton", type: "text", required: true }],
    );
    const found = checkInputs(named, { topic: "", inputs: {} });
    expect(found).toEqual(matching([["inputs.toString", "Renseignez", "Fill in"]]));
  });

  test("keeps a text that was emptied on purpose, but not an emptied number", () => {
    const { inputs } = workflow(
      [{ prompt: "{note} {count}" }],
      [
        { name: "note", label: "Note", type: "text", default: "n" },
        { name: "count", label: "Nombre", type: "number", default: 3 },
      ],
    );
    expect(withDefaults(inputs, { note: "", count: "" })).toEqual({ note: "", count: 3 });
  });

  test("fills in defaults, and empty text for what is optional", () => {
    expect(withDefaults(asks.inputs, { tone: "gai" })).toEqual({ tone: "gai", count: 3, note: "" });
    expect(withDefaults(asks.inputs, { tone: "grave", count: 0, note: "n", other: "x" })).toEqual({
      tone: "grave",
      count: 0,
      note: "n",
    });
  });
});
