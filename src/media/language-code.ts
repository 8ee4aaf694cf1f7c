/** Languages as files name them (ISO 639-2), for those that Relais speaks and its voices are asked for most. */
const CODES: ReadonlyMap<string, string> = new Map([
  ["fr", "fra"],
  ["en", "eng"],
  ["de", "deu"],
  ["es", "spa"],
  ["it", "ita"],
  ["pt", "por"],
  ["nl", "nld"],
  ["ar", "ara"],
  ["zh", "zho"],
  ["ja", "jpn"],
]);

/** The code of a language as people write it (`fr`, `fr-FR`); undefined where it is none of those. */
export function languageCode(language: string): string | undefined {
  return CODES.get(language.split("-", 1)[0]?.trim().toLowerCase() ?? "");
}
