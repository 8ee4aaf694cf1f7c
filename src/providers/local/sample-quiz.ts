import type { Json } from "../../workflow/values.ts";
import type { PhraseBook } from "./phrase-book.ts";
import type { QuizQuestion } from "./phrases.ts";
import { effectiveSchema, schemaIn, type JsonSchema, type MergeBudget } from "./sample-schema.ts";
import { withoutEscapes } from "./typeset.ts";

/**
 * What stands in the fields of a quiz question (`question`, `choices`, `answer`, `explanation`), so that they go together;
 * a field that its schema wants otherwise is left out. Empty where the schema is of something else.
 * @param index which question of the list it is, counted from 0.
 */
export function quizFields(
  properties: JsonSchema,
  { root, merges, book, index }: { root: JsonSchema; merges: MergeBudget; book: PhraseBook; index: number },
): Record<string, Json> {
  if (!["question", "choices", "answer"].every((name) => Object.hasOwn(properties, name))) return {};
  const { quiz } = book.phrases;
  const asked = quiz[index % quiz.length] ?? quiz[0];
  const write = (phrase: string): string => withoutEscapes(book.write(phrase));
  const choices = inTurn(asked, index).map(write);
  const right = write(asked.choices[0]);
  const schemaOf = (name: string): JsonSchema =>
    effectiveSchema(schemaIn(properties, name) ?? {}, root, merges);
  const fields: Record<string, Json> = {};
  if (isFreeText(schemaOf("question"))) fields["question"] = write(asked.question);
  if (takesChoices(schemaOf("choices"), choices.length)) fields["choices"] = choices;
  const answer = schemaOf("answer");
  if (isFreeText(answer)) fields["answer"] = right;
  else if (answer["type"] === "integer" && answer["enum"] === undefined)
    fields["answer"] = choices.indexOf(right);
  if (Object.hasOwn(properties, "explanation") && isFreeText(schemaOf("explanation")))
    fields["explanation"] = write(asked.explanation);
  return fields;
}

/** The choices in another order for each question, or the right one would always be the first. */
function inTurn({ choices }: QuizQuestion, index: number): string[] {
  const by = (index * 3 + 2) % choices.length;
  return [...choices.slice(by), ...choices.slice(0, by)];
}

const LIMITS = ["enum", "const", "pattern", "format", "minLength", "maxLength", "minimum", "maximum"];

function isFreeText(schema: JsonSchema): boolean {
  return schema["type"] === "string" && !LIMITS.some((keyword) => Object.hasOwn(schema, keyword));
}

function takesChoices(schema: JsonSchema, count: number): boolean {
  const { type, minItems = 0, maxItems = count, items } = schema;
  const isOfTexts = schemaIn({ items: items ?? {} }, "items")?.["type"] === "string";
  return type === "array" && isOfTexts && Number(minItems) <= count && Number(maxItems) >= count;
}
