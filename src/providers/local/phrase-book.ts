import type { Language } from "../../errors.ts";
import { PHRASES_EN } from "./phrases-en.ts";
import { PHRASES_FR } from "./phrases-fr.ts";
import type { Phrases } from "./phrases.ts";
import { pick, type Random, shuffled } from "./seeded-random.ts";
import { countWords, topicInText, typeset } from "./typeset.ts";

const PHRASES: Record<Language, Phrases> = { fr: PHRASES_FR, en: PHRASES_EN };

/** Phrases of one language about one topic, handed out in an order that the dice decide, with as few repeats as can be. */
export interface PhraseBook {
  phrases: Phrases;
  /** The topic as a word behind `#`; none where it gives no short word. */
  hashtags: string[];
  /** The phrase with its blanks filled in. */
  write(phrase: string): string;
  /** The next phrase of a list; it starts again, in another order, once all have been said. */
  next(list: readonly [string, ...string[]]): string;
  /** The next phrase of a list that has not been said yet; null once all have been. */
  nextUnsaid(list: readonly [string, ...string[]]): string | null;
  /** Sentences of the lists in turn, about so many words in all; at least one. */
  sentences(lists: readonly (readonly [string, ...string[]])[], wordCount: number): string[];
}

export function openPhraseBook(language: Language, topic: string, random: Random): PhraseBook {
  const phrases = PHRASES[language];
  const shownTopic = topicInText(topic) === "" ? phrases.aboutNothing : topicInText(topic);
  const unsaid = new Map<readonly string[], string[]>();
  const quotedTopic = language === "fr" ? "« {topic} »" : "“{topic}”";
  const write = (phrase: string): string => {
    // A question keeps its mark inside of quotes: "Why is the sky blue?: …" is no title.
    const filled = (/[?!]$/.test(shownTopic) ? phrase.replace(/\{topic\}(?= ?[:,])/, quotedTopic) : phrase)
      .replaceAll("{person}", () => pick(random, phrases.people))
      .replaceAll("{place}", () => pick(random, phrases.places))
      .replaceAll("{object}", () => pick(random, phrases.objects))
      .replaceAll("{moment}", () => pick(random, phrases.moments))
      .replaceAll("{Moment}", () => capitalized(pick(random, phrases.moments)));
    // The topic comes last: what is put in is not looked through again.
    return typeset(filled, language).replaceAll("{topic}", () => shownTopic);
  };
  const next = (list: readonly [string, ...string[]]): string => {
    const left = unsaid.get(list) ?? [];
    if (left.length === 0) left.push(...shuffled(random, list));
    unsaid.set(list, left);
    return write(left.pop() ?? list[0]);
  };
  const nextUnsaid = (list: readonly [string, ...string[]]): string | null =>
    unsaid.get(list)?.length === 0 ? null : next(list);
  const sentences = (lists: readonly (readonly [string, ...string[]])[], wordCount: number): string[] => {
    const said: string[] = [];
    let words = 0;
    for (let turn = 0; ; turn += 1) {
      const list = lists[turn % lists.length];
      if (list === undefined) return said;
      const sentence = next(list);
      const length = countWords(sentence);
      // Stops where one sentence more would end further from the goal than none.
      if (said.length > 0 && words + length / 2 > wordCount) return said;
      said.push(sentence);
      words += length;
    }
  };
  return { phrases, hashtags: hashtagsOf(topic), write, next, nextUnsaid, sentences };
}

export function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

const MAX_HASHTAG_CHARACTERS = 30;

function hashtagsOf(topic: string): string[] {
  const words = topic.slice(0, 200).match(/[\p{L}\p{N}]+/gu) ?? [];
  const tag = words.map((word) => capitalized(word)).join("");
  return tag !== "" && tag.length <= MAX_HASHTAG_CHARACTERS ? [tag] : [];
}
