import { describe, expect, test } from "vitest";
import { FAMILIES } from "./catalogue-data.ts";
import { createRegistry } from "./registry.ts";

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
  });

  test("stands for the gateway where one is set, and calls it unofficial", () => {
    const family = modelOf("midjourney", { config: { midjourney: GATEWAY } });
    expect(family?.model).toBe("midjourney:imagine");
    expect(family?.note?.en).toContain("unofficial");
  });

  test("stands for what the person chose, whatever is set", () => {
    const families = { midjourney: "openai:gpt-image-2" };
    const config = { midjourney: GATEWAY };
    const family = modelOf("midjourney", { config, families });
    expect(family?.model).toBe("openai:gpt-image-2");
    expect(family?.note?.en).toContain("RELAIS_FAMILIES");
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
