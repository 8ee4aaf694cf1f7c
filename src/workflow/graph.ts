import type { Step } from "./definition.ts";
import { isFileMedium, isHeard, mediumOf } from "./media.ts";
import type { Medium } from "./media.ts";
import type { ModelCatalogue, ModelInfo } from "./models.ts";
import { nameScope, targetOf } from "./names.ts";
import type { NameScope } from "./names.ts";
import { exactReference, referencesIn } from "./references.ts";
import type { Json } from "./values.ts";

/** What one step needs of the others. */
export interface StepLinks {
  stepNumber: number;
  /** The earlier steps that must be done before this one can start: sorted, each once. */
  dependsOn: number[];
  /** Those of them that only have to be over: it works with what there is of them. */
  endedOnly?: number[];
  /** The step whose output `use_previous_output` hands over; null where it hands over none. */
  previousFrom: number | null;
}

/** A string of a step that may hold references, and where it is: `prompt`, `parameters.images[0]`. */
export interface StepText {
  path: string;
  text: string;
}

/** Every string of a step in which references are filled in, the prompt first. */
export function textsOf(step: Step): StepText[] {
  const loop = step.for_each ? [{ path: "for_each.in", text: step.for_each.in }] : [];
  return [{ path: "prompt", text: step.prompt }, ...stringsIn(step.parameters, "parameters"), ...loop];
}

/** The strings of a step that go into its calls. */
function callTextsOf(step: Step): string[] {
  return [step.prompt, ...stringsIn(step.parameters, "parameters").map(({ text }) => text)];
}

function stringsIn(value: Json, path: string): StepText[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((entry, index) => stringsIn(entry, `${path}[${index}]`));
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, entry]) => stringsIn(entry, `${path}.${key}`));
}

/** The medium of what a step makes; undefined where its model is not known, or it follows a file that a person chooses. */
export function outputMediumOf(
  step: Step,
  steps: readonly Step[],
  catalogue: ModelCatalogue,
): Medium | undefined {
  const model = catalogue.resolve(step.ai_provider);
  if (!model) return undefined;
  const followed = step.parameters[model.composed?.medium_of ?? ""];
  const medium =
    followed === undefined ? mediumOf(model.modality) : mediumAt(followed, step, steps, catalogue);
  if (medium === undefined) return undefined;
  // A step that runs once per item makes a list: of texts, JSON; of files, several files.
  const isJson = step.for_each ? medium === "text" : model.modality === "text" && step.output_schema !== null;
  return isJson ? "json" : medium;
}

/** The medium of the first step that a parameter refers to; undefined where that cannot be told. */
function mediumAt(
  parameter: Json,
  step: Step,
  steps: readonly Step[],
  catalogue: ModelCatalogue,
): Medium | undefined {
  const scope = nameScope(steps);
  for (const { name } of stringsIn(parameter, "").flatMap(({ text }) => referencesIn(text))) {
    const target = targetOf(name, step, scope);
    if (target.kind === "item") return itemMediumOf(step, steps, { scope, catalogue });
    if (target.kind !== "step" || target.stepNumber >= step.step_number) continue;
    const source = steps.find((other) => other.step_number === target.stepNumber);
    return source && outputMediumOf(source, steps, catalogue);
  }
  return undefined;
}

/** The step that a `for_each` takes its list from; undefined where it takes none from a step. */
export function itemSourceOf(step: Step, steps: readonly Step[], scope: NameScope): Step | undefined {
  const reference = step.for_each && exactReference(step.for_each.in);
  const target = reference && targetOf(reference.name, step, scope);
  if (target?.kind !== "step" || target.stepNumber >= step.step_number) return undefined;
  return steps.find((other) => other.step_number === target.stepNumber);
}

/** The medium of one item of a step's list; undefined where that cannot be told. */
export function itemMediumOf(
  step: Step,
  steps: readonly Step[],
  { scope, catalogue }: { scope: NameScope; catalogue: ModelCatalogue },
): Medium | undefined {
  const source = itemSourceOf(step, steps, scope);
  if (!source) return undefined;
  const medium = outputMediumOf(source, steps, catalogue);
  if (medium === undefined || isFileMedium(medium)) return medium;
  const isWhole = exactReference(step.for_each?.in ?? "")?.path.length === 0;
  return source.for_each && isWhole && source.output_schema === null ? "text" : "json";
}

/** Whether an item is handed over as what the step works on, since nothing of its prompt names it. */
export function isItemHandedOver(step: Step): boolean {
  if (!step.for_each || !step.use_previous_output) return false;
  return !referencesIn(step.prompt).some(({ name }) => name === "item");
}

