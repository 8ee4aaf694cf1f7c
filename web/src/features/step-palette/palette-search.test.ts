import { describe, expect, test } from "vitest";
import type { Modality } from "../../../../src/workflow/media.ts";
import { findEntries, paletteEntries, type PaletteEntry } from "./palette-search.ts";
import { shortPrice } from "./model-price.ts";

function entry(value: string, modality: Modality, changes: Partial<PaletteEntry> = {}): PaletteEntry {
  return {
    value,
    label: value,
    modality,
    group: modality,
    vendor: "OpenAI",
    isFamily: false,
    isComposed: false,
    isUnofficial: false,
    missing: null,
    shutdownDate: null,
    note: null,
    price: null,
    ...changes,
  };
}

const ENTRIES = [
  entry("gpt-4", "text", { label: "GPT-4", isFamily: true }),
  entry("dall-e", "image", { label: "DALL-E", isFamily: true, missing: "key" }),
  entry("elevenlabs", "speech", { label: "ElevenLabs", isFamily: true, vendor: "ElevenLabs" }),
  entry("captions", "document", {
    label: "Captions",
    isFamily: true,
    isComposed: true,
    group: "composed",
    vendor: "Relais",
  }),
  entry("openai:gpt-6.2-sol", "text"),
  entry("groq:whisper", "transcript", { vendor: "Groq", missing: "key" }),
  entry("deepgram:nova", "transcript", { vendor: "Deepgram" }),
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

function price(unit: string, usd: number, per = 1) {
  return { unit, usd, per, condition: null, source: "", checked: "" };
}

describe("the short price", () => {
  test("is by what people count", () => {
    expect(shortPrice([price("audio_second", 3, 3_600)])).toMatchObject({ unit: "minute", usd: 0.05 });
    expect(shortPrice([price("character", 30, 1_000_000)])).toMatchObject({ unit: "characters", usd: 0.03 });
    expect(shortPrice([price("video_second", 0.75, 3)])).toMatchObject({ unit: "second", usd: 0.25 });
  });

  test("is the lowest, and says that there are higher ones", () => {
    const prices = [price("image", 0.04), price("image", 0.17), price("input_image", 0.01)];
    expect(shortPrice(prices)).toEqual({ unit: "image", usd: 0.04, outputUsd: null, isFrom: true });
  });

  test("of tokens says what reading and writing cost, whatever a call costs on top", () => {
    const prices = [
      price("input_token", 2, 1_000_000),
      price("output_token", 10, 1_000_000),
      price("generation", 0.01),
    ];
    expect(shortPrice(prices)).toEqual({ unit: "tokens", usd: 2, outputUsd: 10, isFrom: false });
  });

  test("that nobody knows is none, and not zero", () => {
    expect(shortPrice([])).toBeNull();
    expect(shortPrice([price("input_token", 2, 1_000_000)])).toBeNull();
  });
});
