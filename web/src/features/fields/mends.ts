import { alternativesTo, type OfferedModel } from "../../../../src/workflow/alternatives.ts";
import type { Step } from "../../../../src/workflow/definition.ts";
import { takesValue } from "../../../../src/workflow/fitted-parameters.ts";
import { canTakeAt, itemMediumOf, linkSteps, outputMediumOf } from "../../../../src/workflow/graph.ts";
import type { Medium } from "../../../../src/workflow/media.ts";
import type { ModelCatalogue, ParameterSpec } from "../../../../src/workflow/models.ts";
import { nameScope, targetOf, type NameScope } from "../../../../src/workflow/names.ts";
import { knownNames, referenceProblem } from "../../../../src/workflow/reference-rules.ts";
import { referencesIn, type Reference } from "../../../../src/workflow/references.ts";
import { nearestName } from "../../../../src/workflow/suggestion.ts";
import type { Json } from "../../../../src/workflow/values.ts";
import { withModel, withParameter, type DraftStep } from "../editor/draft.ts";
import { isJsonObject } from "./json-object.ts";
import { textsAt, withTextsAt } from "./step-texts.ts";
import type { VariableScope } from "./variables.ts";

/** One click that puts right what is wrong at a place of a step. */
export type Mend =
  /** The same name written as it is, or another in its place. */
  | { kind: "write_reference"; from: string; to: string }
  | { kind: "remove_reference"; from: string }
  /** To the place (from 0) behind the step that is referred to. */
  | { kind: "move_behind"; stepNumber: number; to: number }
  | { kind: "take_model"; model: string; isReady: boolean }
  | { kind: "set_parameter"; name: string; value: Json }
  | { kind: "rename_parameter"; name: string; to: string }
  | { kind: "reset_parameter"; name: string }
  | { kind: "drop_previous" }
  | { kind: "run_for_each"; list: string };

export interface MendScope extends VariableScope {
  /** Models that could be taken in the place of others. */
  offered: readonly OfferedModel[];
  /** YYYY-MM-DD. */
  today: string;
}

const AT_MOST = 4;

/** What can be put right at a place of a step in one click, the likeliest first; none where nothing is wrong. */
export function mendsAt(scope: MendScope): Mend[] {
  const { place } = scope;
  const mends =
    place === "ai_provider"
      ? modelMends(scope)
      : place === "use_previous_output"
        ? previousMends(scope)
        : [...referenceMends(scope), ...parameterMends(scope), ...listMends(scope)];
  return mends.slice(0, AT_MOST);
}

/** What a mend changes in its step; null where it moves it. */
export function mendedStep(
  step: DraftStep,
  mend: Mend,
  { place, catalogue }: { place: string; catalogue: ModelCatalogue },
): DraftStep | null {
  switch (mend.kind) {
    case "write_reference":
      return withTextsAt(step, place, (text) => text.replaceAll(mend.from, () => mend.to));
    case "remove_reference":
      return withTextsAt(step, place, (text) => withoutReference(text, mend.from));
    case "take_model":
      return withModel(step, mend.model, catalogue);
    case "set_parameter":
      return { ...step, parameters: withParameter(step, mend.name, mend.value) };
    case "rename_parameter": {
      const value = step.parameters[mend.name] ?? null;
      const without = { ...step, parameters: withParameter(step, mend.name, null) };
      return { ...step, parameters: withParameter(without, mend.to, value) };
    }
    case "reset_parameter":
      return { ...step, parameters: withParameter(step, mend.name, null) };
    case "drop_previous":
      return { ...step, use_previous_output: false };
    case "run_for_each":
      return {
        ...withTextsAt(step, place, (text) => text.replaceAll(mend.list, () => "{item}")),
        for_each: { in: mend.list, max_parallel: 3 },
        use_previous_output: false,
      };
    case "move_behind":
    default:
      return null;
  }
}

/** Without a reference, and without the space that would be left over. */
function withoutReference(text: string, reference: string): string {
  return text.replaceAll(` ${reference}`, "").replaceAll(reference, "").trimStart();
}

/** The references at a place that are wrong, with the sentence that says why in both languages. */
export function wrongReferences(scope: VariableScope) {
  const { step, steps, inputs, catalogue, place } = scope;
  const names = nameScope(
    steps,
    inputs.map(({ name }) => name),
  );
  const context = { step, steps, catalogue, scope: names, path: "" };
  const seen = new Map<string, { reference: Reference; message: { fr: string; en: string } }>();
  for (const reference of textsAt(step, place).flatMap((text) => referencesIn(text))) {
    const message = seen.has(reference.raw) ? null : referenceProblem(reference, place, context);
    if (message !== null) seen.set(reference.raw, { reference, message });
  }
  return [...seen.values()];
}

