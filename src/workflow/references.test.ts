import { describe, expect, test } from "vitest";
import { exactReference, referencesIn, scan } from "./references.ts";

const raws = (text: string): string[] => referencesIn(text).map((reference) => reference.raw);

/** A small generator of numbers that are the same in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const PIECES = [
  "{",
  "}",
  "{{",
  "}}",
  "topic",
  "_x",
  "a.b",
  ".",
  "0",
  "{topic}",
  "{{topic}}",
  " ",
  "é",
  "\u{1f600}",
  "\\frac{1}{2}",
  '{"a":1}',
  "__proto__",
  "\ud800",
  "\n",
];

function hostileText(random: () => number): string {
  const length = Math.floor(random() * 12);
  return Array.from({ length }, () => PIECES[Math.floor(random() * PIECES.length)]).join("");
}

describe("scan", () => {
  test("finds names and paths with their places", () => {
    expect(scan("Sur {topic} : {step1_output.scenes.0}.")).toEqual([
      { kind: "text", text: "Sur " },
      { kind: "reference", name: "topic", path: [], raw: "{topic}", start: 4, end: 11 },
      { kind: "text", text: " : " },
      {
        kind: "reference",
        name: "step1_output",
        path: ["scenes", "0"],
        raw: "{step1_output.scenes.0}",
        start: 14,
        end: 37,
      },
      { kind: "text", text: "." },
    ]);
  });

  test.each([
    ['{"a":1}', []],
    ["\\frac{1}{2} et x^{2}", []],
    ["{}", []],
    ["{ topic }", []],
    ["{topic", []],
    ["topic}", []],
    ["{1topic}", []],
    ["{été}", []],
    ["{a-b}", []],
    ["{topic.}", []],
    ["{.topic}", []],
    ["{topic..a}", []],
    ["{topic.0a}", []],
    ["{topic[0]}", []],
    ["{topic|upper}", []],
    ["{constructor.constructor('x')()}", []],
    ['{"topic": {topic}}', ["{topic}"]],
    ["{{topic}}", []],
    ["{{{topic}}}", []],
    ["{{topic}", ["{topic}"]],
    ["{topic}}", ["{topic}"]],
    ["{a{topic}b}", ["{topic}"]],
    ["{topic}{topic}", ["{topic}", "{topic}"]],
    ["{_a1.__proto__}", ["{_a1.__proto__}"]],
  ])("reads %s", (text, expected) => {
    expect(raws(text)).toEqual(expected);
  });

  test("reads doubled braces as a literal", () => {
    expect(scan("a {{topic}} b")).toEqual([
      { kind: "text", text: "a " },
      { kind: "escaped", text: "{topic}", raw: "{{topic}}", start: 2, end: 11 },
      { kind: "text", text: " b" },
    ]);
  });

  test("gives back every text, piece by piece, at the places it names", () => {
    const random = randomFrom(20_261_122);
    for (let round = 0; round < 5_000; round += 1) {
      const text = hostileText(random);
      const segments = scan(text);
      expect(segments.map((part) => (part.kind === "text" ? part.text : part.raw)).join("")).toBe(text);
      for (const part of segments) {
        if (part.kind === "text") continue;
        expect(text.slice(part.start, part.end)).toBe(part.raw);
        const inside = part.kind === "reference" ? [part.name, ...part.path].join(".") : part.text;
        expect(part.raw).toBe(`{${inside}}`);
      }
      expect(segments.some((part) => part.kind === "text" && part.text === "")).toBe(false);
    }
  });

  test.each([
    ["open braces", "{".repeat(100_000)],
    ["an endless name", `{${"a".repeat(100_000)}`],
    ["an endless path", `{${"a.".repeat(50_000)}`],
    ["many open names", "{{a".repeat(33_000)],
  ])("stays fast on %s", (_name, text) => {
    const before = performance.now();
    expect(raws(text)).toEqual([]);
    expect(performance.now() - before).toBeLessThan(1_000);
  });
});

describe("exactReference", () => {
  test("gives the reference that a text consists of", () => {
    expect(exactReference("{step1_output.a}")).toMatchObject({ name: "step1_output", path: ["a"] });
  });

  test.each(["", "topic", " {topic}", "{topic} ", "{topic}{topic}", "{{topic}}", "{ topic}"])(
    "gives null for '%s'",
    (text) => {
      expect(exactReference(text)).toBeNull();
    },
  );
});
