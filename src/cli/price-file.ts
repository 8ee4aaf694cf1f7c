import { readFileSync } from "node:fs";
import path from "node:path";
import { ZodError } from "zod";
import type { LocalText } from "../errors.ts";
import { today } from "../http/today.ts";
import { parseOwnPrices, withOwnPrices } from "../pricing/own-prices.ts";
import { loadPriceList, type Price, type PriceList } from "../pricing/price-list.ts";
import { PROVIDER_SETTINGS } from "../providers/registry.ts";
import { CommandFailure, EXIT } from "./command-failure.ts";
import { priceProblem, unknownProvider } from "./price-problem.ts";

/**
 * The prices that hold: those that ship with Relais, and before them those of `prices.json` in the data folder, where there
 * is one. @throws CommandFailure where that file cannot be read as prices: a wrong price is worse than none.
 */
export function readPrices(dataFolder: string): PriceList {
  const file = path.join(dataFolder, "prices.json");
  const text = readIfThere(file);
  if (text === null) return loadPriceList();
  const own = parse(file, text);
  // A model that is not listed may be newer than Relais; a provider that is not known is a slip, and its price never used.
  const known = new Set(PROVIDER_SETTINGS.map(({ id }) => id));
  const stray = own.findIndex(({ model }) => !known.has(model.slice(0, model.indexOf(":"))));
  const strayPrice = own[stray];
  if (strayPrice) throw wrongPrices(file, unknownProvider(stray, strayPrice.model));
  return withOwnPrices(loadPriceList(), own);
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ENOENT") return null;
    throw wrongPrices(file, {
      fr: `le système refuse de l’ouvrir (${code})`,
      en: `the system refuses to open it (${code})`,
    });
  }
}

function parse(file: string, text: string): Price[] {
  try {
    return parseOwnPrices(JSON.parse(text), today());
  } catch (error) {
    if (error instanceof ZodError) throw wrongPrices(file, priceProblem(error));
    if (!(error instanceof SyntaxError)) throw error;
    throw wrongPrices(file, { fr: "ce n’est pas du JSON valide", en: "it is not valid JSON" });
  }
}

function wrongPrices(file: string, why: LocalText): CommandFailure {
  const example =
    '{"prices": [{"model": "elevenlabs:eleven_v3", "unit": "character", "usd": "0.18", "per": 1000}]}';
  return new CommandFailure(
    {
      fr: `Les prix de ${file} ne peuvent pas être lus (${why.fr}). Rien n’a été dépensé. Corrigez le fichier ou retirez-le ; un exemple : ${example}`,
      en: `The prices in ${file} cannot be read (${why.en}). Nothing was spent. Correct the file or remove it; an example: ${example}`,
    },
    EXIT.usage,
  );
}
