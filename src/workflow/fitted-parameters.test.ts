import { describe, expect, test } from "vitest";
import { TEST_CATALOGUE } from "./catalogue.testdata.ts";
import { fitParameters, parametersFor } from "./fitted-parameters.ts";
import type { Family, ModelCatalogue, ParameterSpec } from "./models.ts";

const label = { fr: "Paramètre", en: "Parameter" };

function choice(values: string[], usual?: string): ParameterSpec {
  return { type: "choice", values, label, ...(usual !== undefined && { default: usual }) };
}

const SIZES = { size: choice(["512x512", "1024x1024", "1536x1024", "1792x1024", "3584x2048"], "1024x1024") };
const RATIOS = { aspect_ratio: choice(["auto", "1:1", "16:9", "9:16", "3:2"], "1:1") };

describe("a shape that a model does not take", () => {
  test.each([
    ["1344x768", "1792x1024"],
    ["3000x1714", "3584x2048"],
    ["1440x960", "1536x1024"],
    ["768x1344", "1024x1024"],
    ["640x640", "512x512"],
  ])("of %s becomes %s: nearest proportions, then area", (size, nearest) => {
    expect(fitParameters({ size }, SIZES)).toEqual({
      parameters: { size: nearest },
      changes: [{ name: "size", value: size, used: { name: "size", value: nearest } }],
    });
  });

  test("becomes what the model calls it", () => {
    expect(fitParameters({ size: "1344x768" }, RATIOS).parameters).toEqual({ aspect_ratio: "16:9" });
    expect(fitParameters({ aspect_ratio: "9:16" }, SIZES).parameters).toEqual({ size: "1024x1024" });
    const film = { ratio: choice(["1280:720", "720:1280", "960:960"]) };
    expect(fitParameters({ aspect_ratio: "9:16" }, film).parameters).toEqual({ ratio: "720:1280" });
  });

  test("that gives no area becomes about as large as the model usually draws", () => {
    const shape = { size: choice(["512x512", "1024x1024", "2048x2048"], "1024x1024") };
    expect(fitParameters({ aspect_ratio: "1:1" }, shape).parameters).toEqual({ size: "1024x1024" });
  });

  test("is left out where the model has none, or where it says no shape", () => {
    const change = { name: "size", value: "1344x768", used: null };
    expect(fitParameters({ size: "1344x768" }, {})).toEqual({ parameters: {}, changes: [change] });
    expect(fitParameters({ aspect_ratio: "match_input_image" }, SIZES).parameters).toEqual({});
  });

  test("does not take the place of one that is given by its own name", () => {
    const given = { size: "1024x1024", aspect_ratio: "16:9" };
    expect(fitParameters(given, RATIOS)).toEqual({
      parameters: { aspect_ratio: "16:9" },
      changes: [{ name: "size", value: "1024x1024", used: null }],
    });
  });
});

describe("other parameters that a model does not take", () => {
  const specs: Record<string, ParameterSpec> = {
    duration: { type: "integer", min: 4, max: 8, label },
    speed: { type: "number", min: 0.7, max: 1.2, label },
    style: choice(["raw"]),
    lyrics: { type: "string", max_length: 5, label },
    loop: { type: "boolean", label },
  };

  test.each([
    ["duration", 12, 8],
    ["duration", 2, 4],
    ["duration", 5.6, 6],
    ["speed", 4, 1.2],
  ])("%s %d becomes %d, within its range", (name, value, within) => {
    expect(fitParameters({ [name]: value }, specs).parameters).toEqual({ [name]: within });
  });

  test.each([
    ["style", "cinematic"],
    ["lyrics", "too long"],
    ["loop", "yes"],
    ["duration", "long"],
    ["stylize", 100],
    ["constructor", 1],
  ])("%s %j is left out", (name, value) => {
    expect(fitParameters({ [name]: value }, specs)).toEqual({
      parameters: {},
      changes: [{ name, value, used: null }],
    });
  });

  test("stay as they are where they fit", () => {
    const given = { duration: 5, speed: 1, style: "raw", lyrics: "la la", loop: false };
    expect(fitParameters(given, specs)).toEqual({ parameters: given, changes: [] });
  });
});

describe("a value that is known only when the step runs", () => {
  test("waits for that, under the name that the model has for it", () => {
    expect(fitParameters({ size: "{shape}" }, SIZES)).toEqual({
      parameters: { size: "{shape}" },
      changes: [],
    });
    expect(fitParameters({ size: "{shape}" }, RATIOS).parameters).toEqual({ aspect_ratio: "{shape}" });
    expect(fitParameters({ size: "{shape}" }, SIZES, { valuesAreFinal: true }).parameters).toEqual({});
  });
});

/** The catalogue with Midjourney standing for this model. */
function at(standing: Family["standing"], model: string): ModelCatalogue {
  return {
    ...TEST_CATALOGUE,
    family: (name) => (name === "midjourney" ? { label: "Midjourney", standing } : undefined),
    resolve: (name) => TEST_CATALOGUE.resolve(name === "midjourney" ? model : name),
  };
}

describe("parametersFor", () => {
  const step = { ai_provider: "midjourney", parameters: { size: "640x360", stylize: 3 } };
  test("fits those of a family that stands for a model of the person's choice", () => {
    expect(parametersFor(step, at("chosen", "openai:painter")).parameters).toEqual({ size: "1344x768" });
  });

  test.each([
    ["stands for its own model", "midjourney", at("usual", "openai:painter")],
    ["stands for what is in place of a gateway", "midjourney", at("stand_in", "openai:painter")],
    ["stands for a model that is in no list", "midjourney", at("chosen", "openai:painter-9")],
    ["is a model", "openai:painter", at("chosen", "openai:painter")],
  ])("leaves them alone where the name %s", (_, name, catalogue) => {
    expect(parametersFor({ ...step, ai_provider: name }, catalogue)).toEqual({
      parameters: step.parameters,
      changes: [],
    });
  });
});
