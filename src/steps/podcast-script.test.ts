import { describe, expect, test } from "vitest";
import { scriptLines, speakerNames, transcriptText, transcriptVtt, turnsOf } from "./podcast-script.ts";

describe("turnsOf", () => {
  test("takes the lines of one list as they come, and lets several voices take turns", () => {
    expect(turnsOf([3]).map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(turnsOf([2, 3]).map(({ voice, index }) => `${voice}${index}`)).toEqual([
      "00",
      "10",
      "01",
      "11",
      "12",
    ]);
    expect(turnsOf([])).toEqual([]);
  });
});

describe("scriptLines", () => {
  test("reads lines, exchanges and plain texts, alone or inside an object", () => {
    const lines = [{ speaker: "A", text: "One" }];
    expect(scriptLines(lines)).toEqual(lines);
    expect(scriptLines({ title: "T", lines })).toEqual(lines);
    expect(scriptLines([{ host: "One", guest: "Two" }])).toEqual([
      { speaker: "host", text: "One" },
      { speaker: "guest", text: "Two" },
    ]);
    expect(scriptLines(["One"])).toEqual([{ speaker: "", text: "One" }]);
    expect(scriptLines("nothing")).toEqual([]);
    expect(scriptLines(undefined)).toEqual([]);
  });
});

describe("speakerNames", () => {
  test("come from a list or a text", () => {
    expect(speakerNames(["Léa", "# Marc"])).toEqual(["Léa", "Marc"]);
    expect(speakerNames("Léa, Marc")).toEqual(["Léa", "Marc"]);
  });
});

describe("a transcript", () => {
  const lines = [
    { speaker: "A<b>", text: "Oui --> non\n\n<script>", start: 1.5, end: 2 },
    { speaker: "B", text: "&", start: 3_661.25, end: 3_662 },
  ];

  test("says who said what and when, and lets no text become a mark", () => {
    expect(transcriptVtt(lines)).toBe(
      "WEBVTT\n\n00:00:01.500 --> 00:00:02.000\n<v A&lt;b&gt;>Oui --&gt; non\n&lt;script&gt;\n\n" +
        "01:01:01.250 --> 01:01:02.000\n<v B>&amp;\n",
    );
  });

  test("reads well as a text", () => {
    expect(transcriptText(lines)).toContain("[01:01:01] B: &");
  });
});
