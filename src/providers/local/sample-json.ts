import type { Language } from "../../errors.ts";
import type { Json } from "../../workflow/values.ts";
import { outlinedChapter } from "./book-chapters.ts";
import { clamp } from "./parameters.ts";
import { capitalized, type PhraseBook } from "./phrase-book.ts";
import { quizFields } from "./sample-quiz.ts";
import { sampleNumber } from "./sample-number.ts";
import { spokenPhrase } from "./sample-speech.ts";
import { effectiveSchema, schemaIn, schemasIn, type JsonSchema, type MergeBudget } from "./sample-schema.ts";
import type { Random } from "./seeded-random.ts";
import { withoutEscapes } from "./typeset.ts";

/** Entries of a list whose schema does not say how many. */
const USUAL_ITEMS = 3;
/** Below this only what a schema insists on is made: schemas may hold themselves. */
const MAX_DEPTH = 6;
const MAX_VALUES = 5_000;
const MAX_MERGES = 20_000;
/** Where a schema insists on itself, it cannot be followed to its end. */
const MAX_REQUIRED_DEPTH = 50;
const MAX_CHARACTERS = 100_000;

interface Sample {
  root: JsonSchema;
  book: PhraseBook;
  language: Language;
  random: Random;
  /** How many more values may be made. */
  left: number;
  merges: MergeBudget;
}

interface Place {
  /** Of the field that the value is for; empty outside of objects. */
  name: string;
  depth: number;
  /** In an entry of a list, its place there. */
  entry?: { of: string; index: number; count: number };
}

/**
 * A value that fits a JSON Schema, its texts from the phrase book. A text that has to match a `pattern` is the schema's own
 * example or default where it has one; otherwise it may not fit.
 */
export function sampleJson(
  root: JsonSchema,
  { book, language, random }: { book: PhraseBook; language: Language; random: Random },
): Json {
  return valueFor(
    root,
    { name: "", depth: 0 },
    { root, book, language, random, left: MAX_VALUES, merges: { left: MAX_MERGES } },
  );
}

function valueFor(given: Json, place: Place, sample: Sample): Json {
  sample.left -= 1;
  if (place.depth > MAX_REQUIRED_DEPTH) return null;
  const schema = effectiveSchema(given, sample.root, sample.merges);
  if (schema["const"] !== undefined) return schema["const"];
  const { enum: values } = schema;
  if (Array.isArray(values)) return values[Math.floor(sample.random() * values.length)] ?? null;
  switch (typeOf(schema)) {
    case "object":
      return objectFor(schema, place, sample);
    case "array":
      return listFor(schema, place, sample);
    case "integer":
      return sampleNumber(schema, { isWhole: true, random: sample.random });
    case "number":
      return sampleNumber(schema, { isWhole: false, random: sample.random });
    case "boolean":
      return sample.random() < 0.5;
    case "null":
      return null;
    default:
      return textFor(schema, place, sample);
  }
}

