import { describe, expect, test } from "vitest";
import { TEST_CATALOGUE } from "./catalogue.testdata.ts";
import { stepSchema } from "./definition.ts";
import type { StepDraft } from "./definition.ts";
import { linkSteps } from "./graph.ts";
import { StepFailure } from "./ports.ts";
import { renderStep } from "./rendering.ts";
import type { RenderedStep, ValueSource } from "./rendering.ts";
import type { FileValue, Json, Value } from "./values.ts";

const picture: FileValue = { artifactId: "a1", hash: "h1", mediaType: "image/png", medium: "image" };
const secondPicture: FileValue = { ...picture, artifactId: "a2" };
const song: FileValue = { artifactId: "a3", hash: "h3", mediaType: "audio/mpeg", medium: "audio" };
const text = (value: string): Value => ({ kind: "text", text: value });
const json = (value: Json): Value => ({ kind: "json", json: value });
const files = (...all: FileValue[]): Value => ({ kind: "files", files: all });

/** Renders the last step of a workflow whose earlier steps, all text steps unless told, have made `outputs`. */
function render(options: {
  step: Partial<StepDraft>;
  outputs?: Value[];
  makers?: string[];
  topic?: string;
  inputs?: Record<string, string | number>;
}): RenderedStep {
  const { outputs = [], makers = [], topic = "la mer", inputs = {} } = options;
  const earlier = outputs.map((_, index) =>
    stepSchema.parse({
      step_number: index + 1,
      name: `s${index + 1}`,
      ai_provider: makers[index] ?? "gpt-4",
      prompt: "x",
    }),
  );
  const step = stepSchema.parse({
    step_number: outputs.length + 1,
    ai_provider: "gpt-4",
    prompt: "x",
    ...options.step,
  });
  const steps = [...earlier, step];
  const links = linkSteps(steps, TEST_CATALOGUE).at(-1);
  if (!links) throw new Error("no links");
  const values: ValueSource = {
    topic,
    inputs,
    outputs: new Map(outputs.map((output, index) => [index + 1, output])),
  };
  return renderStep({ step, steps, links, values });
}

/** Renders a step for one item, number 4, of what the step before it made. */
function renderItem(rest: Partial<StepDraft>, value: Value): RenderedStep {
  const first = stepSchema.parse({ step_number: 1, name: "s1", ai_provider: "gpt-4", prompt: "x" });
  const last = stepSchema.parse({
    step_number: 2,
    ai_provider: "gpt-4",
    prompt: "{index}: {item.title} of {s1}",
    for_each: { in: "{s1.scenes}" },
    ...rest,
  });
  const [, links] = linkSteps([first, last], TEST_CATALOGUE);
  if (!links) throw new Error("two steps are given");
  const values = { topic: "", inputs: {}, outputs: new Map([[1, text("all")]]), item: { value, index: 4 } };
  return renderStep({ step: last, steps: [first, last], links, values });
}

const promptOf = (prompt: string, ...outputs: Value[]): string =>
  render({ step: { prompt }, outputs }).prompt;

