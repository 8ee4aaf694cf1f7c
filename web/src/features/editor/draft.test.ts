import { describe, expect, test } from "vitest";
import { TEST_CATALOGUE } from "../../../../src/workflow/catalogue.testdata.ts";
import {
  duplicateStep,
  EMPTY_DRAFT,
  insertStep,
  isOvertaken,
  moveStep,
  newStep,
  removeStep,
  titleOf,
  wireSteps,
  withBase,
  withInputs,
  withModel,
  withParameter,
  type DraftStep,
} from "./draft.ts";

function step(index: number, prompt: string, changes: Partial<DraftStep> = {}): DraftStep {
  return { ...newStep(index, `s${index}`), prompt, ...changes };
}

const STEPS = [
  step(0, "Écris sur {topic}"),
  step(1, "Illustre {step1_output}"),
  step(2, "Anime {step2_output} d'après {step1_output.title}", { parameters: { image: "{step2_output}" } }),
];

describe("moveStep", () => {
  test("references follow the steps that they mean", () => {
    const moved = moveStep(STEPS, 0, 1);
    expect(moved.map((each) => [each.key, each.step_number])).toEqual([
      ["s1", 1],
      ["s0", 2],
      ["s2", 3],
    ]);
    expect(moved[0]?.prompt).toBe("Illustre {step2_output}");
    expect(moved[2]?.prompt).toBe("Anime {step1_output} d'après {step2_output.title}");
    expect(moved[2]?.parameters).toEqual({ image: "{step1_output}" });
  });

  test("what becomes the first step takes no previous output", () => {
    expect(moveStep(STEPS, 2, 0)[0]).toMatchObject({ key: "s2", use_previous_output: false });
  });

  test("does nothing beyond the ends", () => {
    expect(moveStep(STEPS, 0, -1)).toEqual(STEPS);
    expect(moveStep(STEPS, 2, 3)).toEqual(STEPS);
  });
});

describe("removeStep", () => {
  test("what referred to it is marked, not pointed at another step", () => {
    const rest = removeStep(STEPS, 1);
    expect(rest.map((each) => each.step_number)).toEqual([1, 2]);
    expect(rest[1]?.prompt).toBe("Anime {removed_step} d'après {step1_output.title}");
  });

  test("escaped references and other braces stay as they are", () => {
    const steps = [step(0, "a"), step(1, "b"), step(2, "{{step2_output}} {x: 1} \\frac{1}{2}")];
    expect(removeStep(steps, 0)[1]?.prompt).toBe("{{step2_output}} {x: 1} \\frac{1}{2}");
  });
});

describe("insertStep", () => {
  test("gives a step a key that no other has, at the end or in the middle", () => {
    let steps = [step(0, "")];
    for (let count = 1; count < 6; count += 1) {
      const left = count === 3 ? removeStep(steps, 0) : steps;
      const index = count % 2 === 0 ? left.length : 1;
      steps = insertStep(left, { index, aiProvider: "claude", isComposed: false });
      expect(steps[index]).toMatchObject({ ai_provider: "claude", step_number: index + 1, prompt: "" });
    }
    expect(new Set(steps.map(({ key }) => key)).size).toBe(steps.length);
  });

  test("references of the steps behind it follow the steps that they mean, in lists too", () => {
    const book = step(2, "Titre", { parameters: { chapters: ["{step2_output}", ["{step1_output}"]] } });
    const steps = insertStep([...STEPS.slice(0, 2), book], {
      index: 1,
      aiProvider: "claude",
      isComposed: false,
    });
    expect(steps.map(({ key, step_number: number }) => [key, number])).toEqual([
      ["s0", 1],
      ["n3", 2],
      ["s1", 3],
      ["s2", 4],
    ]);
    expect(steps[2]?.prompt).toBe("Illustre {step1_output}");
    expect(steps[3]?.parameters).toEqual({ chapters: ["{step3_output}", ["{step1_output}"]] });
  });

  test("hands the previous output to what is called, not to what is composed or comes first", () => {
    const places: [number, boolean][] = [
      [3, false],
      [3, true],
      [0, false],
    ];
    const handed = places.map(
      ([index, isComposed]) =>
        insertStep(STEPS, { index, aiProvider: "x", isComposed })[index]?.use_previous_output,
    );
    expect(handed).toEqual([true, false, false]);
  });

  test("adds none beyond the most that there can be", () => {
    const full = Array.from({ length: 20 }, (_, index) => step(index, ""));
    expect(insertStep(full, { index: 3, aiProvider: "x", isComposed: false })).toEqual(full);
    expect(duplicateStep(full, 3)).toEqual(full);
  });
});

