import type { Language } from "../../errors.ts";

const STOP_WORDS: Record<Language, ReadonlySet<string>> = {
  fr: new Set(
    "le la les un une des du de et est sont dans pour par sur avec qui que ce cette ces son sa ses au aux en ne pas plus vous nous votre vos il elle mots texte écris rédige décris crée".split(
      " ",
    ),
  ),
  en: new Set(
    "the a an of and is are in for by on with who that this these his her its to not more you we your it as be from or words text write describe create make about into".split(
      " ",
    ),
  ),
};

/** Words in small letters, accents kept, apostrophes as ends of words. */
function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** The same without accents, for looking words up. */
export function plainWordsOf(text: string): string[] {
  return wordsOf(text.normalize("NFD").replace(/\p{M}/gu, ""));
}

/**
 * French or English, by the commonest words of each. French where nothing tells.
 * @param texts tried in turn; the first that tells decides.
 */
export function languageOf(...texts: string[]): Language {
  for (const text of texts) {
    const words = wordsOf(text.slice(0, 20_000));
    const count = (language: Language): number =>
      words.filter((word) => STOP_WORDS[language].has(word)).length;
    // Letters that English does not have count as a word each.
    const french = count("fr") + (text.match(/[éèêàçùœîô]/giu)?.length ?? 0);
    const english = count("en");
    if (french !== english) return french > english ? "fr" : "en";
  }
  return "fr";
}

/** The prompt without the topic, which must never be read as an instruction. */
export function withoutTopic(prompt: string, topic: string): string {
  const trimmed = topic.trim();
  return trimmed === "" ? prompt : prompt.replaceAll(trimmed, " ");
}
