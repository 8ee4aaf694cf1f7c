import type { Language } from "../../errors.ts";
import type { Json } from "../../workflow/values.ts";
import { languageOf, withoutTopic } from "./language.ts";
import { clamp, numberParameter } from "./parameters.ts";

export type TextKind =
  | "article"
  | "chapter"
  | "poem"
  | "haiku"
  | "social"
  | "marketing"
  | "script"
  | "lesson"
  | "picture";

/** What a prompt asks the composer for. */
export interface TextBrief {
  kind: TextKind;
  language: Language;
  /** Of the whole text, without its first line. */
  wordCount: number;
  /** The title of the chapter that the prompt asks for, where it gives one in quotes. */
  askedTitle: string | null;
  /** The prompt without the topic, for what a kind wants to read in it. */
  instructions: string;
}

/** Without accents, in small letters. Where several match, the one that comes first in the prompt decides. */
const KIND_PATTERNS: [TextKind, RegExp][] = [
  ["poem", /\b(poeme|poesie|sonnet|haiku|poem|poetry|quatrain)/],
  ["script", /\b(scenario|script|storyboard|plan-sequence|screenplay|synopsis)/],
  [
    "lesson",
    /\b(lecon|lesson|(?:un|le|ce|mini-?) ?cours\b|(?:a|the|mini|online)[ -]course\b|pedagogi|objectifs? d'apprentissage|learning objective|tutoriel|tutorial)/,
  ],
  [
    "social",
    /\b(reseaux sociaux|social media|publications?\b|posts?\b|linkedin|instagram|tweet|facebook|tiktok)/,
  ],
  ["marketing", /\b(marketing|campagne|campaign|publicit|advert|slogan|argumentaire|pitch|ad copy|copywrit)/],
  [
    "picture",
    /\b(decri\w*|description|describe|imagine|prompt)\b[^.\n]{0,60}\b(image|illustration|visuel|photo|affiche|couverture|picture|visual|cover|poster)/,
  ],
  ["chapter", /\b(redige\w*|ecri\w*|write|compose\w*|draft)\b[^.\n]{0,40}\b(chapitre|chapter)\b/],
  ["article", /\b(redige\w*|ecri\w*|write|compose\w*|draft)\b[^.\n]{0,40}\b(article|essai|essay|blog)/],
];

const USUAL_WORDS: Record<TextKind, number> = {
  article: 350,
  chapter: 350,
  poem: 110,
  haiku: 15,
  social: 210,
  marketing: 150,
  script: 100,
  lesson: 420,
  picture: 70,
};

/** Reads what the prompt asks for. The topic is taken out first: whatever it says, it is never an instruction. */
export function readBrief(prompt: string, topic: string, parameters: Record<string, Json>): TextBrief {
  const instructions = withoutTopic(prompt, topic);
  const plain = instructions.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("’", "'").toLowerCase();
  const kind = kindOf(plain);
  const maxTokens = numberParameter(parameters, "max_output_tokens");
  // French takes about one and a half tokens a word.
  const most = maxTokens === null ? 5_000 : clamp(Math.floor(maxTokens / 1.6), 15, 5_000);
  const wordCount = Math.min(most, askedWords(plain) ?? USUAL_WORDS[kind]);
  const askedTitle = ASKED_TITLE.exec(prompt)?.[1] ?? null;
  return { kind, language: languageOf(instructions, topic), wordCount, askedTitle, instructions };
}

/** What a prompt puts in quotes right behind the word “chapter”. */
const ASKED_TITLE = /\b(?:chapitre|chapter)\b[^«“"\n]{0,40}[«“"]\s*([^»”"\n]{1,200}?)\s*[»”"]/iu;

function kindOf(plain: string): TextKind {
  let best: { kind: TextKind; at: number } = { kind: "article", at: Number.POSITIVE_INFINITY };
  for (const [kind, pattern] of KIND_PATTERNS) {
    const at = pattern.exec(plain)?.index ?? Number.POSITIVE_INFINITY;
    if (at < best.at) best = { kind, at };
  }
  return best.kind === "poem" && /\bhaikus?\b/.test(plain) ? "haiku" : best.kind;
}

const WORDS_PATTERN = /(\d{1,5})(?:\s*(?:a|-|–|to|et|and)\s*(\d{1,5}))?[\s-]*(?:mots?|words?)\b/;
const LIMIT_PATTERN = /(au plus|maximum|max\b|at most|up to|no more than|jusqu'a)/;

/** Words that the prompt asks for; a limit is kept with room to spare. */
function askedWords(plain: string): number | null {
  // "1 200 mots", "1,200 words": a thousand written with its mark.
  const text = plain.replace(/(\d)[\s.,\u202f](?=\d{3}\b)/g, "$1");
  const match = WORDS_PATTERN.exec(text);
  if (match === null) return null;
  const first = Number(match[1]);
  const second = match[2] === undefined ? first : Number(match[2]);
  const around = text.slice(Math.max(0, match.index - 25), match.index + match[0].length + 15);
  const share = LIMIT_PATTERN.test(around) ? 0.85 : 1;
  return clamp(Math.round(((first + second) / 2) * share), 15, 5_000);
}
