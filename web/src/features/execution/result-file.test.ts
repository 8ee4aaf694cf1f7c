import { describe, expect, test } from "vitest";
import type { Result } from "../../api/types.ts";
import { captionsOfText, copyableText, filesOf, textNameOf } from "./result-file.ts";

const image: Result = {
  step_number: 2,
  name: "illustration",
  type: "image",
  url: "/api/combinations/artifacts/abc",
  media_type: "image/jpeg",
  bytes: 2048,
  cost: 0.04,
  cost_basis: "estimated",
  performed_by: "openai:gpt-image-2",
};

describe("files of a result", () => {
  test("are named by step, name and media type", () => {
    expect(filesOf(image)).toEqual([
      { url: "/api/combinations/artifacts/abc", fileName: "02-illustration.jpg", bytes: 2048 },
    ]);
    expect(filesOf({ ...image, item: 2 })[0]?.fileName).toBe("02-illustration-03.jpg");
    expect(textNameOf({ ...image, type: "text", name: null })).toBe("02-text.md");
  });

  test("several files have different names", () => {
    const file = { url: "/a", media_type: "audio/mpeg", bytes: 1 };
    const names = filesOf({ ...image, type: "audio", files: [file, { ...file, url: "/b" }] });
    expect(names.map((each) => each.fileName)).toEqual(["02-illustration.mp3", "02-illustration-2.mp3"]);
  });

  test("a text whose words have times gives captions, a voice shows its own", () => {
    const words = [{ word: "Hello", start: 0, end: 0.5 }];
    const heard: Result = { ...image, type: "text", text: "Hello", words };
    expect(captionsOfText(heard)).toBe("WEBVTT\n\n00:00:00.000 --> 00:00:00.500\nHello\n");
    expect(textNameOf(heard, "text/vtt")).toBe("02-illustration.vtt");
    expect(captionsOfText({ ...heard, words: [] })).toBeNull();
    expect(captionsOfText({ ...image, type: "text", text: "Hello" })).toBeNull();
    expect(captionsOfText({ ...heard, type: "audio" })).toBeNull();
  });

  test("only characters can be copied", () => {
    expect(copyableText(image)).toBeNull();
    expect(copyableText({ ...image, type: "text", text: "# A" })).toBe("# A");
    expect(copyableText({ ...image, type: "json", json: { a: 1 } })).toBe('{\n  "a": 1\n}');
  });
});
