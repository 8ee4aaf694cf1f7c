import type { Step } from "../../../../src/workflow/definition.ts";
import type { Json } from "../../../../src/workflow/values.ts";

/** The texts at a place of a step in which references are filled in: `prompt`, `parameters.images`, `for_each.in`. */
export function textsAt(step: Step, place: string): string[] {
  if (place === "prompt") return [step.prompt];
  if (place === "for_each.in") return step.for_each === null ? [] : [step.for_each.in];
  const name = parameterAt(place);
  const value = name !== null && Object.hasOwn(step.parameters, name) ? step.parameters[name] : undefined;
  return value === undefined ? [] : textsIn(value);
}

/** The step with the texts at a place changed. */
export function withTextsAt<S extends Step>(step: S, place: string, change: (text: string) => string): S {
  if (place === "prompt") return { ...step, prompt: change(step.prompt) };
  if (place === "for_each.in") {
    return step.for_each === null
      ? step
      : { ...step, for_each: { ...step.for_each, in: change(step.for_each.in) } };
  }
  const name = parameterAt(place);
  const value = name === null ? undefined : step.parameters[name];
  if (name === null || value === undefined) return step;
  return { ...step, parameters: { ...step.parameters, [name]: mapTexts(value, change) } };
}

function parameterAt(place: string): string | null {
  return /^parameters\.([^.[]+)/.exec(place)?.[1] ?? null;
}

function textsIn(value: Json): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function mapTexts(value: Json, change: (text: string) => string): Json {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((entry) => mapTexts(entry, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, mapTexts(entry, change)]));
}
