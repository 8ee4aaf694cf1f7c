import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import en from "./en.json" with { type: "json" };
import fr from "./fr.json" with { type: "json" };

const SOURCE_FOLDER = path.join(import.meta.dirname, "..");

function textsOf(node: object, prefix = ""): [string, string][] {
  return Object.entries(node).flatMap(([key, value]): [string, string][] =>
    typeof value === "string" ? [[prefix + key, value]] : textsOf(value, `${prefix}${key}.`),
  );
}

function sourceTexts(): string[] {
  return readdirSync(SOURCE_FOLDER, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !name.includes(".test."))
    .map((name) => readFileSync(path.join(SOURCE_FOLDER, name), "utf8"));
}

/** Says whether the page names a key: in full, or as a template in which `${…}` stands for one of its words. */
function isAskedFor(key: string): boolean {
  return named.has(key) || partlyNamed.some((pattern) => pattern.test(key));
}

/** The names of what is put into a text. */
function valuesIn(text = ""): Set<string> {
  return new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? ""));
}

const french = new Map(textsOf(fr));
const english = new Map(textsOf(en));
const keys = new Set([...french.keys()].map((key) => key.replace(/_(zero|one|other)$/, "")));
const source = sourceTexts().join("\n");
const named = new Set([...source.matchAll(/"([\w.]+)"/g)].map(([, key]) => key));
const partlyNamed = [...source.matchAll(/`((?:[\w.]|\$\{[^`}]*\})+)`/g)]
  .map(([, template = ""]) => template)
  .filter((template) => /^\w+\./.test(template))
  .map((template) => new RegExp(`^${template.replaceAll(".", "\\.").replaceAll(/\$\{[^}]*\}/g, "\\w+")}$`));

describe("texts of the page", () => {
  test("have the same keys in both languages, none empty", () => {
    expect([...french.keys()]).toEqual([...english.keys()]);
    expect([...french, ...english].filter(([, text]) => text.trim() === "")).toEqual([]);
  });

  test("put in the same values in both languages", () => {
    for (const [key, text] of french) {
      expect([key, valuesIn(english.get(key))]).toEqual([key, valuesIn(text)]);
    }
  });

  test("are there for every key that the page asks for", () => {
    const asked = [...source.matchAll(/\bt\(\s*"([\w.]+)"/g)].map(([, key]) => key ?? "");
    expect(asked.length).toBeGreaterThan(100);
    expect(asked.filter((key) => !keys.has(key))).toEqual([]);
  });

  test("are all asked for by the page", () => {
    expect([...keys].filter((key) => !isAskedFor(key))).toEqual([]);
  });

  test("have one kind of apostrophe", () => {
    expect([...french, ...english].filter(([, text]) => text.includes("'"))).toEqual([]);
  });

  test("in French have a narrow no-break space before ; ! ? and $", () => {
    for (const [key, text] of french) {
      expect([key, /[ \u00A0][;!?$]|[\p{L}\d][;!?$]/u.exec(text)?.[0]]).toEqual([key, undefined]);
    }
  });
});
