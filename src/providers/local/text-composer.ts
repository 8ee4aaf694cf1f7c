import { setTimeout as wait } from "node:timers/promises";
import type { ProviderContext, ProviderOutput, ProviderRequest } from "../provider.ts";
import { openPhraseBook } from "./phrase-book.ts";
import { sampleJson } from "./sample-json.ts";
import type { JsonSchema } from "./sample-schema.ts";
import { seededRandom } from "./seeded-random.ts";
import { readBrief } from "./text-brief.ts";
import { COMPOSERS } from "./text-kinds.ts";

/** Words that appear together while a text is being "written". */
const WORDS_A_CHUNK = 4;
const CHARACTERS_A_TOKEN = 4;

/**
 * Writes a text of the kind, the language and the length that the prompt asks for, and streams it at a pace that a person
 * can follow. Its first paragraph says that no AI model wrote it; JSON by a schema has no place for that.
 * @param charactersPerSecond `Infinity` for at once.
 */
export async function makeText(
  request: ProviderRequest,
  context: ProviderContext,
  charactersPerSecond: number,
): Promise<ProviderOutput> {
  const schema = request.outputSchema;
  const text = schema === null ? composeText(request) : composeJson(schema, request);
  const start = performance.now();
  let sent = 0;
  for (const chunk of chunksOf(text)) {
    context.signal.throwIfAborted();
    context.onText(chunk);
    sent += chunk.length;
    context.onProgress(sent / text.length);
    const aheadMs = (sent / charactersPerSecond) * 1_000 - (performance.now() - start);
    if (aheadMs > 0) await wait(aheadMs, undefined, { signal: context.signal });
  }
  return {
    text,
    files: [],
    usage: {
      inputTokens: Math.ceil(request.prompt.length / CHARACTERS_A_TOKEN),
      outputTokens: Math.ceil(text.length / CHARACTERS_A_TOKEN),
    },
  };
}

function composeJson(schema: JsonSchema, request: Writing): string {
  const { brief, book, random } = openBook(request);
  return JSON.stringify(sampleJson(schema, { book, language: brief.language, random }), null, 2);
}

type Writing = Pick<ProviderRequest, "prompt" | "topic" | "parameters">;

/** The whole text, as Markdown. The same request always gives the same text. */
export function composeText(request: Writing): string {
  const { brief, book, random } = openBook(request);
  const blocks = COMPOSERS[brief.kind](book, brief, random);
  return `${[`*${book.phrases.rehearsal}*`, ...blocks].join("\n\n")}\n`;
}

/** What the request is about, in its language, and the dice that are its own. */
function openBook({ prompt, parameters, topic: givenTopic }: Writing) {
  const topic = givenTopic.trim();
  const brief = readBrief(prompt, topic, parameters);
  const random = seededRandom(`text:${topic}\n${prompt}`);
  const subject = topic === "" ? subjectOf(prompt) : topic;
  return { brief, book: openPhraseBook(brief.language, subject, random), random };
}

/** What a prompt without a topic is about: what stands behind “on”, “about”, « sur »; empty where nothing does. */
function subjectOf(prompt: string): string {
  return /(?:\bsur|à propos de|\babout|\bon)\s+([^.,;:!?\n]{3,80})/iu.exec(prompt)?.[1] ?? "";
}

function chunksOf(text: string): string[] {
  return text.match(new RegExp(`(?:\\S+\\s*){1,${WORDS_A_CHUNK}}`, "gu")) ?? [text];
}
