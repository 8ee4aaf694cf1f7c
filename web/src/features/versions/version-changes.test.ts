import { describe, expect, test } from "vitest";
import { stepSchema, type StepDraft } from "../../../../src/workflow/definition.ts";
import { changesBetween, type VersionContent } from "./version-changes.ts";

function version(...drafts: (Partial<StepDraft> & { prompt: string })[]): VersionContent {
  const steps = drafts.map((draft, index) =>
    stepSchema.parse({ step_number: index + 1, ai_provider: "gpt-4", ...draft }),
  );
  return { name: "Bees", description: "", steps, inputs: [] };
}

const ARTICLE = { name: "article", prompt: "About {topic}" };
const PICTURE = { name: "picture", ai_provider: "dall-e", prompt: "A picture of {topic}" };

describe("changesBetween", () => {
  test("finds nothing where nothing was changed", () => {
    expect(changesBetween(version(ARTICLE, PICTURE), version(ARTICLE, PICTURE))).toEqual([]);
  });

  test("says field by field what was changed of a step", () => {
    const changed = { ...ARTICLE, prompt: "All about {topic}", parameters: { temperature: 0.2 } };
    expect(changesBetween(version(ARTICLE), version(changed))).toEqual([
      {
        step: { number: 1, name: "article" },
        standing: "changed",
        fields: [
          { field: "prompt", before: "About {topic}", after: "All about {topic}" },
          { field: "parameters", before: "{}", after: '{\n  "temperature": 0.2\n}' },
        ],
      },
    ]);
  });

  test("takes a step that was put between others for new, and those for what they were", () => {
    const changes = changesBetween(
      version(ARTICLE, PICTURE),
      version(ARTICLE, { prompt: "A title" }, PICTURE),
    );
    expect(changes).toMatchObject([
      { step: { number: 2, name: null }, standing: "added", fields: [{}, { after: "A title" }] },
    ]);
  });

  test("says which step was removed, by its old number", () => {
    expect(changesBetween(version(ARTICLE, PICTURE), version(PICTURE))).toMatchObject([
      {
        step: { number: 1, name: "article" },
        standing: "removed",
        fields: [{}, { before: "About {topic}" }],
      },
    ]);
  });

  test("takes a step without a name whose prompt was changed for the same one", () => {
    const changes = changesBetween(version({ prompt: "One" }, ARTICLE), version({ prompt: "Two" }, ARTICLE));
    expect(changes).toMatchObject([
      { standing: "changed", fields: [{ field: "prompt", before: "One", after: "Two" }] },
    ]);
  });

  test("says what was changed of the workflow itself first", () => {
    const renamed = { ...version(ARTICLE), name: "Honey" };
    expect(changesBetween(version(ARTICLE), renamed)).toEqual([
      { step: null, standing: "changed", fields: [{ field: "name", before: "Bees", after: "Honey" }] },
    ]);
  });
});
