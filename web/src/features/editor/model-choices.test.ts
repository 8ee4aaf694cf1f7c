import { describe, expect, test } from "vitest";
import type { ProviderList, ProviderWire } from "../../api/types.ts";
import { needOf } from "../../catalogue.ts";
import { choiceGroups, choicesOf, isFound } from "./model-choices.ts";

function provider(id: string, rest: Partial<ProviderWire>): ProviderWire {
  return {
    id,
    name: id,
    kind: "vendor",
    documentation: null,
    modalities: ["text"],
    is_configured: false,
    required_settings: ["X_API_KEY"],
    missing_settings: ["X_API_KEY"],
    api_key_setting: "X_API_KEY",
    base_url_setting: "X_BASE_URL",
    host: null,
    key: null,
    calls_at_once: null,
    calls_a_minute: null,
    unlisted: [],
    models: [
      {
        id: `${id}:m`,
        modality: "text",
        takes: [],
        takes_instructions: false,
        requires: [],
        parameters: {},
        composed: null,
        status: "live",
        shutdown_date: null,
        replacement: null,
        usual_price: { unit: "million_tokens", usd: null, output_usd: null, basis: "unknown" },
        prices: [],
      },
    ],
    ...rest,
  };
}

const own = { required_settings: ["X_BASE_URL"], missing_settings: ["X_BASE_URL"] };

describe("needOf", () => {
  test.each([
    [provider("vendor", {}), "key"],
    [provider("server", own), "address"],
    [provider("local", { required_settings: [], missing_settings: [] }), null],
  ])("says what a provider cannot be called without", (one, need) => {
    expect(needOf(one)).toBe(need);
  });
});

describe("choicesOf", () => {
  const list: ProviderList = {
    providers: [
      provider("vendor", {}),
      provider("server", own),
      provider("ready", { is_configured: true, missing_settings: [] }),
    ],
    families: [
      {
        id: "suno",
        label: "Suno",
        model: "server:not-listed",
        modality: "music",
        note: null,
        standing: "chosen",
        is_configured: false,
      },
    ],
  };

  test("tell a missing address from a missing key, for families too", () => {
    const missing = Object.fromEntries(choicesOf(list).map((choice) => [choice.value, choice.missing]));
    expect(missing).toEqual({ suno: "address", "vendor:m": "key", "server:m": "address", "ready:m": null });
  });

  test("tell what only rehearses from what Relais composes, and from servers of one's own", () => {
    const [model] = provider("local", {}).models;
    const composed = { ...model!, id: "local:ebook", composed: { prompt: { fr: "", en: "" } } };
    const trials = choicesOf({
      providers: [
        provider("local", { kind: "built_in", models: [model!, composed] }),
        provider("mine", { kind: "own_machine" }),
      ],
      families: [],
    }).filter(({ isTrial }) => isTrial);
    expect(trials.map(({ value }) => value)).toEqual(["local:m"]);
  });
});

describe("the list of models", () => {
  const [model] = provider("vendor", {}).models;
  const old = {
    ...model!,
    id: "vendor:old",
    status: "shut_down" as const,
    shutdown_date: "2026-10-01",
    replacement: "vendor:m",
  };
  const choices = choicesOf({
    providers: [
      provider("vendor", { name: "Véga", models: [model!, old] }),
      provider("other", { name: "Other" }),
    ],
    families: [
      {
        id: "gpt-4",
        label: "GPT-4",
        model: "vendor:m",
        modality: "text",
        note: null,
        standing: "usual",
        is_configured: false,
      },
    ],
  });
  const shown = (recent: string[]) =>
    choiceGroups(choices, recent).map(({ kind, items }) => [kind, items.map(({ value }) => value)]);
  const found = (search: string) => choices.filter((one) => isFound(one, search)).map(({ value }) => value);

  test("has those used last first, each model once, known names before vendors, what has gone at the end", () => {
    expect(shown([])).toEqual([
      ["names", ["gpt-4"]],
      ["provider", ["vendor:m"]],
      ["provider", ["other:m"]],
      ["gone", ["vendor:old"]],
    ]);
    expect(shown(["other:m", "vendor:old", "nobody:m"])).toEqual([
      ["recent", ["other:m"]],
      ["names", ["gpt-4"]],
      ["provider", ["vendor:m"]],
      ["gone", ["vendor:old"]],
    ]);
  });

  test("is searched by name, vendor and family, without accents; what has gone only by its name", () => {
    expect(found("")).toEqual(["gpt-4", "vendor:m", "other:m"]);
    expect(found("vega")).toEqual(["gpt-4", "vendor:m", "vendor:old"]);
    expect(found("GPT 4")).toEqual(["gpt-4", "vendor:m"]);
    expect(found("gpt claude")).toEqual([]);
    expect(found("old")).toEqual(["vendor:old"]);
  });

  test("says what a model that has gone is replaced by", () => {
    expect(choices.find(({ value }) => value === "vendor:old")).toMatchObject({
      isGone: true,
      replacement: "vendor:m",
      shutdownDate: "2026-10-01",
    });
  });
});
