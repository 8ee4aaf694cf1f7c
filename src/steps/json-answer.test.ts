import { describe, expect, test } from "vitest";
import { jsonAnswer } from "./json-answer.ts";
import { UnusableOutput } from "./step-kind.ts";

const SCHEMA = { type: "object", properties: { title: { type: "string" } }, required: ["title"] };

function read(text: string): unknown {
  return jsonAnswer(text, { schema: SCHEMA, isCutOff: false });
}

describe("a JSON answer", () => {
  test.each([
    '{"title": "The sea"}',
    '  {"title": "The sea"}\n',
    '```json\n{"title": "The sea"}\n```',
    '```\n{"title": "The sea"}\n```  ',
    '```JSON \n{"title": "The sea"}```',
  ])("is read from %j", (text) => {
    expect(read(text)).toEqual({ title: "The sea" });
  });

  test.each(["The sea", '```json\n{"title": "The sea"', "``````", "```", ""])(
    "is not read from %j",
    (text) => {
      expect(() => read(text)).toThrow(UnusableOutput);
    },
  );

  test("takes no time over a text that is made to take it", () => {
    // Backtracking over so many lines took minutes.
    const hostile = `\`\`\`${"\n".repeat(500_000)}x`;
    expect(() => read(hostile)).toThrow(UnusableOutput);
  });
});