function referenceMends(scope: MendScope): Mend[] {
  const { steps, inputs } = scope;
  const names = nameScope(
    steps,
    inputs.map(({ name }) => name),
  );
  return wrongReferences(scope).flatMap(({ reference }) => mendsOfReference(reference, scope, names));
}

function mendsOfReference(reference: Reference, scope: MendScope, names: NameScope): Mend[] {
  const { step, steps, place } = scope;
  const { name, path, raw } = reference;
  const remove: Mend[] = place === "for_each.in" ? [] : [{ kind: "remove_reference", from: raw }];
  const write = (to: string): Mend[] => [
    { kind: "write_reference", from: raw, to: `{${[to, ...path].join(".")}}` },
  ];
  const target = targetOf(name, step, names);
  if (target.kind === "unknown") {
    const nearest = nearestName(name, usableNames(scope, names));
    return [...(nearest === undefined ? [] : write(nearest)), ...remove];
  }
  const source =
    target.kind === "step" ? steps.find((other) => other.step_number === target.stepNumber) : undefined;
  if (target.kind === "step" && source === undefined) {
    return [...(step.step_number > 1 ? write(`step${step.step_number - 1}_output`) : []), ...remove];
  }
  if (source !== undefined && source.step_number > step.step_number) {
    const to = steps.findIndex((other) => other.step_number === source.step_number);
    const move: Mend = { kind: "move_behind", stepNumber: source.step_number, to };
    return needs(source.step_number, scope) ? remove : [move, ...remove];
  }
  const medium = mediumOfTarget(reference, scope, names);
  if (medium !== undefined && medium !== "text") {
    return [...modelsTaking(medium, scope), ...remove];
  }
  // A part of something that has no parts.
  const whole: Mend[] = path.length > 0 ? [{ kind: "write_reference", from: raw, to: `{${name}}` }] : [];
  return [...whole, ...remove];
}

/** Whether a later step needs this one, so that neither can stand behind the other. */
function needs(stepNumber: number, { step, steps, catalogue }: MendScope): boolean {
  const links = new Map(linkSteps(steps, catalogue).map((link) => [link.stepNumber, link.dependsOn]));
  const reaches = (from: number): boolean =>
    from === step.step_number || (links.get(from) ?? []).some((before) => reaches(before));
  return reaches(stepNumber);
}

/** The names that may be used in a step: of those that come before it. */
function usableNames({ step, steps }: MendScope, names: NameScope): string[] {
  const own = step.for_each === null ? [] : ["item", "index"];
  const usable = knownNames({ steps, scope: names }).filter((name) => {
    const target = targetOf(name, step, names);
    return target.kind !== "step" || (target.stepNumber > 0 && target.stepNumber < step.step_number);
  });
  return [...own, ...usable];
}

function mediumOfTarget(
  { name }: Reference,
  { step, steps, catalogue }: MendScope,
  names: NameScope,
): Medium | undefined {
  const target = targetOf(name, step, names);
  if (target.kind === "item") {
    return itemMediumOf(step, steps, { scope: names, catalogue });
  }
  const source =
    target.kind === "step" ? steps.find((other) => other.step_number === target.stepNumber) : undefined;
  return source && source.step_number < step.step_number
    ? outputMediumOf(source, steps, catalogue)
    : undefined;
}

/** Models of the same kind that take a medium: those that can be called now, those of the same provider first. */
function modelsTaking(medium: Medium, { step, catalogue, place, offered, today }: MendScope): Mend[] {
  const model = catalogue.resolve(step.ai_provider);
  const fitting = offered.filter(
    (one) =>
      one.modality === model?.modality &&
      one.isOfficial &&
      one.status === "live" &&
      (one.shutdown_date === null || one.shutdown_date > today) &&
      canTakeAt(catalogue.resolve(one.id), medium, place),
  );
  return fitting
    .toSorted((a, b) => rankOf(b, model?.provider) - rankOf(a, model?.provider))
    .slice(0, 2)
    .map(({ id, isReady }): Mend => ({ kind: "take_model", model: id, isReady }));
}

function rankOf({ isReady, provider }: OfferedModel, own: string | undefined): number {
  return (isReady ? 2 : 0) + (provider === own ? 1 : 0);
}

