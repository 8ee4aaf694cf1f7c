import { describe, expect, test } from "vitest";
import { createRegistry } from "../providers/registry.ts";
import { ProviderFailure } from "../workflow/ports.ts";
import { holdKey } from "./held-key.ts";

const context = {
  signal: new AbortController().signal,
  idempotencyKey: "1",
  onText: () => undefined,
  onProgress: () => undefined,
  readFile: () => Promise.reject(new Error("there is no file")),
  copyFile: () => Promise.reject(new Error("there is no file")),
};

/** A registry whose key of Runway is what was given last. */
function registryWith(first: string) {
  const keys = { runway: first };
  const ring = {
    keyOf: (variable: string) => (variable === "RUNWAYML_API_SECRET" ? keys.runway : null),
    refresh: () => Promise.resolve(),
  };
  return { keys, registry: createRegistry({ providers: [], config: {}, keys: ring }) };
}

const refusal = (code: "auth" | "unavailable") =>
  new ProviderFailure({ code, billed: "no", detail: { fr: "Non.", en: "No." } });

describe("the key of a job", () => {
  test("is the one that bought it, although another was given since", async () => {
    const { keys, registry } = registryWith("first-key");
    const held = holdKey(registry, "runway");
    keys.runway = "second-key";
    expect(held.contextOf(context).config.apiKey).toBe("first-key");
    const asked = await held.ask(context, ({ config }) => Promise.resolve(config.apiKey));
    expect(asked).toBe("first-key");
  });

  test("is the new one where the vendor does not take the old one any more", async () => {
    const { keys, registry } = registryWith("first-key");
    const held = holdKey(registry, "runway");
    const used: (string | null)[] = [];
    const ask = () =>
      held.ask(context, ({ config }) => {
        used.push(config.apiKey);
        return config.apiKey === "first-key" ? Promise.reject(refusal("auth")) : Promise.resolve("done");
      });
    await expect(ask()).rejects.toThrow("No.");
    keys.runway = "second-key";
    expect(await ask()).toBe("done");
    expect(used).toEqual(["first-key", "first-key", "second-key"]);
  });

  test("stays the old one where anything else fails", async () => {
    const { keys, registry } = registryWith("first-key");
    const held = holdKey(registry, "runway");
    keys.runway = "second-key";
    let asked = 0;
    const ask = held.ask(context, () => {
      asked += 1;
      return Promise.reject(refusal("unavailable"));
    });
    await expect(ask).rejects.toThrow("No.");
    expect(asked).toBe(1);
  });
});
