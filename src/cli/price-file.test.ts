import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LocalText } from "../errors.ts";
import { loadPriceList, pricesOf } from "../pricing/price-list.ts";
import { CommandFailure } from "./command-failure.ts";
import { readPrices } from "./price-file.ts";

const PRICE = { model: "openai:gpt-6.2-sol", unit: "output_token", usd: 1 };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "relais-prices-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

function write(content: unknown): void {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  writeFileSync(path.join(folder, "prices.json"), text);
}

function refusal(): LocalText {
  try {
    readPrices(folder);
  } catch (error) {
    if (error instanceof CommandFailure) return error.detail;
    throw error;
  }
  throw new Error("the prices were taken");
}

describe("prices.json in the data folder", () => {
  test("may be missing", () => {
    expect(readPrices(folder)).toBe(loadPriceList());
  });

  test.each(["openai:gpt-99", "openai:gpt-6.2-sol", "openai-compatible:*", "ollama:a:b"])(
    "may price %s",
    (model) => {
      write({ prices: [{ ...PRICE, model }] });
      expect(pricesOf(readPrices(folder), model, "2026-11-22")).toContainEqual(
        expect.objectContaining({ unit: "output_token", usd: "1" }),
      );
    },
  );

  test("may not price a model of a provider that does not exist", () => {
    write({ prices: [PRICE, { ...PRICE, model: "nope:x" }] });
    const { fr, en } = refusal();
    expect(fr).toContain(
      "(prices[1].model : «\u00a0nope:x\u00a0», alors qu’aucun fournisseur ne s’appelle «\u00a0nope\u00a0»)",
    );
    expect(en).toContain("(prices[1].model: “nope:x”, and no provider is called “nope”)");
  });

  test.each([
    ["{", "ce n’est pas du JSON valide", "it is not valid JSON"],
    [[], "il faut un objet avec une liste « prices »", "it takes an object with a list “prices”"],
    [{}, "il faut un objet avec une liste", "it takes an object with a list"],
    [{ prices: 3 }, "il faut un objet avec une liste", "it takes an object with a list"],
    [{ prices: [], more: 1 }, "pas de champ «\u00a0more\u00a0»", "no field “more” here, but prices"],
    [{ prices: [PRICE, 3] }, "prices[1] : il faut un objet", "prices[1]: it takes an object"],
    [
      { prices: [{ ...PRICE, usd: -1 }] },
      "prices[0].usd : il faut un montant",
      "prices[0].usd: it takes an amount",
    ],
    [{ prices: [{ ...PRICE, usd: undefined }] }, "prices[0].usd : il faut", "prices[0].usd: it takes"],
    [
      { prices: [{ ...PRICE, unit: "word" }] },
      "prices[0].unit : il faut une unité",
      "prices[0].unit: it takes a unit",
    ],
    [
      { prices: [{ ...PRICE, model: "gpt-4" }] },
      "prices[0].model : il faut",
      "prices[0].model: it takes provider:model",
    ],
    [
      { prices: [{ ...PRICE, valid_to: "soon" }] },
      "prices[0].valid_to : il faut un jour",
      "takes a day such as 2026-11-22",
    ],
    [
      { prices: [{ ...PRICE, when: { a: null } }] },
      "prices[0].when : il faut un objet",
      "prices[0].when: it takes an object",
    ],
    [
      { prices: [{ ...PRICE, note: "x" }] },
      "prices[0] : il n’y a pas de champ",
      "prices[0]: there is no field “note” here, but model",
    ],
  ])("is refused in both languages where it is wrong: %j", (content, fr, en) => {
    write(content);
    const sentences = refusal();
    expect(sentences.fr).toContain(fr);
    expect(sentences.en).toContain(en);
    expect(sentences.fr).toContain("Rien n’a été dépensé.");
    expect(sentences.fr).not.toMatch(/expected|received|Invalid|Unexpected|Unrecognized|JSON at/);
  });
});