function modelMends({ step, catalogue, offered, today }: MendScope): Mend[] {
  const model = catalogue.resolve(step.ai_provider);
  const isReady = (id: string) => offered.some((one) => one.id === id && one.isReady);
  const take = (id: string): Mend => ({ kind: "take_model", model: id, isReady: isReady(id) });
  if (model === undefined) {
    const living = catalogue.names().filter((name) => catalogue.resolve(name)?.status === "live");
    const nearest = nearestName(step.ai_provider, living);
    return nearest === undefined ? [] : [take(nearest)];
  }
  const replacement = model.replacement === null ? undefined : catalogue.resolve(model.replacement);
  if (model.status !== "live" && replacement !== undefined && replacement.status !== "shut_down") {
    return [take(replacement.id)];
  }
  const own = offered.find(({ id }) => id === model.id);
  if (model.status === "live" && own?.isReady !== false) {
    return [];
  }
  // It has gone with nothing in its place, or is not set up.
  const others = alternativesTo(
    { provider: model.provider, modality: model.modality, isOfGateway: own?.isOfficial === false },
    offered,
    { today },
  );
  return others.slice(0, 2).map(({ id }) => take(id));
}

function previousMends({ step, steps, catalogue }: MendScope): Mend[] {
  const model = catalogue.resolve(step.ai_provider);
  const earlier = steps.filter((other) => other.step_number < step.step_number);
  const isTaken = earlier.some((other) => {
    const medium = outputMediumOf(other, steps, catalogue);
    return medium === undefined || canTakeAt(model, medium, "prompt");
  });
  return step.use_previous_output && step.for_each === null && !isTaken ? [{ kind: "drop_previous" }] : [];
}

function parameterMends({ step, catalogue, place }: MendScope): Mend[] {
  const name = /^parameters\.([^.[]+)$/.exec(place)?.[1];
  const model = catalogue.resolve(step.ai_provider);
  const value = name === undefined ? undefined : step.parameters[name];
  if (name === undefined || value === undefined || model === undefined) {
    return [];
  }
  const spec = Object.hasOwn(model.parameters, name) ? model.parameters[name] : undefined;
  if (spec === undefined) {
    const free = Object.keys(model.parameters).filter((other) => !Object.hasOwn(step.parameters, other));
    const nearest = nearestName(name, free);
    return nearest === undefined ? [] : [{ kind: "rename_parameter", name, to: nearest }];
  }
  const hasReference = JSON.stringify(value).includes("{") && textsAt(step, place).some(hasReferences);
  if (hasReference || takesValue(spec, value)) {
    return [];
  }
  const nearest = nearestValue(spec, value);
  return [
    ...(nearest === undefined ? [] : [{ kind: "set_parameter", name, value: nearest } as const]),
    { kind: "reset_parameter", name },
  ];
}

function hasReferences(text: string): boolean {
  return referencesIn(text).length > 0;
}

/** The value that a parameter takes and that is nearest to one that it does not; undefined where none is near. */
function nearestValue(spec: ParameterSpec, value: Json): Json | undefined {
  if (spec.type === "integer" || spec.type === "number") {
    const number = typeof value === "string" ? Number(value.replace(",", ".")) : value;
    if (typeof number !== "number" || !Number.isFinite(number)) return undefined;
    const whole = spec.type === "integer" ? Math.round(number) : number;
    return Math.min(spec.max, Math.max(spec.min, whole));
  }
  return spec.type === "choice" && typeof value === "string" ? nearestName(value, spec.values) : undefined;
}

/** Offers a call for each entry where a whole list goes into a model that makes one thing of it. */
function listMends({ step, steps, inputs, catalogue, place }: MendScope): Mend[] {
  const model = catalogue.resolve(step.ai_provider);
  const isOne = model !== undefined && model.modality !== "text" && model.composed === undefined;
  if (place !== "prompt" || step.for_each !== null || !isOne) {
    return [];
  }
  const names = nameScope(
    steps,
    inputs.map(({ name }) => name),
  );
  return referencesIn(step.prompt)
    .filter((reference) => isList(reference, { step, steps, names }))
    .slice(0, 1)
    .map(({ raw }): Mend => ({ kind: "run_for_each", list: raw }));
}

function isList(
  { name, path }: Reference,
  { step, steps, names }: { step: Step; steps: readonly Step[]; names: NameScope },
): boolean {
  const target = targetOf(name, step, names);
  if (target.kind !== "step" || target.stepNumber >= step.step_number) return false;
  const source = steps.find((other) => other.step_number === target.stepNumber);
  if (source === undefined) return false;
  if (source.for_each !== null) return path.length === 0;
  const part = path.reduce<Json | undefined>(
    (at, key) => (isJsonObject(at) && isJsonObject(at["properties"]) ? at["properties"][key] : undefined),
    source.output_schema ?? undefined,
  );
  return isJsonObject(part) && part["type"] === "array";
}
