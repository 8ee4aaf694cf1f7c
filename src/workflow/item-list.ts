import type { LocalText } from "../errors.ts";
import { MAX_ITEMS, type Step } from "./definition.ts";
import { nameScope, targetOf } from "./names.ts";
import { StepFailure } from "./ports.ts";
import { exactReference } from "./references.ts";
import { lookUpIn, type ValueSource } from "./rendering.ts";
import type { Json, Value } from "./values.ts";

/**
 * The items that a step with `for_each` runs over, in their order; null where there is none to run on, as where an earlier
 * step failed for one item and went on with the others.
 * @throws StepFailure where what it refers to is no list, or too long a one: nothing was sent.
 */
export function itemsOfStep(step: Step, steps: readonly Step[], values: ValueSource): (Value | null)[] {
  const raw = step.for_each?.in ?? "";
  const reference = exactReference(raw);
  if (!reference) throw noList(step, raw);
  const scope = nameScope(steps, Object.keys(values.inputs));
  const { kind } = targetOf(reference.name, step, scope);
  const value = lookUpIn({ step, steps, values })(reference);
  const isTyped = (kind === "topic" || kind === "input") && value.kind === "text";
  const items = isTyped ? typedItems(value.text) : itemsOfValue(value);
  if (!items) throw noList(step, raw);
  if (items.length > MAX_ITEMS) throw tooLong(step, raw, items.length);
  return items;
}

/** The items of what a person typed: a JSON list, otherwise one item a line. */
export function typedItems(text: string): (Value | null)[] {
  const list = listIn(text);
  if (list) return list.map(itemOf);
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.filter((line) => line !== "").map((line) => ({ kind: "text", text: line }));
}

function itemsOfValue(value: Value): (Value | null)[] | null {
  if (value.kind === "files") {
    const { files, itemCount } = value;
    if (itemCount === undefined) return files.map((file) => ({ kind: "files", files: [file] }));
    return Array.from({ length: itemCount }, (_, index) => {
      const own = files.filter(({ item }) => item === index);
      return own.length === 0 ? null : { kind: "files", files: own };
    });
  }
  const json = value.kind === "json" ? value.json : value.text;
  const list = typeof json === "string" ? listIn(json) : json;
  return Array.isArray(list) ? list.map(itemOf) : null;
}

function itemOf(json: Json): Value | null {
  if (json === null) return null;
  return typeof json === "string" ? { kind: "text", text: json } : { kind: "json", json };
}

const FENCE = "```";

/** The JSON list that a text is, with or without a Markdown fence around it; null where it is none. */
function listIn(text: string): Json[] | null {
  const trimmed = text.trim();
  const firstLine = trimmed.indexOf("\n");
  const isFenced = trimmed.startsWith(FENCE) && trimmed.endsWith(FENCE) && firstLine !== -1;
  const inside = isFenced ? trimmed.slice(firstLine + 1, -FENCE.length).trim() : trimmed;
  if (!inside.startsWith("[")) return null;
  try {
    const json: Json = JSON.parse(inside);
    return Array.isArray(json) ? json : null;
  } catch {
    return null;
  }
}

function noList(step: Step, raw: string): StepFailure {
  return failure(step, {
    fr: `${raw} n’est pas une liste. Rien n’a été envoyé ni facturé. Faites écrire une liste par l’étape d’où elle vient, par exemple avec output_schema, ou choisissez-en la partie qui est une liste, puis relancez.`,
    en: `${raw} is not a list. Nothing was sent or billed. Have the step that it comes from write a list, with output_schema for instance, or choose the part of it that is a list, then run it again.`,
  });
}

function tooLong(step: Step, raw: string, count: number): StepFailure {
  return failure(step, {
    fr: `${raw} contient ${count} éléments, et une étape en traite ${MAX_ITEMS} au plus. Rien n’a été envoyé ni facturé. Raccourcissez la liste, puis relancez.`,
    en: `${raw} holds ${count} items, and a step runs over ${MAX_ITEMS} at most. Nothing was sent or billed. Shorten the list, then run it again.`,
  });
}

function failure({ step_number: number }: Step, what: LocalText): StepFailure {
  return new StepFailure("invalid_step", {
    fr: `L’étape ${number} n’a pas pu commencer\u00a0: ${what.fr}`,
    en: `Step ${number} could not start: ${what.en}`,
  });
}