describe("duplicateStep", () => {
  test("puts a copy behind, and others go on meaning the first", () => {
    const steps = duplicateStep(STEPS, 1);
    expect(steps.map(({ prompt }) => prompt)).toEqual([
      "Écris sur {topic}",
      "Illustre {step1_output}",
      "Illustre {step1_output}",
      "Anime {step2_output} d'après {step1_output.title}",
    ]);
    expect(new Set(steps.map(({ key }) => key)).size).toBe(4);
    expect(steps.map((each) => each.step_number)).toEqual([1, 2, 3, 4]);
  });

  test("gives the copy a name that no step has", () => {
    const named = [step(0, "", { name: "article" }), step(1, "", { name: "a".repeat(64) })];
    const twice = duplicateStep(duplicateStep(named, 0), 1);
    expect(twice.map(({ name }) => name)).toEqual(["article", "article_2", "article_3", "a".repeat(64)]);
    expect(duplicateStep(named, 1)[2]?.name).toBe(`${"a".repeat(62)}_2`);
    expect(duplicateStep([step(0, "")], 0)[1]?.name).toBeNull();
  });
});

/** One step with the values of inputs written into it. */
function filledStep(changes: Partial<DraftStep>, inputs: Record<string, string | number>) {
  return withInputs([{ ...newStep(0, "s0"), ...changes }], inputs)[0];
}

describe("withInputs", () => {
  test("writes the values in, and leaves what else is referred to", () => {
    const filled = filledStep(
      { prompt: "{topic}, ton {tone}, {{tone}}", parameters: { count: "{count}", style: "un {tone}" } },
      { tone: "vif", count: 3 },
    );
    expect(filled?.prompt).toBe("{topic}, ton vif, {{tone}}");
    expect(filled?.parameters).toEqual({ count: 3, style: "un vif" });
  });

  test("a value that looks like a reference stays text", () => {
    expect(filledStep({ prompt: "{tone}" }, { tone: "{topic} {x: 1}" })?.prompt).toBe("{{topic}} {x: 1}");
  });

  test("takes no value from what every object has", () => {
    expect(filledStep({ prompt: "{constructor}" }, {})?.prompt).toBe("{constructor}");
  });
});

describe("titleOf", () => {
  test("is the name of the source, otherwise the topic in short, otherwise none", () => {
    expect(titleOf({ name: "Mon texte" }, "les abeilles")).toBe("Mon texte");
    expect(titleOf({ name: null }, "  les\n abeilles ")).toBe("les abeilles");
    expect(titleOf({ name: null }, "a".repeat(5_000))).toHaveLength(100);
    expect(titleOf({ name: null }, " ")).toBeNull();
  });
});

describe("parameters and wire form", () => {
  test("an emptied parameter is left out", () => {
    const sized = step(0, "a", { parameters: { size: "1024x1024", quality: "hd" } });
    expect(withParameter(sized, "size", null)).toEqual({ quality: "hd" });
    expect(withParameter(sized, "n", 2)).toEqual({ size: "1024x1024", quality: "hd", n: 2 });
  });

  test("the wire form has no key, and an empty name is none", () => {
    const [wire] = wireSteps([step(0, "a", { name: "" })]);
    expect(wire).not.toHaveProperty("key");
    expect(wire?.name).toBeNull();
  });
});

describe("withModel", () => {
  const drawing = step(0, "a", {
    ai_provider: "midjourney",
    parameters: { size: "1200x800", quality: "high", stylize: 7 },
  });

  test("keeps what the new model takes, and the nearest shape", () => {
    expect(withModel(drawing, "openai:painter", TEST_CATALOGUE)).toEqual({
      ...drawing,
      ai_provider: "openai:painter",
      parameters: { size: "1536x1024", quality: "high" },
    });
    expect(withModel(drawing, "runway:film", TEST_CATALOGUE).parameters).toEqual({ aspect_ratio: "16:9" });
  });

  test("keeps all where nobody knows what the new model takes", () => {
    expect(withModel(drawing, "openai:painter-9", TEST_CATALOGUE).parameters).toEqual(drawing.parameters);
  });
});

function savedAt(time: string) {
  return { saved: { id: 1, isTemplate: false, savedAt: time } };
}

describe("a draft of a saved workflow", () => {
  const changed = { ...EMPTY_DRAFT, steps: STEPS };
  const begun = withBase(changed, EMPTY_DRAFT, savedAt("10:00"));

  test("is overtaken when the workflow is saved elsewhere, however long it is changed after that", () => {
    expect(isOvertaken(begun, savedAt("10:00"))).toBe(false);
    expect(isOvertaken(begun, savedAt("10:05"))).toBe(true);
    expect(isOvertaken(withBase(changed, begun, savedAt("10:05")), savedAt("10:05"))).toBe(true);
  });

  test("is not when nothing in it was changed, nor when it begins anew", () => {
    const givenUp = withBase({ ...begun, steps: null }, begun, savedAt("10:05"));
    expect(isOvertaken(givenUp, savedAt("10:05"))).toBe(false);
    expect(isOvertaken(withBase(changed, givenUp, savedAt("10:05")), savedAt("10:05"))).toBe(false);
    expect(isOvertaken(withBase(changed, EMPTY_DRAFT, {}), {})).toBe(false);
  });
});
