import { runInNewContext } from "node:vm";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import draft07 from "ajv/dist/refs/json-schema-draft-07.json" with { type: "json" };
import addFormats from "ajv-formats";
import { messageOf, type LocalText } from "../errors.ts";
import type { Json } from "../workflow/values.ts";

type JsonSchema = Record<string, Json>;

const MAX_MESSAGE_CHARACTERS = 300;
/** More than any answer needs; a schema of many thousand patterns takes seconds to make ready. */
const MAX_SCHEMA_CHARACTERS = 32_000;
/** A pattern of a schema can take for ever on a text that somebody else writes. */
const CHECK_TIMEOUT_MS = 1_000;

/** What is wrong with a JSON Schema (2020-12, or draft-07 where it says so); null where it is a valid one. */
export function answerSchemaProblem(schema: JsonSchema): LocalText | null {
  const { length } = JSON.stringify(schema);
  if (length > MAX_SCHEMA_CHARACTERS) {
    return {
      fr: `Ce schéma JSON compte ${length} caractères\u202f; il en faut ${MAX_SCHEMA_CHARACTERS} au plus. Raccourcissez-le.`,
      en: `This JSON Schema has ${length} characters; ${MAX_SCHEMA_CHARACTERS} is the most. Shorten it.`,
    };
  }
  try {
    compile(schema);
    return null;
  } catch (error) {
    const said = messageOf(error).slice(0, MAX_MESSAGE_CHARACTERS).toWellFormed();
    return {
      fr: `Ce schéma JSON n’est pas valide\u00a0: «\u00a0${said}\u00a0». Corrigez-le, ou mettez output_schema à null.`,
      en: `This JSON Schema is not valid: “${said}”. Correct it, or set output_schema to null.`,
    };
  }
}

/** Where an answer does not fit its schema, a sentence for each place; none where it fits. */
export function answerProblems(schema: JsonSchema, answer: Json): LocalText[] {
  const validate = compile(schema);
  try {
    runInNewContext("check()", { check: () => validate(answer) }, { timeout: CHECK_TIMEOUT_MS });
  } catch {
    return [{ fr: "la vérifier prend trop de temps", en: "checking it takes too long" }];
  }
  return (validate.errors ?? []).map(problemOf);
}

/** @throws Error where the schema is not valid, has a keyword that nobody knows, or refers to what is not in it. */
function compile(schema: JsonSchema): ValidateFunction {
  // One each: what a schema registers by its `$id` must not meet another schema.
  const ajv = new Ajv2020({
    allErrors: true,
    // 0.3 is a multiple of 0.1 for people.
    multipleOfPrecision: 6,
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    logger: false,
  });
  ajv.addMetaSchema(draft07);
  // Such a schema would answer later, and be taken for one that fits.
  ajv.removeKeyword("$async");
  addFormats.default(ajv);
  return ajv.compile(schema);
}

function problemOf({ instancePath, keyword, params, message = "" }: ErrorObject): LocalText {
  const place = instancePath === "" ? { fr: "la réponse", en: "the answer" } : same(instancePath);
  const what = (WHAT[keyword] ?? anyKeyword(keyword, message))(params);
  return { fr: `${place.fr} ${what.fr}`, en: `${place.en} ${what.en}` };
}

/** What the checker says of a failure, by its keyword. */
type Details = ErrorObject["params"];

const atLeast = ({ limit }: Details): LocalText => ({
  fr: `a moins que le minimum de ${limit}`,
  en: `has less than the minimum of ${limit}`,
});
const atMost = ({ limit }: Details): LocalText => ({
  fr: `dépasse le maximum de ${limit}`,
  en: `is over the maximum of ${limit}`,
});

const WHAT: Record<string, (params: Details) => LocalText> = {
  required: ({ missingProperty }) => ({
    fr: `n’a pas «\u00a0${missingProperty}\u00a0»`,
    en: `has no “${missingProperty}”`,
  }),
  additionalProperties: ({ additionalProperty }) => ({
    fr: `a «\u00a0${additionalProperty}\u00a0» en trop`,
    en: `has “${additionalProperty}” beyond what is allowed`,
  }),
  type: ({ type }) => ({ fr: `n’est pas de type ${type}`, en: `is not of the type ${type}` }),
  enum: ({ allowedValues }) => ({
    fr: `n’est pas une des valeurs ${listed(allowedValues)}`,
    en: `is none of the values ${listed(allowedValues)}`,
  }),
  minItems: atLeast,
  minLength: atLeast,
  minProperties: atLeast,
  minimum: atLeast,
  maxItems: atMost,
  maxLength: atMost,
  maxProperties: atMost,
  maximum: atMost,
};

function listed(values: Json): string {
  return JSON.stringify(values).slice(0, MAX_MESSAGE_CHARACTERS).toWellFormed();
}

function anyKeyword(keyword: string, message: string): () => LocalText {
  return () => ({ fr: `ne respecte pas «\u00a0${keyword}\u00a0»`, en: message });
}

function same(text: string): LocalText {
  return { fr: text, en: text };
}
