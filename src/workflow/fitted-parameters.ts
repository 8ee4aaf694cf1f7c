import type { Step } from "./definition.ts";
import { describedFiles } from "./described-files.ts";
import type { ModelCatalogue, ParameterSpec } from "./models.ts";
import { referencesIn } from "./references.ts";
import type { Json } from "./values.ts";

/** A parameter that a model does not take as it is given. */
export interface ParameterChange {
  name: string;
  value: Json;
  /** What goes in its place; null: nothing, the model's own default holds. */
  used: { name: string; value: Json } | null;
}

export interface FittedParameters {
  parameters: Record<string, Json>;
  changes: ParameterChange[];
}

interface FitOptions {
  /** Whether what looks like a reference is a text like any other. Otherwise it stands for a value that is not known yet. */
  valuesAreFinal?: boolean;
}

type Specs = Readonly<Record<string, ParameterSpec>>;

/** Parameters that give the shape of a picture or film; models have one or another of them. */
const SHAPES: readonly string[] = ["size", "aspect_ratio", "ratio"];

/** The values of a step as its model gets them, and what had to be changed for that, which is nothing for most steps. */
export function parametersFor(
  { ai_provider: name, parameters }: Pick<Step, "ai_provider" | "parameters">,
  catalogue: ModelCatalogue,
  options: FitOptions = {},
): FittedParameters {
  const model = catalogue.family(name)?.standing === "chosen" ? catalogue.resolve(name) : undefined;
  // Nobody knows what a model takes that is in no list.
  if (!model || !catalogue.names().includes(model.id)) return { parameters, changes: [] };
  return fitParameters(parameters, model.parameters, options);
}

/**
 * Parameters that were written for one model, for another: a value that this one does not take becomes the nearest that it
 * takes, by proportions and then by area for a shape, within its range for a number; what has none is left out.
 */
export function fitParameters(
  given: Readonly<Record<string, Json>>,
  specs: Specs,
  { valuesAreFinal = false }: FitOptions = {},
): FittedParameters {
  const parameters: Record<string, Json> = {};
  const changes: ParameterChange[] = [];
  for (const [name, value] of Object.entries(given)) {
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    const other = spec === undefined ? otherShape(name, specs, given) : undefined;
    const taker = other ?? (spec && { name, spec });
    const isOpen = !valuesAreFinal && isReference(value);
    const nearest = taker && (isOpen ? value : nearestValue(value, taker));
    if (!taker || nearest === undefined) {
      changes.push({ name, value, used: null });
      continue;
    }
    parameters[taker.name] = nearest;
    if (taker.name !== name || nearest !== value) {
      changes.push({ name, value, used: { name: taker.name, value: nearest } });
    }
  }
  return { parameters, changes };
}

/** Whether a parameter takes this value. */
export function takesValue(spec: ParameterSpec, value: Json): boolean {
  switch (spec.type) {
    case "integer":
      return Number.isInteger(value) && isWithin(value, spec);
    case "number":
      return Number.isFinite(value) && isWithin(value, spec);
    case "choice":
      return typeof value === "string" && spec.values.includes(value);
    case "string":
      return typeof value === "string" && value.length <= spec.max_length;
    case "files":
      return isWithin(describedFiles(value)?.length ?? null, spec);
    case "data":
      return true;
    case "boolean":
    default:
      return typeof value === "boolean";
  }
}

/** Whether the value, or a part of it, is known only when the step runs. */
export function isReference(value: Json): boolean {
  if (typeof value === "string") return referencesIn(value).length > 0;
  return typeof value === "object" && value !== null && Object.values(value).some(isReference);
}

function isWithin(value: Json, { min, max }: { min: number; max: number }): boolean {
  return typeof value === "number" && value >= min && value <= max;
}

interface Taker {
  name: string;
  spec: ParameterSpec;
}

/** What the model has for a shape that it calls differently, unless the step gives that too. */
function otherShape(name: string, specs: Specs, given: Readonly<Record<string, Json>>): Taker | undefined {
  if (!SHAPES.includes(name)) return undefined;
  const [other] = SHAPES.flatMap((shape): Taker[] => {
    const spec = Object.hasOwn(specs, shape) && !Object.hasOwn(given, shape) ? specs[shape] : undefined;
    return spec ? [{ name: shape, spec }] : [];
  });
  return other;
}

function nearestValue(value: Json, { name, spec }: Taker): Json | undefined {
  if (takesValue(spec, value)) return value;
  if (spec.type === "choice" && SHAPES.includes(name)) return nearestShape(value, spec);
  if ((spec.type === "integer" || spec.type === "number") && typeof value === "number") {
    const whole = spec.type === "integer" ? Math.round(value) : value;
    return Math.min(spec.max, Math.max(spec.min, whole));
  }
  return undefined;
}

interface Shape {
  proportions: number;
  /** In pixels; null where only proportions are said. */
  area: number | null;
}

/** `1344x768` in pixels, or `16:9`; undefined for anything else, such as `auto`. */
function shapeOf(text: Json | undefined): Shape | undefined {
  const parts = typeof text === "string" ? /^([1-9]\d*)([x:])([1-9]\d*)$/.exec(text) : null;
  if (!parts) return undefined;
  const [width, height] = [Number(parts[1]), Number(parts[3])];
  return { proportions: width / height, area: parts[2] === "x" ? width * height : null };
}

function nearestShape(
  value: Json,
  { values, default: usual }: Extract<ParameterSpec, { type: "choice" }>,
): string | undefined {
  const wanted = shapeOf(value);
  if (!wanted) return undefined;
  // Proportions alone ask for no area: a picture is then about as large as the model usually draws.
  const area = wanted.area ?? shapeOf(usual)?.area ?? null;
  const offers = values.flatMap((text) => {
    const shape = shapeOf(text);
    if (!shape) return [];
    const byProportions = distance(shape.proportions, wanted.proportions);
    const byArea = shape.area === null || area === null ? 0 : distance(shape.area, area);
    return [{ text, byProportions, byArea }];
  });
  const [nearest] = offers.toSorted((a, b) => a.byProportions - b.byProportions || a.byArea - b.byArea);
  return nearest?.text;
}

/** Twice as much is as far as half as much. */
function distance(a: number, b: number): number {
  return Math.abs(Math.log(a / b));
}
