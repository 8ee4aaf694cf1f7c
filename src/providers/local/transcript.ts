import { inspectFile } from "../../media/inspect.ts";
import { spreadWords } from "../../media/word-times.ts";
import { ProviderFailure } from "../../workflow/ports.ts";
import type { ProviderOutput, ProviderRequest } from "../provider.ts";
import { languageOf } from "./language.ts";
import { clamp } from "./parameters.ts";
import { openPhraseBook } from "./phrase-book.ts";
import { seededRandom } from "./seeded-random.ts";
import { countWords, withoutEscapes } from "./typeset.ts";

const WORDS_PER_SECOND = 2.5;
/** Where the length of a sound cannot be read. */
const USUAL_SECONDS = 30;
const MAX_WORDS = 20_000;

/**
 * Stands in for a transcript: nothing here listens, and the text says so. It is as long as somebody would speak in the time
 * that the sound takes, its words spread over it. `language` is fr, en or else found by the topic.
 */
export async function makeTranscript(request: ProviderRequest): Promise<ProviderOutput> {
  const { audio, parameters, prompt, topic } = request;
  if (audio === null) {
    throw new ProviderFailure({
      code: "bad_request",
      billed: "no",
      detail: {
        fr: "Il n’y a aucun son à transcrire. Rien n’a été facturé\u202f; donnez à cette étape le résultat d’une étape qui en produit un.",
        en: "There is no sound to transcribe. Nothing was billed; give this step the result of a step that makes one.",
      },
    });
  }
  const { durationSeconds } = await inspectFile({ bytes: audio.bytes });
  const asked = parameters.language;
  const language = asked === "fr" || asked === "en" ? asked : languageOf(topic, prompt);
  const book = openPhraseBook(language, topic, seededRandom(`transcript:${topic}\n${prompt}`));
  const { transcriptRehearsal, intros, ideas, examples, nuances } = book.phrases;
  const label = book.write(transcriptRehearsal);
  const wordCount = clamp((durationSeconds ?? USUAL_SECONDS) * WORDS_PER_SECOND, 0, MAX_WORDS);
  const left = wordCount - countWords(label);
  const spoken = left > 0 ? book.sentences([intros, ideas, examples, nuances], left) : [];
  const text = withoutEscapes([label, ...spoken].join(" "));
  return {
    text,
    files: [],
    usage: durationSeconds === undefined ? {} : { audioSeconds: durationSeconds },
    ...(durationSeconds !== undefined && { words: spreadWords(text, durationSeconds) }),
  };
}