/** The first type that a schema allows, beside null; where it names none, what its other keywords are about. */
function typeOf(schema: JsonSchema): string {
  const { type } = schema;
  if (Array.isArray(type))
    return type.filter((one) => typeof one === "string").find((one) => one !== "null") ?? "null";
  if (typeof type === "string") return type;
  const has = (...keywords: string[]): boolean => keywords.some((keyword) => Object.hasOwn(schema, keyword));
  if (has("properties", "required", "additionalProperties")) return "object";
  if (has("items", "prefixItems", "minItems", "maxItems")) return "array";
  return has("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
    ? "number"
    : "string";
}

function objectFor(schema: JsonSchema, { depth, entry }: Place, sample: Sample): Json {
  const properties = schemaIn(schema, "properties") ?? {};
  const required = (Array.isArray(schema["required"]) ? schema["required"] : []).map(String);
  const isFull = depth < MAX_DEPTH && sample.left > 0;
  const names = new Set([...(isFull ? Object.keys(properties) : []), ...required]);
  const other = schemaIn(schema, "additionalProperties") ?? {};
  const quiz = quizFields(properties, { ...sample, index: entry?.index ?? 0 });
  return Object.fromEntries(
    [...names].map((name): [string, Json] => {
      const ready = Object.hasOwn(quiz, name) ? quiz[name] : undefined;
      if (ready !== undefined) return [name, ready];
      const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
      const place = { name, depth: depth + 1, ...(entry !== undefined && { entry }) };
      return [name, valueFor(own ?? other, place, sample)];
    }),
  );
}

function listFor(schema: JsonSchema, { name, depth }: Place, sample: Sample): Json {
  const first = schemasIn(schema, "prefixItems");
  const least = numberIn(schema, "minItems") ?? 0;
  const isFull = depth < MAX_DEPTH && sample.left > 0;
  const most = Math.max(0, Math.min(numberIn(schema, "maxItems") ?? Infinity, sample.left));
  const wanted = first.length > 0 ? first.length : USUAL_ITEMS;
  const count = Math.min(isFull ? Math.max(wanted, least) : least, most);
  const rest = schema["items"] ?? {};
  return Array.from({ length: count }, (_, index) =>
    valueFor(first[index] ?? rest, { name, depth: depth + 1, entry: { of: name, index, count } }, sample),
  );
}

const FORMATS: Record<string, string> = {
  date: "2030-01-15",
  time: "09:30:00Z",
  "date-time": "2030-01-15T09:30:00Z",
  duration: "PT30S",
  email: "contact@example.com",
  hostname: "example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uri: "https://example.com/",
  "uri-reference": "/",
  url: "https://example.com/",
  uuid: "7f3a1c52-6a0e-4d7b-9b6e-2f1d8c4a5e90",
};

function textFor(schema: JsonSchema, place: Place, sample: Sample): string {
  const { format, pattern, examples } = schema;
  const fixed = typeof format === "string" && Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (fixed !== undefined) return fixed;
  if (pattern !== undefined) {
    const own = [...(Array.isArray(examples) ? examples : []), schema["default"]];
    const example = own.find((one) => typeof one === "string");
    if (typeof example === "string") return example;
  }
  const least = Math.min(numberIn(schema, "minLength") ?? 0, MAX_CHARACTERS);
  const most = numberIn(schema, "maxLength") ?? MAX_CHARACTERS;
  let text = phraseFor(place, sample);
  while (text.length < least) text = `${text} ${phraseFor(place, sample)}`;
  return cutAfterWord(text, { most: clamp(most, 0, MAX_CHARACTERS), least });
}

/** Not longer than `most`; what is cut ends after a word with an ellipsis, where there is room for both. */
function cutAfterWord(text: string, { most, least }: { most: number; least: number }): string {
  const characters = Array.from(text);
  if (characters.length <= most) return text;
  const words = characters.slice(0, Math.max(0, most - 1)).join("");
  const ended = `${words.replace(/\s+\S*$/u, "").replace(/[\s\p{P}]+$/u, "")}…`;
  const isGood = /\s/u.test(words) && ended !== "…" && Array.from(ended).length >= least;
  return isGood ? ended : characters.slice(0, most).join("");
}

/** What reads well in a field of this name. */
function phraseFor({ name, entry }: Place, { book, language }: Sample): string {
  const said = spokenPhrase(name, entry ?? { index: 0, count: 1 }, book);
  if (said !== null) return withoutEscapes(said);
  const { titles, subtitles, forewords, ideas, intros, pictureDescriptions, people, places } = book.phrases;
  const isTitle = /title|titre|heading|headline|name$|nom$|subject|sujet/i.test(name);
  if (entry !== undefined && /^chap/i.test(entry.of)) {
    const { title, summary } = outlinedChapter(language, entry.index);
    if (isTitle || name === entry.of) return title;
    if (/summary|r[eé]sum|description|synopsis/i.test(name)) return book.write(summary);
  }
  let list = ideas;
  if (/subtitle|sous.?titre/i.test(name)) list = subtitles;
  else if (/foreword|preface|avant.?propos/i.test(name)) list = forewords;
  else if (isTitle) list = titles;
  else if (/image|picture|visual|visuel|photo|illustration|prompt/i.test(name)) list = pictureDescriptions;
  else if (/person|author|auteur|speaker/i.test(name)) list = people;
  else if (/place|lieu|location/i.test(name)) list = places;
  else if (/description/i.test(name)) list = intros;
  const phrase = withoutEscapes(book.next(list));
  return isTitle ? capitalized(phrase) : phrase;
}

function numberIn(schema: JsonSchema, keyword: string): number | undefined {
  const value = schema[keyword];
  return typeof value === "number" ? value : undefined;
}
