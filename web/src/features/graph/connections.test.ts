import { describe, expect, test } from "vitest";
import { TEST_CATALOGUE } from "../../../../src/workflow/catalogue.testdata.ts";
import { stepSchema, type StepDraft } from "../../../../src/workflow/definition.ts";
import { withKeys, type DraftStep } from "../editor/draft.ts";
import { refusalsOf, withConnection, withoutConnection, withStepFrom } from "./connections.ts";
import { graphOf, stepNodeId, type GraphNode, type Workbench } from "./graph-model.ts";

const LOGO = { name: "logo", label: "Logo", type: "file" as const };

function bench(...drafts: Omit<StepDraft, "step_number">[]): Workbench<DraftStep> {
  const steps = drafts.map((draft, index) => stepSchema.parse({ step_number: index + 1, ...draft }));
  return { steps: withKeys(steps), inputs: [LOGO], catalogue: TEST_CATALOGUE };
}

function nodeOf(workbench: Workbench, id: string): GraphNode {
  const node = graphOf(workbench).nodes.find((one) => one.id === id);
  if (node === undefined) throw new Error(`no node ${id}`);
  return node;
}

function refusals(workbench: Workbench<DraftStep>, from: string) {
  return Object.fromEntries(refusalsOf(nodeOf(workbench, from), graphOf(workbench), workbench));
}

function connected(workbench: Workbench<DraftStep>, from: string, to: number): DraftStep | undefined {
  return withConnection(nodeOf(workbench, from), to, workbench)[to - 1];
}

function disconnected(workbench: Workbench<DraftStep>, id: string) {
  const edge = graphOf(workbench).edges.find((one) => one.id === id);
  if (edge === undefined) throw new Error(`no edge ${id}`);
  return withoutConnection(edge, workbench);
}

describe("who can be given what", () => {
  test("is who comes after, is not given it yet, and has a model that takes it", () => {
    const made = bench(
      { ai_provider: "gpt-4", prompt: "a" },
      { ai_provider: "dall-e", prompt: "b" },
      { ai_provider: "elevenlabs", prompt: "c" },
      { ai_provider: "runway", prompt: "{step2_output}" },
      { ai_provider: "runway", prompt: "d" },
      { ai_provider: "film", prompt: "e" },
    );
    expect(refusals(made, "step:2")).toEqual({
      "source:topic": "only_gives",
      "source:logo": "only_gives",
      "step:1": "comes_before",
      "step:2": "itself",
      "step:3": "not_taken",
      "step:4": "linked",
      "step:5": null,
      "step:6": null,
    });
    expect(refusals(made, "source:logo")).toMatchObject({
      "step:1": null,
      "step:3": "not_taken",
      "step:6": null,
    });
    // A title is no place for a film, and a film has none for films.
    expect(refusals(made, "step:4")).toMatchObject({ "step:5": "not_taken", "step:6": "not_taken" });
  });

  test("is not a composed step whose places are taken", () => {
    const images = Array.from({ length: 50 }, () => "{logo}");
    const made = bench(
      { ai_provider: "dall-e", prompt: "a" },
      { ai_provider: "film", prompt: "b", parameters: { images } },
    );
    expect(refusals(made, "step:1")["step:2"]).toBe("full");
    expect(connected(made, "step:1", 2)).toBe(made.steps[1]);
  });
});

