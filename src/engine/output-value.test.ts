import { describe, expect, test } from "vitest";
import type { StoredFile } from "../db/stored-values.ts";
import { valueOf } from "./output-value.ts";

const SOUND: StoredFile = { artifactId: "a", hash: "1", bytes: 1, mediaType: "audio/mpeg", medium: "audio" };
const NOTES: StoredFile = { artifactId: "b", hash: "2", bytes: 1, mediaType: "text/vtt", medium: "document" };
const WORDS = [{ word: "Oui", start: 0, end: 0.5 }];

describe("valueOf", () => {
  test("hands a recording on with its words, also where earlier versions kept them beside it", () => {
    const spoken = { ...SOUND, words: WORDS, spokenText: "Oui" };
    expect(valueOf({ medium: "audio", files: [spoken] })).toEqual({ kind: "files", files: [spoken] });
    expect(valueOf({ medium: "audio", files: [NOTES, SOUND], words: WORDS })).toEqual({
      kind: "files",
      files: [NOTES, { ...SOUND, words: WORDS }],
    });
  });

  test("hands a transcript on as its text", () => {
    const value = valueOf({ medium: "text", text: "Oui", files: [], words: WORDS });
    expect(value).toEqual({ kind: "text", text: "Oui" });
  });

  test("reads a list of texts as one text, and a list with gaps as the texts that are there", () => {
    expect(valueOf({ medium: "json", json: ["a", null, "b"], files: [], itemCount: 3 })).toEqual({
      kind: "json",
      json: ["a", null, "b"],
      text: "a\n\nb",
    });
  });
});
