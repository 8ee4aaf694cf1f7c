import { readFileSync } from "node:fs";
import path from "node:path";
import { ZodError } from "zod";
import { messageOf } from "../errors.ts";
import { parseOwnPrices, withOwnPrices } from "../pricing/own-prices.ts";
import { loadPriceList, type PriceList } from "../pricing/price-list.ts";
import { CommandFailure, EXIT } from "./command-failure.ts";

/**
 * The prices that hold: those that ship with Relais, and before them those of `prices.json` in the data folder, where there
 * is one. @throws CommandFailure where that file cannot be read as prices: a wrong price is worse than none.
 */
export function readPrices(dataFolder: string): PriceList {
  const file = path.join(dataFolder, "prices.json");
  const text = readIfThere(file);
  if (text === null) return loadPriceList();
  try {
    const day = new Date().toISOString().slice(0, 10);
    return withOwnPrices(loadPriceList(), parseOwnPrices(JSON.parse(text), day));
  } catch (error) {
    throw wrongPrices(file, error);
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw wrongPrices(file, error);
  }
}

function wrongPrices(file: string, error: unknown): CommandFailure {
  const issue = error instanceof ZodError ? error.issues[0] : undefined;
  const why = issue ? `${issue.path.join(".")}: ${issue.message}` : messageOf(error);
  const example =
    '{"prices": [{"model": "elevenlabs:eleven_v3", "unit": "character", "usd": "0.18", "per": 1000}]}';
  return new CommandFailure(
    {
      fr: `Les prix de ${file} ne peuvent pas être lus (${why}). Rien n’a été dépensé. Corrigez le fichier ou retirez-le ; un exemple : ${example}`,
      en: `The prices in ${file} cannot be read (${why}). Nothing was spent. Correct the file or remove it; an example: ${example}`,
    },
    EXIT.usage,
  );
}
