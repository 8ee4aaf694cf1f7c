import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { listStepRuns } from "../src/db/step-run-store.ts";
import type { Language } from "../src/errors.ts";
import { loadPriceList } from "../src/pricing/price-list.ts";
import { createLocalProvider } from "../src/providers/local/local.ts";
import { createRegistry } from "../src/providers/registry.ts";
import { createStepPort } from "../src/steps/step-port.ts";
import { findTemplate, localizeTemplate } from "../src/workflow/templates.ts";
import type { Json } from "../src/workflow/values.ts";
import { newExecution, startEngine, type EngineRig } from "./support/engine-rig.ts";

let rig: EngineRig;

beforeEach(async () => {
  const registry = createRegistry({
    providers: [createLocalProvider({ textCharactersPerSecond: Number.POSITIVE_INFINITY })],
    config: {},
  });
  rig = await startEngine({
    steps: createStepPort({ registry, prices: loadPriceList() }),
    catalogue: registry,
  });
});

afterEach(() => rig.stop());

async function rehearse(id: string, language: Language, topic: string) {
  const template = findTemplate(id);
  if (!template) throw new Error(`there is no template ${id}`);
  const { steps } = localizeTemplate(template, language);
  const execution = await rig.engine.create(newExecution(steps, { mode: "rehearsal", initialInput: topic }));
  const { status } = await rig.waitFor(execution, ["completed", "failed"]);
  expect(status).toBe("completed");
  return (await listStepRuns(rig.db, execution)).filter(({ item }) => item < 0).map(({ output }) => output);
}

const quizSchema = z.object({
  questions: z
    .array(
      z.object({
        question: z.string(),
        choices: z.array(z.string()),
        answer: z.string(),
        explanation: z.string(),
      }),
    )
    .length(5),
});

function textsIn(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

describe("a rehearsal of", () => {
  test("the book has chapters that are all different, about the topic, in the language of the template", async () => {
    const topic = "les marées";
    const [plan, chapters, , book] = await rehearse("ebook", "fr", topic);
    const texts = textsIn(chapters?.json);
    expect(texts.length).toBeGreaterThanOrEqual(5);
    const sentences = texts.flatMap(
      (text) =>
        text
          .split("\n")
          .slice(1)
          .join(" ")
          .match(/[^.!?]{25,}[.!?]/g) ?? [],
    );
    expect(new Set(sentences).size).toBe(sentences.length);
    for (const text of texts) {
      expect(text).toContain("Texte de répétition, composé localement");
      expect(text).toContain("les marées");
    }
    const titles = texts.map((text) => /^# (.*)$/m.exec(text)?.[1]);
    expect(plan?.json).toMatchObject({ chapters: titles.map((title) => ({ title })) });
    expect(new Set(titles).size).toBe(titles.length);
    expect(book?.files.map(({ mediaType }) => mediaType)).toEqual([
      "application/epub+zip",
      "application/pdf",
    ]);
    expect(book?.files[0]?.name).toMatch(/marées.*\.epub$/);
  }, 60_000);

  test("the training module has a quiz that goes together, and a booklet", async () => {
    const outputs = await rehearse("module-formation", "en", "the tides");
    const { questions } = quizSchema.parse(outputs[2]?.json);
    for (const { choices, answer } of questions) {
      expect(new Set(choices).size).toBe(4);
      expect(choices).toContain(answer);
    }
    expect(new Set(questions.map(({ question }) => question)).size).toBe(5);
    expect(outputs[4]?.files).toMatchObject([{ name: "The tides.epub" }, { name: "The tides.pdf" }]);
  }, 60_000);
});
