import type { LocalText, Problem } from "../errors.ts";
import { canTakeAt, isItemHandedOver, itemMediumOf, itemSourceOf, outputMediumOf, textsOf } from "./graph.ts";
import { targetOf } from "./names.ts";
import { stepLabel, untakableFile, type StepContext } from "./reference-rules.ts";
import { exactReference, referencesIn, type Reference } from "./references.ts";
import { didYouMean, quoted } from "./typography.ts";
import type { Json } from "./values.ts";

type Schema = Record<string, Json>;

/** Whether `for_each.in` is one reference, to something that can be a list. That it leads anywhere is for other rules. */
export function forEachProblems(context: StepContext): Problem[] {
  const { step, path, steps, catalogue } = context;
  if (!step.for_each) return [];
  const message = listProblem(step.for_each.in, context);
  if (message) return [{ path: `${path}.for_each.in`, message }];
  const medium = itemMediumOf(step, steps, context);
  const source = itemSourceOf(step, steps, context.scope);
  const model = catalogue.resolve(step.ai_provider);
  const isTaken = !medium || !source || !model || canTakeAt(model, medium, "prompt");
  if (!isItemHandedOver(step) || isTaken) return [];
  return [{ path: `${path}.use_previous_output`, message: untakableFile(source, medium, step) }];
}

/** Warns of a step that would ask for the same thing again and again. */
export function forEachWarnings({ step, path }: StepContext): Problem[] {
  if (!step.for_each || step.use_previous_output) return [];
  const texts = textsOf(step).filter((text) => text.path !== "for_each.in");
  const names = new Set(texts.flatMap(({ text }) => referencesIn(text).map(({ name }) => name)));
  if (names.has("item") || names.has("index")) return [];
  return [
    {
      path: `${path}.prompt`,
      message: {
        fr: "Ce prompt sera le même pour chaque élément de la liste. Écrivez {item} là où doit aller l’élément.",
        en: "This prompt will be the same for every item of the list. Write {item} where the item is to go.",
      },
    },
  ];
}

function listProblem(text: string, context: StepContext): LocalText | null {
  const { step, steps, scope, catalogue } = context;
  const reference = exactReference(text);
  if (!reference) return notOneReference(text);
  const target = targetOf(reference.name, step, scope);
  if (target.kind === "item") return ownItem(reference);
  if (target.kind !== "step") return null;
  const source = steps.find((other) => other.step_number === target.stepNumber);
  if (!source || source.step_number >= step.step_number) return null;
  const isText = outputMediumOf(source, steps, catalogue) === "json" && source.output_schema !== null;
  if (!isText || source.output_schema === null) return null;
  // The list of a step that itself runs once per item has an index before what its schema speaks of.
  const path = source.for_each ? reference.path.slice(1) : reference.path;
  if (source.for_each && reference.path.length === 0) return null;
  const part = schemaAt(source.output_schema, path);
  if (!part || mayBeList(part)) return null;
  return notAList(reference, part, stepLabel(source));
}

/** The schema of a part of what a schema describes; null where it says nothing of it. */
export function schemaAt(schema: Schema, path: readonly string[]): Schema | null {
  let at: Schema = schema;
  for (const name of path) {
    const properties = asSchema(at["properties"]);
    const next = asSchema(at["items"]) ?? (properties && Object.hasOwn(properties, name) && properties[name]);
    const inner = asSchema(next || undefined);
    if (!inner) return null;
    at = inner;
  }
  return at;
}

function asSchema(value: Json | undefined): Schema | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
}

function mayBeList(schema: Schema): boolean {
  const { type } = schema;
  if (typeof type === "string") return type === "array";
  return !Array.isArray(type) || type.includes("array");
}

function notOneReference(text: string): LocalText {
  const inside = referencesIn(text)[0];
  const hint = inside
    ? didYouMean(inside.raw)
    : {
        fr: " Écrivez une seule référence, par exemple {step1_output.scenes}.",
        en: " Write one reference alone, for example {step1_output.scenes}.",
      };
  const shown = quoted(text);
  return {
    fr: `${shown.fr} ne désigne pas une liste.${hint.fr}`,
    en: `${shown.en} does not name a list.${hint.en}`,
  };
}

function ownItem({ raw }: Reference): LocalText {
  const shown = quoted(raw);
  return {
    fr: `${shown.fr} est un élément de la liste même qu’il s’agit de choisir. Désignez le résultat d’une étape, par exemple {step1_output.scenes}, ou le sujet.`,
    en: `${shown.en} is an item of the very list that is to be chosen. Name the result of a step, for example {step1_output.scenes}, or the topic.`,
  };
}

/** With the list that was most likely meant: one of the properties of an object. */
function notAList({ name, path, raw }: Reference, schema: Schema, from: LocalText): LocalText {
  const properties = Object.entries(asSchema(schema["properties"]) ?? {});
  const list = properties.find(([, property]) => asSchema(property)?.["type"] === "array");
  const hint = list
    ? didYouMean(`{${[name, ...path, list[0]].join(".")}}`)
    : {
        fr: " Ajoutez-y une liste, ou choisissez un autre résultat.",
        en: " Add a list to it, or choose another result.",
      };
  const shown = quoted(raw);
  return {
    fr: `D’après le schéma de ${from.fr}, ${shown.fr} n’est pas une liste.${hint.fr}`,
    en: `By the schema of ${from.en}, ${shown.en} is not a list.${hint.en}`,
  };
}
