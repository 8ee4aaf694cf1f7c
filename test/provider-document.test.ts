import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { providerDocument } from "../scripts/provider-document.ts";
import { MODELS, PROVIDER_SETTINGS } from "../src/providers/catalogue-data.ts";

const DOCUMENT = readFileSync(new URL("../docs/providers.md", import.meta.url), "utf8");

describe("docs/providers.md", () => {
  test("is what npm run docs writes", () => {
    expect(DOCUMENT).toBe(providerDocument());
  });

  test.each(PROVIDER_SETTINGS.filter(({ kind }) => kind !== "built_in"))(
    "lists $id with its settings",
    (one) => {
      expect(DOCUMENT).toContain(`| \`${one.id}\` `);
      for (const name of [one.settings.apiKey, one.settings.baseUrl])
        expect(DOCUMENT).toContain(`\`${name}\``);
    },
  );

  test("lists every model", () => {
    expect(MODELS.filter(({ id }) => !DOCUMENT.includes(`\`${id}\``))).toEqual([]);
  });
});