describe("renderStep, the prompt", () => {
  test("fills in topic, inputs, numbers, names and the previous output", () => {
    const rendered = render({
      step: { prompt: "{topic}/{tone}/{count}/{step1_output}/{s2}/{previous_output}" },
      outputs: [text("un"), text("deux")],
      inputs: { tone: "gai", count: 3 },
    });
    expect(rendered.prompt).toBe("la mer/gai/3/un/deux/deux");
    expect(rendered.files).toEqual([]);
    expect(rendered.previousText).toBeNull();
  });

  test("never scans again what it has put in", () => {
    const hostile = "{topic} {step2_output} {{topic}} {step1_output} $& $1";
    const rendered = render({
      step: {
        prompt: "A {step1_output} B",
        parameters: { note: "{step1_output}", mixed: "- {topic}" },
        use_previous_output: true,
      },
      outputs: [text(hostile)],
      topic: "{step1_output}",
    });
    expect(rendered.prompt).toBe(`A ${hostile} B`);
    expect(rendered.parameters).toEqual({ note: hostile, mixed: "- {step1_output}" });
  });

  test("leaves every other brace alone and writes doubled braces as a literal", () => {
    const prompt = '\\frac{1}{2} {"a": {topic}} {{topic}} { topic }';
    expect(promptOf(prompt)).toBe('\\frac{1}{2} {"a": la mer} {topic} { topic }');
  });

  test("writes lists and objects as JSON and parts of them by path", () => {
    const output = json({ scenes: [{ title: "Aube" }, { title: "Nuit" }], count: 2, none: null });
    expect(promptOf("{s1.scenes.1.title} {s1.count} {s1.none} {s1.scenes}", output)).toBe(
      'Nuit 2 null [{"title":"Aube"},{"title":"Nuit"}]',
    );
  });

  test("puts in the item and its number, and hands the item over where nothing names it", () => {
    expect(renderItem({}, json({ title: "{index}" })).prompt).toBe("4: {index} of all");
    const handed = { prompt: "aloud", use_previous_output: true };
    expect(renderItem(handed, text("Once"))).toMatchObject({ prompt: "aloud", previousText: "Once" });
    expect(renderItem(handed, files(picture))).toMatchObject({ previousText: null, files: [picture] });
    const named = { prompt: "say {item}", use_previous_output: true };
    expect(renderItem(named, text("Once"))).toMatchObject({ prompt: "say Once", previousText: null });
    expect(() => renderItem({ prompt: "{item.nothing}" }, json({}))).toThrow(StepFailure);
  });

  test("finds what an item of an earlier step made by the item's number", () => {
    const made: Value = {
      kind: "files",
      files: [
        { ...picture, item: 0 },
        { ...secondPicture, item: 2 },
      ],
      itemCount: 3,
    };
    const rendered = render({
      step: { prompt: "{s1.2}", parameters: { images: "{s1}" } },
      outputs: [made],
    });
    expect(rendered.files.map(({ artifactId }) => artifactId)).toEqual(["a2", "a1"]);
    expect(rendered.parameters["images"]).toEqual([
      { artifact_id: "a1", media_type: "image/png" },
      null,
      { artifact_id: "a2", media_type: "image/png" },
    ]);
    expect(() => render({ step: { prompt: "{s1.1}" }, outputs: [made] })).toThrow(StepFailure);
  });

  test("turns files into markers, numbered by medium, each file once", () => {
    const rendered = render({
      step: { prompt: "{s1} puis {s2}, {s3}, encore {s1}" },
      outputs: [files(picture), files(song), files(secondPicture)],
    });
    expect(rendered.prompt).toBe("[image 1] puis [audio 1], [image 2], encore [image 1]");
    expect(rendered.files).toEqual([picture, song, secondPicture]);
  });

  test("takes one file of several by its index", () => {
    expect(render({ step: { prompt: "{s1.1}" }, outputs: [files(picture, secondPicture)] })).toMatchObject({
      prompt: "[image 1]",
      files: [secondPicture],
    });
  });

  test.each([
    "{s1.__proto__}",
    "{s1.constructor}",
    "{s1.toString}",
    "{s1.list.length}",
    "{s1.list.map}",
    "{s1.list.2}",
    "{s1.list.00}",
    "{s1.name.0}",
    "{s1.name.length}",
    "{s1.missing.deep}",
    "{topic.length}",
    "{topic.constructor}",
    "{constructor}",
    "{__proto__}",
    "{nothing}",
    "{item}",
    "{step7_output}",
  ])("stops at %s, unbilled, naming it", (reference) => {
    const output = json({ name: "Ada", list: [1, 2] });
    let failure: unknown;
    try {
      promptOf(`Voici ${reference}`, output);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(StepFailure);
    expect(failure).toMatchObject({
      code: "missing_path",
      detail: { fr: expect.stringContaining(reference), en: expect.stringContaining(reference) },
    });
  });

  test("reads __proto__ where a model has really written such a key, and pollutes nothing", () => {
    const output = json(JSON.parse('{"__proto__": {"polluted": "yes"}, "constructor": "mine"}'));
    const rendered = render({
      step: {
        prompt: "{s1.__proto__.polluted} {s1.constructor}",
        parameters: { whole: "{s1}", nested: { a: "{s1}" } },
      },
      outputs: [output],
    });
    expect(rendered.prompt).toBe("yes mine");
    expect(JSON.stringify(rendered.parameters["whole"])).toBe(
      '{"__proto__":{"polluted":"yes"},"constructor":"mine"}',
    );
    expect(Object.getPrototypeOf(rendered.parameters["whole"])).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("renderStep, parameters", () => {
  test("keep the type of a value where the string is exactly one reference", () => {
    const rendered = render({
      step: {
        parameters: {
          list: "{s1.list}",
          object: "{s1}",
          count: "{count}",
          word: "{topic}",
          image: "{s2}",
          images: ["{s2}", "{s3}"],
          kept: [1, true, null, "x"],
        },
      },
      outputs: [json({ list: [1, "a"] }), files(picture), files(secondPicture, song)],
      inputs: { count: 4 },
    });
    const first = { artifact_id: "a1", media_type: "image/png" };
    expect(rendered.parameters).toEqual({
      list: [1, "a"],
      object: { list: [1, "a"] },
      count: 4,
      word: "la mer",
      image: first,
      images: [
        first,
        [
          { artifact_id: "a2", media_type: "image/png" },
          { artifact_id: "a3", media_type: "audio/mpeg" },
        ],
      ],
      kept: [1, true, null, "x"],
    });
    expect(rendered.files).toEqual([picture, secondPicture, song]);
  });

  test("become text where there is more around the reference", () => {
    const rendered = render({
      step: { parameters: { a: "n={s1.n}", b: "{{topic}}" } },
      outputs: [json({ n: 2 })],
    });
    expect(rendered.parameters).toEqual({ a: "n=2", b: "{topic}" });
  });

  test("leave a parameter out where an optional input was left empty", () => {
    const rendered = render({
      step: { parameters: { size: "{size}", note: "a{size}" } },
      inputs: { size: "" },
    });
    expect(rendered.parameters).toEqual({ note: "a" });
  });

  test("share no data with the outputs of other steps", () => {
    const shared = { list: [1] };
    const rendered = render({ step: { parameters: { list: "{s1.list}" } }, outputs: [json(shared)] });
    expect(rendered.parameters["list"]).toEqual(shared.list);
    expect(rendered.parameters["list"]).not.toBe(shared.list);
  });

  test("keep a key called __proto__ as data", () => {
    const parameters: Record<string, Json> = JSON.parse(
      '{"__proto__": {"x": "{topic}"}, "b": {"__proto__": "{topic}"}}',
    );
    const step = { ...stepSchema.parse({ step_number: 1, ai_provider: "gpt-4", prompt: "x" }), parameters };
    const rendered = renderStep({
      step,
      steps: [step],
      links: { stepNumber: 1, dependsOn: [], previousFrom: null },
      values: { topic: "la mer", inputs: {}, outputs: new Map() },
    });
    expect(JSON.stringify(rendered.parameters)).toBe(
      '{"__proto__":{"x":"la mer"},"b":{"__proto__":"la mer"}}',
    );
    expect(Object.getPrototypeOf(rendered.parameters)).toBe(Object.prototype);
  });
});

describe("renderStep, the previous output", () => {
  test("hands over text below a prompt without a reference", () => {
    const rendered = render({
      step: { prompt: "Voix calme", use_previous_output: true },
      outputs: [text("Il était {topic}")],
    });
    expect(rendered).toMatchObject({ prompt: "Voix calme", previousText: "Il était {topic}", files: [] });
  });

  test("hands over JSON as JSON text", () => {
    const rendered = render({ step: { use_previous_output: true }, outputs: [json({ a: [1] })] });
    expect(rendered.previousText).toBe('{"a":[1]}');
  });

  test("hands over a picture as a file, once", () => {
    const rendered = render({
      step: { ai_provider: "runway", use_previous_output: true, parameters: { ratio: "{s1}" } },
      outputs: [files(picture)],
      makers: ["dall-e"],
    });
    expect(rendered).toMatchObject({ previousText: null, files: [picture] });
  });

  test("hands over nothing where the prompt already holds it", () => {
    const rendered = render({ step: { prompt: "{s1}", use_previous_output: true }, outputs: [text("un")] });
    expect(rendered).toMatchObject({ prompt: "un", previousText: null });
  });
});
