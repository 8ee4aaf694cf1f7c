import { describe, expect, test } from "vitest";
import type { ProviderWire } from "../../api/types.ts";
import { priceRows, searchPrices, sourceOf } from "./price-rows.ts";
import { groupProviders, searchProviders } from "./provider-order.ts";

function provider(id: string, rest: Partial<ProviderWire> = {}): ProviderWire {
  return {
    id,
    name: id,
    kind: "vendor",
    documentation: null,
    modalities: ["image"],
    is_configured: false,
    required_settings: [],
    missing_settings: [],
    api_key_setting: `${id.toUpperCase()}_API_KEY`,
    base_url_setting: null,
    host: null,
    key: null,
    calls_at_once: null,
    calls_a_minute: null,
    unlisted: [],
    models: [],
    ...rest,
  };
}

const KEY = {
  variable: "X",
  source: null,
  can_store: true,
  is_stored: true,
  ending: null,
  problem: "damaged" as const,
  stored_at: null,
  key_page: null,
  can_test: true,
};

function wordOf(modality: string): string {
  return modality === "image" ? "Éclair" : modality;
}

describe("the providers of the settings", () => {
  const providers = [
    provider("local", { kind: "built_in", is_configured: true }),
    provider("elevenlabs"),
    provider("openai"),
    provider("fal"),
    provider("suno", { kind: "gateway" }),
    provider("ollama", { kind: "own_machine" }),
    provider("cohere", { is_configured: true }),
    provider("kling", { key: KEY }),
  ];

  test("stand with those in use first, a key that cannot be read among them, then the popular ones", () => {
    const groups = groupProviders(providers).map((one) => [one.group, one.providers.map(({ id }) => id)]);
    expect(groups).toEqual([
      ["inUse", ["cohere", "kling"]],
      ["popular", ["openai", "elevenlabs"]],
      ["others", ["fal"]],
      ["gateways", ["suno"]],
      ["ownMachine", ["ollama"]],
    ]);
  });

  test("are found by name, variable or medium, without accents", () => {
    expect(searchProviders(providers, "OLLAMA_api", wordOf).map(({ id }) => id)).toEqual(["ollama"]);
    expect(searchProviders(providers, " eclair ", wordOf)).toHaveLength(7);
    expect(searchProviders(providers, "nobody", wordOf)).toEqual([]);
  });
});

describe("the prices of the settings", () => {
  const model = {
    modality: "image" as const,
    takes: [],
    requires: [],
    takes_instructions: false,
    parameters: {},
    composed: null,
    status: "live" as const,
    shutdown_date: null,
    replacement: null,
    usual_price: { unit: "image" as const, usd: null, output_usd: null, basis: "unknown" as const },
    prices: [],
  };
  const list = {
    families: [],
    providers: [
      provider("local", { kind: "built_in", models: [{ ...model, id: "local:image" }] }),
      provider("fal", {
        models: [
          { ...model, id: "fal:new" },
          { ...model, id: "fal:old", status: "shut_down" },
        ],
      }),
      provider("comfyui", { kind: "own_machine", models: [{ ...model, id: "comfyui:mine" }] }),
    ],
  };

  test("name every model that runs, and never an unknown price as nothing", () => {
    expect(priceRows(list).map(({ id, without }) => [id, without])).toEqual([
      ["fal:new", "unknown"],
      ["comfyui:mine", "free"],
    ]);
    expect(searchPrices(priceRows(list), "COMFY")).toHaveLength(1);
  });

  test("lead to where they were read, and nowhere else", () => {
    expect(sourceOf("https://www.example.org/prices")).toEqual({
      href: "https://www.example.org/prices",
      text: "example.org",
    });
    expect(sourceOf("javascript:alert(1)")).toEqual({ href: null, text: "javascript:alert(1)" });
    expect(sourceOf("prices.json").href).toBeNull();
  });
});
