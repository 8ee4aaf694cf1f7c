import { describe, expect, test } from "vitest";
import { parseOwnPrices, withOwnPrices } from "../pricing/own-prices.ts";
import { loadPriceList, type PriceList } from "../pricing/price-list.ts";
import { createLocalProvider } from "../providers/local/local.ts";
import type { Provider } from "../providers/provider.ts";
import { createRegistry, type Registry } from "../providers/registry.ts";
import { stepSchema } from "../workflow/definition.ts";
import type { Cost } from "../workflow/money.ts";
import type { PreparedCall } from "../workflow/ports.ts";
import type { Mode } from "../workflow/statuses.ts";
import { isFreeOfCharge } from "./free-model.ts";
import { createStepPort } from "./step-port.ts";

const DAY = "2026-11-22";
const MODEL = "ollama:llama3.2";

const electricity = withOwnPrices(
  loadPriceList(),
  parseOwnPrices(
    { prices: ["input_token", "output_token"].map((unit) => ({ model: "ollama:*", unit, usd: "0.000001" })) },
    DAY,
  ),
);

const ollama: Provider = {
  id: "ollama",
  name: "Ollama",
  submit: () => Promise.reject(new Error("nothing is sent here")),
};

function registryAt(baseUrl: string): Registry {
  const config = { ollama: { apiKey: null, baseUrl } };
  return createRegistry({ providers: [createLocalProvider(), ollama], config });
}

/** A call made ready; nothing is sent. */
function prepared(registry: Registry, prices: PriceList, mode: Mode = "live"): Promise<PreparedCall> {
  const port = createStepPort({ registry, prices, now: () => new Date(`${DAY}T12:00:00Z`) });
  const prompt = "A few words on the sea.";
  return port.prepare({
    step: stepSchema.parse({ step_number: 1, ai_provider: MODEL, prompt }),
    mode,
    prompt,
    parameters: {},
    previousText: null,
    files: [],
    topic: "The sea",
    results: () => Promise.resolve([]),
  });
}

/** What a rehearsed call would have cost live. */
async function rehearsedCost(registry: Registry): Promise<Cost | null | undefined> {
  const call = await prepared(registry, loadPriceList(), "rehearsal");
  const submission = await call.submit({
    signal: new AbortController().signal,
    idempotencyKey: "attempt-1",
    onText: () => {},
    onProgress: () => {},
    readFile: () => Promise.reject(new Error("no files here")),
    copyFile: () => Promise.reject(new Error("nothing is copied")),
  });
  return submission.state === "done" ? submission.output.liveCost : undefined;
}

describe("a model on one's own machine", () => {
  const nearby = registryAt("http://127.0.0.1:11434");
  const elsewhere = registryAt("https://ollama.example.com");

  test("costs nothing, also when it is broken off", async () => {
    const call = await prepared(nearby, loadPriceList());
    expect(call.worstCase).toEqual({ nanoUsd: 0, basis: "free" });
    expect(call.costOfAborted("half a te")).toEqual({ nanoUsd: 0, basis: "free" });
    expect(call.performedBy).toBe(MODEL);
  });

  test("has no known price elsewhere, which is not $0", async () => {
    const call = await prepared(elsewhere, loadPriceList());
    expect(call.worstCase).toEqual({ nanoUsd: null, basis: "unknown" });
    expect(call.costOfAborted("half a te")).toEqual({ nanoUsd: null, basis: "unknown" });
  });

  test("costs what the person says it costs", async () => {
    expect(isFreeOfCharge(MODEL, { registry: nearby, prices: loadPriceList(), day: DAY })).toBe(true);
    expect(isFreeOfCharge(MODEL, { registry: nearby, prices: electricity, day: DAY })).toBe(false);
    const call = await prepared(nearby, electricity);
    expect(call.costOfAborted("half a te").basis).toBe("estimated");
  });

  test("would cost nothing live either, where it is rehearsed", async () => {
    expect(await rehearsedCost(nearby)).toEqual({ nanoUsd: 0, basis: "free" });
    expect(await rehearsedCost(elsewhere)).toEqual({ nanoUsd: null, basis: "unknown" });
  });
});
