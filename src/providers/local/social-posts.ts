import type { PhraseBook } from "./phrase-book.ts";
import { type Random, shuffled } from "./seeded-random.ts";
import type { TextBrief } from "./text-brief.ts";
import { countWords } from "./typeset.ts";

interface Network {
  name: string;
  pattern: RegExp;
  words: number;
  /** Of a post without its hashtags; some less than the network allows. */
  maxCharacters: number;
  hashtags: number;
  endsWithQuestion: boolean;
}

const NETWORKS: readonly Network[] = [
  {
    name: "LinkedIn",
    pattern: /\blinkedin\b/i,
    words: 80,
    maxCharacters: 2_900,
    hashtags: 3,
    endsWithQuestion: true,
  },
  {
    name: "Instagram",
    pattern: /\binstagram\b/i,
    words: 55,
    maxCharacters: 2_100,
    hashtags: 5,
    endsWithQuestion: false,
  },
  {
    name: "X",
    pattern: /\b(?:X|[Tt]witter|[Tt]weets?)\b/,
    words: 32,
    maxCharacters: 260,
    hashtags: 0,
    endsWithQuestion: false,
  },
  {
    name: "Facebook",
    pattern: /\bfacebook\b/i,
    words: 55,
    maxCharacters: 5_000,
    hashtags: 0,
    endsWithQuestion: true,
  },
  {
    name: "TikTok",
    pattern: /\btiktok\b/i,
    words: 40,
    maxCharacters: 2_000,
    hashtags: 3,
    endsWithQuestion: false,
  },
  {
    name: "Threads",
    pattern: /\bthreads\b/i,
    words: 40,
    maxCharacters: 480,
    hashtags: 0,
    endsWithQuestion: true,
  },
];

/**
 * A post for each network that the prompt names, or for the four usual ones. Each opens with the topic, and no sentence
 * is said twice.
 */
export function composeSocial(book: PhraseBook, { instructions }: TextBrief, random: Random): string[] {
  const named = NETWORKS.filter(({ pattern }) => pattern.test(instructions));
  const networks = named.length > 0 ? named : NETWORKS.slice(0, 4);
  return networks.flatMap((network) => {
    const tags = [...book.hashtags, ...shuffled(random, book.phrases.hashtags)].slice(0, network.hashtags);
    const hashtags = tags.map((tag) => `#${tag}`).join(" ");
    const post = composePost(book, network, lengthOf(network, instructions));
    return [`## ${network.name}`, post, hashtags].filter((block) => block !== "");
  });
}

interface PostLength {
  words: number;
  maxCharacters: number;
}

/** As much of what is still unsaid as fits; at least the opening. */
function composePost(book: PhraseBook, network: Network, { words, maxCharacters }: PostLength): string {
  const { postOpenings, posts, nuances, questions } = book.phrases;
  const opening = book.next(postOpenings);
  const question = network.endsWithQuestion ? (book.nextUnsaid(questions) ?? "") : "";
  let post = opening;
  const ended = (body: string): string => (question === "" ? body : `${body} ${question}`);
  for (;;) {
    const sentence = book.nextUnsaid(posts) ?? book.nextUnsaid(nuances);
    if (sentence === null) break;
    const longer = ended(`${post} ${sentence}`);
    const isTooLong = countWords(longer) - countWords(sentence) / 2 > words;
    if (isTooLong || longer.length > maxCharacters) break;
    post = `${post} ${sentence}`;
  }
  return ended(post).length <= maxCharacters ? ended(post) : post;
}

const CHARACTERS_A_WORD = 6.5;

/** What the prompt says behind the network's name on the same line, or what is usual there. */
function lengthOf(network: Network, instructions: string): PostLength {
  const line = instructions.split("\n").find((candidate) => network.pattern.test(candidate)) ?? "";
  const match = /(\d{2,4})\s*(mots|words|caractères|characters)/i.exec(
    line.slice(line.search(network.pattern)),
  );
  if (match === null) return network;
  const asked = Number(match[1]);
  if (!/^c/i.test(match[2] ?? "")) return { words: asked, maxCharacters: network.maxCharacters };
  return { words: Math.floor(asked / CHARACTERS_A_WORD), maxCharacters: asked };
}
