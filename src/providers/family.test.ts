import { describe, expect, test } from "vitest";
import { parametersFor, takesValue } from "../workflow/fitted-parameters.ts";
import { localizeTemplate, TEMPLATES } from "../workflow/templates.ts";
import { checkWorkflow } from "../workflow/validation.ts";
import { FAMILIES, MODELS } from "./catalogue-data.ts";
import { createRegistry, type Registry } from "./registry.ts";

const GATEWAY = { apiKey: null, baseUrl: "http://127.0.0.1:8080/mj" };

function modelOf(family: string, options: Partial<Parameters<typeof createRegistry>[0]> = {}) {
  const registry = createRegistry({ providers: [], config: {}, ...options });
  return registry.families().find(({ id }) => id === family);
}

describe("a family with a stand-in", () => {
  test("stands for the official model while no gateway is set, and says so", () => {
    const family = modelOf("midjourney");
    expect(family?.model).toBe("black-forest-labs:flux-pro-1.1");
    expect(family?.note?.en).toContain("Midjourney → FLUX 1.1 Pro");
    expect(family?.standing).toBe("stand_in");
  });

  test("stands for the gateway where one is set, and calls it unofficial", () => {
    const family = modelOf("midjourney", { config: { midjourney: GATEWAY } });
    expect(family?.model).toBe("midjourney:imagine");
    expect(family?.note?.en).toContain("unofficial");
    expect(family?.standing).toBe("usual");
  });

  test("stands for what the person chose, whatever is set", () => {
    const families = { midjourney: "openai:gpt-image-2" };
    const config = { midjourney: GATEWAY };
    const family = modelOf("midjourney", { config, families });
    expect(family?.model).toBe("openai:gpt-image-2");
    expect(family?.note?.en).toContain("RELAIS_FAMILIES");
    expect(family?.standing).toBe("chosen");
  });

  test("is held to its parameters where the person chose what it stands for anyway", () => {
    for (const [model, standing] of [
      ["midjourney:imagine", "usual"],
      ["black-forest-labs:flux-pro-1.1", "stand_in"],
    ] as const) {
      expect(modelOf("midjourney", { families: { midjourney: model } })?.standing).toBe(standing);
    }
  });

  test("has a stand-in that is a live model of the same kind", () => {
    const registry = createRegistry({ providers: [], config: {} });
    for (const { model, fallback } of FAMILIES) {
      if (fallback === null) continue;
      const other = registry.resolve(fallback.model);
      expect(other?.status).toBe("live");
      expect(other?.modality).toBe(registry.resolve(model)?.modality);
    }
  });
});

const TODAY = { today: "2026-11-22" };
const STEPS = TEMPLATES.map((template) => localizeTemplate(template, "en"));

/** What is wrong with the parameters of the templates, and what their models would get that they do not take. */
function parameterFaults(registry: Registry): string[] {
  return STEPS.flatMap((definition) => {
    const { problems } = checkWorkflow(definition, registry, TODAY);
    const refused = problems.flatMap(({ path, message }) => (path.includes(".parameters") ? message.en : []));
    const unfit = definition.steps.flatMap((step) => {
      const specs = registry.resolve(step.ai_provider)?.parameters ?? {};
      return Object.entries(parametersFor(step, registry).parameters).flatMap(([name, value]) => {
        const spec = specs[name];
        return spec && takesValue(spec, value) ? [] : `${name} ${JSON.stringify(value)}`;
      });
    });
    return [...refused, ...unfit];
  });
}

describe("a template", () => {
  test("needs no change for the models that families usually stand for, and those in place of gateways", () => {
    for (const config of [{}, { midjourney: GATEWAY }]) {
      const registry = createRegistry({ providers: [], config });
      expect(parameterFaults(registry)).toEqual([]);
    }
  });

  const composed = new Set(MODELS.filter((model) => model.composed).map(({ id }) => id));

  test.each(FAMILIES.filter(({ model }) => !composed.has(model)).map(({ id }) => id))(
    "fails for no parameter, whatever model of the same kind stands for %s",
    (id) => {
      const { model: usual } = FAMILIES.find((family) => family.id === id) ?? { model: "" };
      const modality = MODELS.find((model) => model.id === usual)?.modality;
      const others = MODELS.filter((model) => model.modality === modality && model.status !== "shut_down");
      expect(others.length).toBeGreaterThan(3);
      const faults = others.flatMap((other) => {
        const registry = createRegistry({ providers: [], config: {}, families: { [id]: other.id } });
        return parameterFaults(registry).map((fault) => `${other.id}: ${fault}`);
      });
      expect(faults).toEqual([]);
    },
  );

  test("keeps its wide picture where Midjourney stands for GPT Image 2, and says so", () => {
    const families = { midjourney: "openai:gpt-image-2" };
    const registry = createRegistry({ providers: [], config: {}, families });
    const warnings = STEPS.flatMap((steps) => checkWorkflow(steps, registry, TODAY).warnings);
    const about = warnings.filter(({ path }) => path === "steps[1].parameters.size");
    expect(about.map(({ message }) => message.en)).toEqual([
      "Midjourney stands for openai:gpt-image-2, which takes no size “1344x768”: “1792x1024” is used.",
      "Midjourney stands for openai:gpt-image-2, which takes no size “1344x768”: “1792x1024” is used.",
    ]);
  });
});