describe("a connection", () => {
  test("is a reference on a line of its own in the prompt", () => {
    const made = bench(
      { ai_provider: "gpt-4", prompt: "a" },
      { ai_provider: "dall-e", prompt: "Paint this:" },
    );
    expect(connected(made, "step:1", 2)?.prompt).toBe("Paint this:\n\n{step1_output}");
    expect(connected(made, "source:topic", 2)?.prompt).toBe("Paint this:\n\n{topic}");
    const [first, second] = made.steps;
    if (first === undefined || second === undefined) throw new Error("two steps");
    const empty = { ...made, steps: [first, { ...second, prompt: " " }] };
    expect(connected(empty, "step:1", 2)?.prompt).toBe("{step1_output}");
  });

  test("goes into the parameter of a composed step that is made for it, the missing one first", () => {
    const made = bench(
      { ai_provider: "dall-e", prompt: "a" },
      { ai_provider: "elevenlabs", prompt: "b" },
      { ai_provider: "gpt-4", prompt: "c" },
      { ai_provider: "film", prompt: "Title", parameters: { images: "{logo}" } },
    );
    expect(connected(made, "step:1", 4)?.parameters).toEqual({ images: ["{logo}", "{step1_output}"] });
    expect(connected(made, "step:2", 4)?.parameters).toMatchObject({ sound: "{step2_output}" });
    expect(connected(made, "step:3", 4)?.parameters).toMatchObject({ scenes: "{step3_output}" });
    expect(connected(made, "step:3", 4)?.prompt).toBe("Title");
  });

  test("leaves directions on how to speak as they are, and hands the text over beside them", () => {
    const made = bench(
      { ai_provider: "gpt-4", prompt: "a" },
      { ai_provider: "elevenlabs", prompt: "Slowly" },
    );
    expect(connected(made, "step:1", 2)).toMatchObject({ prompt: "Slowly", use_previous_output: true });
  });

  test("makes a new step that takes what it is given", () => {
    const made = bench({ ai_provider: "gpt-4", prompt: "a" }, { ai_provider: "elevenlabs", prompt: "b" });
    const [, , text, ...none] = withStepFrom(nodeOf(made, "step:1"), made);
    expect(text).toMatchObject({ step_number: 3, ai_provider: "gpt-4", prompt: "{step1_output}" });
    expect(text?.use_previous_output).toBe(false);
    expect(none).toEqual([]);
    const sound = withStepFrom(nodeOf(made, "step:2"), made).at(-1);
    expect(sound).toMatchObject({ ai_provider: "film", parameters: { sound: "{step2_output}" } });
    const keys = withStepFrom(nodeOf(made, "step:1"), made).map(({ key }) => key);
    expect(new Set(keys).size).toBe(3);
  });

  test("adds no step where there is room for none", () => {
    const made = bench(...Array.from({ length: 20 }, () => ({ ai_provider: "gpt-4", prompt: "a" })));
    expect(withStepFrom(nodeOf(made, stepNodeId(1)), made)).toEqual(made.steps);
  });
});

describe("taking a connection out", () => {
  test("undoes what connecting did", () => {
    const made = bench(
      { ai_provider: "gpt-4", prompt: "a" },
      { ai_provider: "dall-e", prompt: "Paint this:" },
      { ai_provider: "film", prompt: "Title", parameters: { images: ["{logo}", "{logo}"] } },
    );
    for (const [from, to] of [
      ["step:1", 2],
      ["source:topic", 2],
      ["step:2", 3],
      ["step:1", 3],
    ] as const) {
      const steps = withConnection(nodeOf(made, from), to, made);
      expect(steps).not.toEqual(made.steps);
      expect(disconnected({ ...made, steps }, `${from}>step:${to}`)).toEqual({ steps: made.steps, left: [] });
    }
  });

  test("leaves a sentence to the person who wrote it, and says where it is", () => {
    const made = bench({ ai_provider: "gpt-4", prompt: "An article on {topic}.\n\n{topic}\n\nIn French." });
    const { steps, left } = disconnected(made, "source:topic>step:1");
    expect(steps[0]?.prompt).toBe("An article on {topic}.\n\nIn French.");
    expect(left).toEqual([{ kind: "text", path: "prompt", raw: "{topic}", start: 14, end: 21 }]);
  });

  test("does not let what was taken out come back as what is handed over", () => {
    const made = bench(
      { ai_provider: "gpt-4", prompt: "a" },
      { ai_provider: "gpt-4", prompt: "Sum up:\n\n{step1_output}", use_previous_output: true },
    );
    const { steps } = disconnected(made, "step:1>step:2");
    expect(graphOf({ ...made, steps }).edges).toEqual([]);
    expect(steps[1]).toMatchObject({ prompt: "Sum up:", use_previous_output: false });
  });

  test("leaves the list of a step, and a step that works on everything, as they are", () => {
    const made = bench(
      { ai_provider: "gpt-4", prompt: "a" },
      { ai_provider: "dall-e", prompt: "{item}", for_each: { in: "{step1_output}" } },
      { ai_provider: "pack", prompt: "c" },
    );
    expect(disconnected(made, "step:1>step:2").left).toMatchObject([{ path: "for_each.in" }]);
    expect(disconnected(made, "step:1>step:3")).toEqual({ steps: made.steps, left: [{ kind: "all" }] });
  });
});
