import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { providerListSchema } from "../../src/http/provider-schemas.ts";
import { createRegistry } from "../../src/providers/registry.ts";
import type { ModelCatalogue } from "../../src/workflow/models.ts";
import { catalogueOf, isUnlisted } from "../../web/src/catalogue.ts";
import { startRelais, type RelaisServer } from "../support/relais-process.ts";

const registry = createRegistry({ providers: [], config: {} });
const dataFolder = mkdtempSync(path.join(tmpdir(), "relais-catalogue-"));
let server: RelaisServer;
let page: ModelCatalogue;

beforeAll(async () => {
  server = await startRelais({ dataFolder });
  const response = await fetch(`${server.url}/api/combinations/providers`);
  page = catalogueOf(providerListSchema.parse(await response.json()));
});
afterAll(async () => {
  await server.kill();
  rmSync(dataFolder, { recursive: true });
});

describe("the catalogue of the page", () => {
  test("knows every name that the server knows, as the same thing", () => {
    expect(page.names().toSorted()).toEqual(registry.names().toSorted());
    for (const name of registry.names()) {
      const { id, modality } = page.resolve(name) ?? {};
      expect(page.family(name)?.standing).toBe(registry.family(name)?.standing);
      const known = registry.resolve(name);
      expect({ name, id, modality }).toEqual({ name, id: known?.id, modality: known?.modality });
    }
  });

  test.each([
    "openai:gpt-9-nova",
    "openai:llama3.2",
    "openai:kokoro",
    "openai:gpt-9-mini-tts",
    "openai:dall-e-9",
    "openai:whisper-9",
    "openai:text-embedding-9",
    "openai:",
    "openai:two words",
    "anthropic:claude-9",
    "elevenlabs:eleven_v9",
    "runway:gen9",
    "local:text9",
    "nobody:gpt-4",
    "gpt-9",
    ":gpt-9",
    "",
  ])("takes or refuses %j, which is in no list, as the server does", (name) => {
    const seen = page.resolve(name);
    const known = registry.resolve(name);
    expect(seen && { id: seen.id, provider: seen.provider, modality: seen.modality }).toEqual(
      known && { id: known.id, provider: known.provider, modality: known.modality },
    );
    expect(seen === undefined || isUnlisted(seen, page)).toBe(true);
  });
});
