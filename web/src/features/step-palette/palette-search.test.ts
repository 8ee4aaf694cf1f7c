import { describe, expect, test } from "vitest";
import type { Modality } from "../../../../src/workflow/media.ts";
import { findEntries, paletteEntries, type PaletteEntry } from "./palette-search.ts";

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
const WORDS: Record<string, string> = {
  speech: "Voix narration lire à voix haute",
  text: "Texte écrire",
  captions: "Sous-titres",
  transcript: "Transcription épeler",
};

function found(query: string): string[] {
  return findEntries(ENTRIES, query, ({ group, value }) => `${WORDS[group] ?? ""} ${WORDS[value] ?? ""}`).map(
    ({ value }) => value,
  );
}

describe("the search for a step", () => {
  test("finds by name, vendor, medium and what it does", () => {
    expect(found("dall")).toEqual(["dall-e"]);
    expect(found("6.2")).toEqual(["openai:gpt-6.2-sol"]);
    expect(found("deepgram")).toEqual(["deepgram:nova"]);
    expect(found("voix")).toEqual(["elevenlabs"]);
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
