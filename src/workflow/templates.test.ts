import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { stepSchema } from "./definition.ts";
import { referencesIn, scan } from "./references.ts";
import { TEMPLATES, findTemplate, localizeTemplate } from "./templates.ts";

const localText = z.strictObject({ fr: z.string().min(1), en: z.string().min(1) });
const templateSchema = z.strictObject({
  id: z.string().regex(/^[a-z]+(-[a-z]+)*$/),
  name: localText,
  description: localText,
  steps: z.array(stepSchema.extend({ prompt: localText })).min(1),
});

const allTexts = TEMPLATES.flatMap(({ name, description, steps }) => [
  name,
  description,
  ...steps.map((step) => step.prompt),
]);

const namesIn = (text: string): string[] => referencesIn(text).map((reference) => reference.raw);

describe("templates", () => {
  test("begin with the five of the product, with their families", () => {
    expect(
      TEMPLATES.slice(0, 5).map((template) => [template.id, template.steps.map((step) => step.ai_provider)]),
    ).toEqual([
      ["creation-contenu", ["gpt-4", "dall-e", "elevenlabs"]],
      ["production-video", ["claude", "midjourney", "runway"]],
      ["campagne-marketing", ["gpt-4", "dall-e", "elevenlabs"]],
      ["contenu-educatif", ["claude", "midjourney", "openai-tts"]],
      ["pack-reseaux-sociaux", ["gpt-4", "dall-e"]],
    ]);
  });

  test("hold what the format allows, one file each", () => {
    for (const template of TEMPLATES) expect(templateSchema.safeParse(template).error).toBeUndefined();
    const files = readdirSync(new URL("templates/", import.meta.url)).toSorted();
    expect(files).toEqual(TEMPLATES.map((template) => `${template.id}.json`).toSorted());
  });

  test("refer to the same things in both languages, and escape nothing", () => {
    for (const { prompt } of TEMPLATES.flatMap((template) => template.steps)) {
      expect(namesIn(prompt.fr)).toEqual(namesIn(prompt.en));
      expect(scan(prompt.fr).some((segment) => segment.kind === "escaped")).toBe(false);
    }
  });

  test("use the topic first and then what it became", () => {
    for (const { steps } of TEMPLATES) {
      expect(steps[0]?.prompt.fr).toContain("{topic}");
      const { use_previous_output: takesText = false, ...second } = steps[1] ?? {};
      const names = namesIn(JSON.stringify(second));
      expect(takesText || names.some((name) => name !== "topic")).toBe(true);
    }
  });

  test("set French with its own spaces and marks", () => {
    for (const { fr } of allTexts) {
      expect(fr).not.toMatch(/[^\u202f][;!?]/);
      expect(fr).not.toMatch(/[^\u00a0]:/);
      expect(fr).not.toMatch(/"|«[^\u00a0]|[^\u00a0]»/);
    }
  });

  test("set English without French marks", () => {
    for (const { en } of allTexts) expect(en).not.toMatch(/[«»\u00a0\u202f"]/);
  });

  test("write the apostrophe as print does", () => {
    for (const { fr, en } of allTexts) expect(`${fr}\n${en}`).not.toContain("'");
  });

  test("ask Marketing for 150 words, an HD picture and a voice-over as near to 30 seconds as they allow", () => {
    const { steps, description } = findTemplate("campagne-marketing") ?? { steps: [] };
    expect(steps[0]?.prompt.en).toContain("150 words");
    expect(steps[1]?.parameters).toEqual({ size: "1792x1024", quality: "high" });
    expect(steps[2]?.prompt).toMatchObject({
      fr: expect.stringContaining("proche de 30 secondes que le texte le permet"),
      en: expect.stringContaining("as close to 30 seconds as the text allows"),
    });
    // The fastest that the voice can speak. It takes 150 words about 45 seconds, and nothing else is promised.
    expect(steps[2]?.parameters).toEqual({ speed: 1.2 });
    expect(description?.fr).toContain("45 secondes");
    expect(description?.en).toContain("45 seconds");
  });

  test("come in one language with every default filled in", () => {
    const template = findTemplate("creation-contenu");
    if (!template) throw new Error("no template");
    const localized = localizeTemplate(template, "en");
    expect(localized).toMatchObject({ id: "creation-contenu", name: "Content Creation", inputs: [] });
    expect(localized.steps.map((step) => step.name)).toEqual(["article", "illustration", "narration"]);
    expect(localized.steps[0]).toMatchObject({
      use_previous_output: false,
      on_error: "fail",
      retry: { max_attempts: 3 },
    });
    expect(localizeTemplate(template, "fr").steps[0]?.prompt).toBe(template.steps[0]?.prompt.fr);
  });

  test("are found by their id only", () => {
    expect(findTemplate("production-video")?.name.fr).toBe("Production Vidéo");
    expect(findTemplate("constructor")).toBeUndefined();
    expect(findTemplate("")).toBeUndefined();
  });
});
