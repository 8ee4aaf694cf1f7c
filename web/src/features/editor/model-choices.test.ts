import { describe, expect, test } from "vitest";
import type { ProviderList, ProviderWire } from "../../api/types.ts";
import { needOf } from "../../catalogue.ts";
import { choicesOf } from "./model-choices.ts";

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
});
