import { describe, expect, test } from "vitest";
import { TEST_CATALOGUE } from "../../../../src/workflow/catalogue.testdata.ts";
import { stepSchema, type Step, type StepDraft } from "../../../../src/workflow/definition.ts";
import { graphOf } from "./graph-model.ts";

function steps(...drafts: Omit<StepDraft, "step_number">[]): Step[] {
  return drafts.map((draft, index) => stepSchema.parse({ step_number: index + 1, ...draft }));
}

function edgesOf(list: Step[], inputs: Parameters<typeof graphOf>[0]["inputs"] = []) {
  return graphOf({ steps: list, inputs, catalogue: TEST_CATALOGUE }).edges;
}

describe("the graph of a workflow", () => {
  test("has an edge for each step that a prompt refers to, by number and by name, with what it carries", () => {
    const edges = edgesOf(
      steps(
        { ai_provider: "gpt-4", prompt: "Write about {topic}", name: "article" },
        { ai_provider: "dall-e", prompt: "Paint {article}" },
        { ai_provider: "runway", prompt: "Move {step2_output}, as in {step1_output} and {article}" },
      ),
    );
    expect(edges.map(({ id, medium, places }) => [id, medium, places.length])).toEqual([
      ["source:topic>step:1", "text", 1],
      ["step:1>step:2", "text", 1],
      ["step:2>step:3", "image", 1],
      ["step:1>step:3", "text", 2],
    ]);
  });

  test("says where each reference stands", () => {
    const [edge] = edgesOf(steps({ ai_provider: "gpt-4", prompt: "On {topic}." }));
    expect(edge?.places).toEqual([{ kind: "text", path: "prompt", raw: "{topic}", start: 3, end: 10 }]);
  });

  test("has edges for parameters, lists, and what is handed over", () => {
    const edges = edgesOf(
      steps(
        { ai_provider: "gpt-4", prompt: "Scenes", output_schema: { type: "object" } },
        { ai_provider: "dall-e", prompt: "{item}", for_each: { in: "{step1_output.scenes}" } },
        { ai_provider: "elevenlabs", prompt: "Slowly", use_previous_output: true },
        { ai_provider: "film", prompt: "Title", parameters: { images: ["{step2_output}", "{logo}"] } },
      ),
      [{ name: "logo", label: "Logo", type: "file" }],
    );
    expect(edges.map(({ id, medium, places }) => [id, medium, places.map((place) => place.kind)])).toEqual([
      ["step:1>step:2", "json", ["text"]],
      ["step:1>step:3", "json", ["previous"]],
      ["step:2>step:4", "image", ["text"]],
      ["source:logo>step:4", null, ["text"]],
    ]);
    expect(edges[2]?.places).toMatchObject([{ path: "parameters.images[0]" }]);
  });

  test("connects a step that works on everything with all that comes before it", () => {
    const edges = edgesOf(
      steps(
        { ai_provider: "gpt-4", prompt: "a" },
        { ai_provider: "dall-e", prompt: "b" },
        { ai_provider: "pack", prompt: "c" },
      ),
    );
    expect(edges.map(({ id, places }) => [id, places])).toEqual([
      ["step:1>step:3", [{ kind: "all" }]],
      ["step:2>step:3", [{ kind: "all" }]],
    ]);
  });

  test("has none for a step itself, a later one, or a name that nothing has", () => {
    const list = steps(
      { ai_provider: "gpt-4", prompt: "{step1_output} {step2_output} {removed_step} {item} {{topic}}" },
      { ai_provider: "gpt-4", prompt: "b" },
    );
    expect(edgesOf(list)).toEqual([]);
  });

  test("gives each step a handle for what its model takes", () => {
    const { nodes } = graphOf({
      steps: steps(
        { ai_provider: "gpt-4", prompt: "a" },
        { ai_provider: "elevenlabs", prompt: "b" },
        { ai_provider: "film", prompt: "c" },
        { ai_provider: "nobody:knows", prompt: "d" },
      ),
      inputs: [],
      catalogue: TEST_CATALOGUE,
    });
    expect(nodes.flatMap((node) => (node.kind === "step" ? [node.takes] : []))).toEqual([
      ["text", "image"],
      ["text"],
      ["text", "image", "audio"],
      ["text"],
    ]);
  });
});
