import { describe, expect, test } from "vitest";
import type { Modality } from "../../../../src/workflow/media.ts";
import { findEntries, paletteEntries, type PaletteEntry, type WordsOf } from "./palette-search.ts";

function entry(value: string, modality: Modality, changes: Partial<PaletteEntry> = {}): PaletteEntry {
  return {
    value,
    label: value,
    modality,
    group: modality,
    provider: "OpenAI",
    isFamily: false,
    isComposed: false,
    isUnofficial: false,
    isLocal: false,
    isTrial: false,
    price: null,
    takes: [],
    missing: null,
    missingSettings: [],
    shutdownDate: null,
    isGone: false,
    replacement: null,
    note: null,
    words: [],
    ...changes,
  };
}

const ENTRIES = [
  entry("gpt-4", "text", { label: "GPT-4", isFamily: true }),
  entry("dall-e", "image", { label: "DALL-E", isFamily: true, missing: "key" }),
  entry("elevenlabs", "speech", { label: "ElevenLabs", isFamily: true, provider: "ElevenLabs" }),
  entry("captions", "document", {
    label: "Captions",
    isFamily: true,
    isComposed: true,
    group: "composed",
    provider: "Relais",
  }),
  entry("openai:gpt-6.2-sol", "text"),
  entry("groq:whisper", "transcript", { provider: "Groq", missing: "key" }),
  entry("deepgram:nova", "transcript", { provider: "Deepgram" }),
  entry("openai:whisper", "transcript", { missing: "key" }),
];
const MEDIUM: Record<string, string> = { speech: "Voix", text: "Texte", transcript: "Transcription" };
const WORDS: Record<string, string> = {
  speech: "narration lire à voix haute",
  text: "écrire",
  captions: "Sous-titres d’une voix",
  transcript: "épeler",
};

const wordsOf: WordsOf = ({ group, value }) => ({
  medium: MEDIUM[group] ?? "",
  others: `${WORDS[group] ?? ""} ${WORDS[value] ?? ""}`,
});

function found(query: string): string[] {
  return findEntries(ENTRIES, query, wordsOf).map(({ value }) => value);
}

describe("the search for a step", () => {
  test("finds by name, vendor, medium and what it does", () => {
    expect(found("dall")).toEqual(["dall-e"]);
    expect(found("6.2")).toEqual(["openai:gpt-6.2-sol"]);
    expect(found("deepgram")).toEqual(["deepgram:nova"]);
    expect(found("sous-titres")).toEqual(["captions"]);
    expect(found("transcription groq")).toEqual(["groq:whisper"]);
    expect(found("rien de tel")).toEqual([]);
  });

  test("goes by neither accents nor capitals", () => {
    expect(found("EPELER deep")).toEqual(["deepgram:nova"]);
    expect(found("écrire gpt-4")).toEqual(["gpt-4"]);
  });

  test("puts the family first, and what lacks its key after what does not", () => {
    expect(found("gpt")).toEqual(["gpt-4", "openai:gpt-6.2-sol"]);
    expect(found("transcription")).toEqual(["deepgram:nova", "groq:whisper", "openai:whisper"]);
  });

  test("puts what makes a medium before what is made of it", () => {
    expect(found("voix")).toEqual(["elevenlabs", "captions"]);
    // Not even a missing key puts it below what is free and only described with the word.
    const keyless = [
      entry("dia", "speech", { missing: "key" }),
      ...ENTRIES.filter((each) => each.isComposed),
    ];
    expect(findEntries(keyless, "voix", wordsOf)[0]?.value).toBe("dia");
  });

  test("begins with the names that people know, and with two models of what has none", () => {
    expect(found("")).toEqual(["gpt-4", "dall-e", "elevenlabs", "deepgram:nova", "groq:whisper", "captions"]);
    expect(found("  -")).toEqual(found(""));
  });
});

describe("the entries", () => {
  test("are none before the list is there", () => {
    expect(paletteEntries(undefined)).toEqual([]);
  });
});