/** Whether the items of a step go into its calls, by name or handed over. */
export function isItemGiven(step: Step): boolean {
  const isNamed = callTextsOf(step).some((text) => referencesIn(text).some(({ name }) => name === "item"));
  return isNamed || isItemHandedOver(step);
}

/** The earlier steps whose outputs, or items of them, go into the model of a step. */
export function stepsGivenTo(
  step: Step,
  steps: readonly Step[],
  { scope, links }: { scope: NameScope; links: StepLinks },
): number[] {
  const given = outputsReadBy(step, links, scope);
  const source = isItemGiven(step) ? itemSourceOf(step, steps, scope) : undefined;
  return source ? [...new Set([...given, source.step_number])] : given;
}

/** The steps whose outputs a call of this step reads; that which its list comes from is read before, for all items at once. */
export function outputsReadBy(step: Step, links: StepLinks, scope: NameScope): number[] {
  const read = callTextsOf(step).flatMap((text) => stepsReferredTo(text, step, scope));
  if (links.previousFrom !== null) read.push(links.previousFrom);
  return [...new Set(read)].filter((stepNumber) => links.dependsOn.includes(stepNumber));
}

/** Whether an output can go into a model: text and JSON into any, a file only where the model takes its medium. */
export function canTake(model: ModelInfo | undefined, medium: Medium): boolean {
  return !isFileMedium(medium) || (model?.takes.includes(medium) ?? false);
}

/**
 * Whether a reference at this place of a step (`prompt`, `parameters.images[0]`) may stand for an output of this medium.
 * Files go into a composed step by the parameters that are made for them.
 */
export function canTakeAt(model: ModelInfo | undefined, medium: Medium, path: string): boolean {
  if (!model?.composed) return canTake(model, medium);
  const spec = model.parameters[/^parameters\.([^.[]+)/.exec(path)?.[1] ?? ""];
  return spec?.type === "files" ? spec.media.includes(medium) : !isFileMedium(medium);
}

/**
 * Works out the order of steps from what they refer to. Steps that do not depend on each other can run side by side.
 * Only earlier steps that exist are followed, so there is never a circle, whatever the steps say: what is wrong with
 * them is for `checkWorkflow` to report.
 */
export function linkSteps(steps: readonly Step[], catalogue: ModelCatalogue): StepLinks[] {
  const scope = nameScope(steps);
  return steps.map((step) => {
    const previousFrom = previousOf(step, steps, scope, catalogue);
    const wanted = textsOf(step).flatMap(({ text }) => stepsReferredTo(text, step, scope));
    if (previousFrom !== null) wanted.push(previousFrom);
    const earlier = new Set(steps.map((other) => other.step_number).filter((n) => n < step.step_number));
    const endedOnly = needsAll(step, catalogue) ? [...earlier].filter((n) => !wanted.includes(n)) : [];
    const dependsOn = [...new Set([...wanted, ...endedOnly])]
      .filter((n) => earlier.has(n))
      .toSorted((a, b) => a - b);
    return {
      stepNumber: step.step_number,
      dependsOn,
      ...(endedOnly.length > 0 && { endedOnly }),
      previousFrom,
    };
  });
}

function needsAll(step: Step, catalogue: ModelCatalogue): boolean {
  const { composed } = catalogue.resolve(step.ai_provider) ?? {};
  return composed?.needs_all === true && step.parameters["files"] === undefined;
}

/** The nearest earlier step whose output this step can take as what it works on; undefined where there is none. */
export function nearestTakable(
  step: Step,
  steps: readonly Step[],
  catalogue: ModelCatalogue,
): Step | undefined {
  const model = catalogue.resolve(step.ai_provider);
  return steps
    .filter((other) => other.step_number < step.step_number)
    .toSorted((a, b) => b.step_number - a.step_number)
    .find((other) => {
      const medium = outputMediumOf(other, steps, catalogue);
      if (medium === undefined || !canTakeAt(model, medium, "prompt")) return false;
      // A text tells a transcript nothing but how names are spelled.
      return model?.modality !== "transcript" || isHeard(medium);
    });
}

function previousOf(
  step: Step,
  steps: readonly Step[],
  scope: NameScope,
  catalogue: ModelCatalogue,
): number | null {
  // A step that runs once per item is handed its item, not the list that this comes from.
  if (!step.use_previous_output || step.for_each) return null;
  const nearest = nearestTakable(step, steps, catalogue)?.step_number;
  if (nearest === undefined) return null;
  return stepsReferredTo(step.prompt, step, scope).includes(nearest) ? null : nearest;
}

/** The steps that a text of this step refers to, in that order, each as often as it does. */
export function stepsReferredTo(text: string, step: Step, scope: NameScope): number[] {
  return referencesIn(text).flatMap(({ name }) => {
    const target = targetOf(name, step, scope);
    return target.kind === "step" ? [target.stepNumber] : [];
  });
}
