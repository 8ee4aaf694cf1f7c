import { REMOVED_STEP } from "../../../../src/workflow/reference-rules.ts";
import { MAX_STEPS, type Step, type WorkflowInput } from "../../../../src/workflow/definition.ts";
import { fitParameters } from "../../../../src/workflow/fitted-parameters.ts";
import type { ModelCatalogue } from "../../../../src/workflow/models.ts";
import { scan } from "../../../../src/workflow/references.ts";
import type { Json } from "../../../../src/workflow/values.ts";
import { isUnlisted } from "../../catalogue.ts";
import { readStored, writeStored } from "../../storage.ts";

/** A step with a name for React that stays when it moves. */
export type DraftStep = Step & { key: string };

/** Where the editor starts from: a template, a saved workflow, or nothing. */
export interface Source {
  /** Names the draft in the browser's memory, like `template:creation-contenu`. */
  key: string;
  title: string;
  /** What its runs are called and what saving it suggests; null where nobody has named it. */
  name: string | null;
  description: string;
  steps: DraftStep[];
  inputs: WorkflowInput[];
  /** What is filled in before anybody has changed anything. */
  beginning: Draft;
  /** The saved workflow that this is, which can be changed; absent where it is none. */
  saved?: { id: number; isTemplate: boolean; savedAt: string };
}

/** What a person has changed. `steps` is null as long as they are those of the source. */
export interface Draft {
  steps: DraftStep[] | null;
  topic: string;
  capUsd: number | null;
  values: Record<string, string | number>;
  /** Whether identical results that are paid for are taken instead of bought again. */
  reuse: boolean;
  /** When the workflow that the steps were changed from was saved; absent as long as they are unchanged. */
  basedOn?: string | undefined;
}

export const EMPTY_DRAFT: Draft = { steps: null, topic: "", capUsd: null, values: {}, reuse: false };

const MAX_TOPIC_TITLE = 100;
const MAX_STEP_NAME = 64;

/** What a run of steps that are sent is called: by the name of its source, otherwise by its topic. */
export function titleOf(source: Pick<Source, "name">, topic: string): string | null {
  const title = source.name ?? topic.trim().replaceAll(/\s+/g, " ").slice(0, MAX_TOPIC_TITLE).toWellFormed();
  return title === "" ? null : title;
}

export function withKeys(steps: readonly Step[]): DraftStep[] {
  return steps.map((step, index) => ({ ...step, key: `s${index}` }));
}

/** A step to begin with, at the given place (from 0). */
export function newStep(index: number, key: string): DraftStep {
  return {
    key,
    step_number: index + 1,
    name: null,
    ai_provider: "gpt-4",
    prompt: "",
    use_previous_output: index > 0,
    parameters: {},
    output_schema: null,
    for_each: null,
    approval: false,
    retry: { max_attempts: 3 },
    timeout_seconds: 600,
    on_error: "fail",
  };
}

/** Where a step is added, and with which model. */
export interface NewStep {
  /** From 0. */
  index: number;
  aiProvider: string;
  /** Whether Relais composes it from the files of others: what it works on is then chosen, not handed over. */
  isComposed: boolean;
}

/** With one more step; references follow the steps that they mean. */
export function insertStep(
  steps: readonly DraftStep[],
  { index, aiProvider, isComposed }: NewStep,
): DraftStep[] {
  if (steps.length >= MAX_STEPS) {
    return [...steps];
  }
  const added = newStep(index, newKey(steps));
  const step = {
    ...added,
    ai_provider: aiProvider,
    use_previous_output: added.use_previous_output && !isComposed,
  };
  return renumbered(steps, steps.toSpliced(index, 0, step));
}

/** With a copy of the step at `index` after it. What refers to the step goes on meaning the first of the two. */
export function duplicateStep(steps: readonly DraftStep[], index: number): DraftStep[] {
  const step = steps[index];
  if (step === undefined || steps.length >= MAX_STEPS) {
    return [...steps];
  }
  const copy = { ...step, key: newKey(steps), name: copyName(steps, step.name) };
  return renumbered(steps, steps.toSpliced(index + 1, 0, copy));
}

/** A name that no step has: names are what references go by. */
function copyName(steps: readonly DraftStep[], name: string | null | undefined): string | null {
  if (!name) {
    return null;
  }
  const taken = new Set(steps.map((step) => step.name));
  const stem = name.replace(/_\d+$/, "");
  let serial = 2;
  while (taken.has(`${stem.slice(0, MAX_STEP_NAME - String(serial).length - 1)}_${serial}`)) {
    serial += 1;
  }
  return `${stem.slice(0, MAX_STEP_NAME - String(serial).length - 1)}_${serial}`;
}

function newKey(steps: readonly DraftStep[]): string {
  const used = new Set(steps.map((step) => step.key));
  let serial = steps.length;
  while (used.has(`n${serial}`)) {
    serial += 1;
  }
  return `n${serial}`;
}

/** Without the step at `index`. What refers to it becomes `{removed_step}`, so that it is noticed and not mixed up. */
export function removeStep(steps: readonly DraftStep[], index: number): DraftStep[] {
  return renumbered(steps, steps.toSpliced(index, 1));
}

/** With the step at `from` moved to `to`; references follow the steps that they mean. */
export function moveStep(steps: readonly DraftStep[], from: number, to: number): DraftStep[] {
  const moved = steps[from];
  if (moved === undefined || to < 0 || to >= steps.length) {
    return [...steps];
  }
  return renumbered(steps, steps.filter((_, index) => index !== from).toSpliced(to, 0, moved));
}

function renumbered(before: readonly DraftStep[], after: readonly DraftStep[]): DraftStep[] {
  const newNumbers = new Map(after.map((step, index) => [step.key, index + 1]));
  const renames = new Map<string, string>();
  for (const step of before) {
    const number = newNumbers.get(step.key);
    renames.set(
      `step${step.step_number}_output`,
      number === undefined ? REMOVED_STEP : `step${number}_output`,
    );
  }
  return after.map((step, index) => ({
    ...step,
    step_number: index + 1,
    prompt: renameReferences(step.prompt, renames),
    parameters: renameInParameters(step.parameters, renames),
    for_each: step.for_each && { ...step.for_each, in: renameReferences(step.for_each.in, renames) },
    use_previous_output: (index > 0 || step.for_each !== null) && step.use_previous_output,
  }));
}

function renameReferences(text: string, renames: ReadonlyMap<string, string>): string {
  return scan(text)
    .map((segment) => {
      if (segment.kind === "text") {
        return segment.text;
      }
      const name = segment.kind === "reference" ? renames.get(segment.name) : undefined;
      return name === undefined || segment.kind !== "reference"
        ? segment.raw
        : `{${[name, ...segment.path].join(".")}}`;
    })
    .join("");
}

/**
 * The steps of an execution with the values of its inputs written into them, so that they say all they need: steps that
 * are sent by themselves have no inputs.
 */
export function withInputs(
  steps: readonly Step[],
  inputs: Readonly<Record<string, string | number>>,
): Step[] {
  return steps.map((step) => ({
    ...step,
    prompt: fillIn(step.prompt, inputs),
    parameters: Object.fromEntries(
      Object.entries(step.parameters).map(([name, value]) => [
        name,
        typeof value === "string" ? fillParameter(value, inputs) : value,
      ]),
    ),
  }));
}

/** A text that is nothing but one reference keeps the type of what it refers to. */
function fillParameter(text: string, inputs: Readonly<Record<string, string | number>>): string | number {
  const [only, ...others] = scan(text);
  const value = only?.kind === "reference" && others.length === 0 ? ownValue(inputs, only.name) : undefined;
  return typeof value === "number" ? value : fillIn(text, inputs);
}

function fillIn(text: string, inputs: Readonly<Record<string, string | number>>): string {
  return scan(text)
    .map((segment) => {
      if (segment.kind === "text") {
        return segment.text;
      }
      const value = segment.kind === "reference" ? ownValue(inputs, segment.name) : undefined;
      return value === undefined ? segment.raw : escaped(String(value));
    })
    .join("");
}

/** What is put in was never scanned, and is not now: what looks like a reference in it stays text. */
function escaped(text: string): string {
  return scan(text)
    .map((segment) => {
      if (segment.kind === "text") {
        return segment.text;
      }
      return segment.kind === "reference" ? `{${segment.raw}}` : segment.raw;
    })
    .join("");
}

function ownValue(
  inputs: Readonly<Record<string, string | number>>,
  name: string,
): string | number | undefined {
  return Object.hasOwn(inputs, name) ? inputs[name] : undefined;
}

function renameInParameters(
  parameters: Step["parameters"],
  renames: ReadonlyMap<string, string>,
): Step["parameters"] {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, renameInJson(value, renames)]),
  );
}

/** References stand in lists, too, such as the chapters of a book. */
function renameInJson(value: Json, renames: ReadonlyMap<string, string>): Json {
  if (typeof value === "string") {
    return renameReferences(value, renames);
  }
  if (Array.isArray(value)) {
    return value.map((item) => renameInJson(item, renames));
  }
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, renameInJson(item, renames)]))
    : value;
}

/** A value for each input while nobody has given any: what it is by itself, or nothing. */
export function emptyInputs(inputs: readonly WorkflowInput[]): Record<string, string | number> {
  return Object.fromEntries(inputs.map(({ name, default: usual }) => [name, usual ?? ""]));
}

/** Sets a parameter, or removes it where the value is null: the model's own default then holds. */
export function withParameter(step: DraftStep, name: string, value: Json | null): DraftStep["parameters"] {
  if (value !== null) {
    return { ...step.parameters, [name]: value };
  }
  return Object.fromEntries(Object.entries(step.parameters).filter(([other]) => other !== name));
}

/** The steps as the API takes them. */
export function wireSteps(steps: readonly DraftStep[]): Step[] {
  return steps.map((step) => {
    const { key: _, ...wire } = step;
    return { ...wire, name: wire.name === "" ? null : wire.name };
  });
}

const STORAGE_PREFIX = "relais.draft.";

/** What was left in this browser, so that a reload loses nothing; `beginning` where nothing was. */
export function readDraft(sourceKey: string, beginning: Draft): Draft {
  const stored = readStored(STORAGE_PREFIX + sourceKey);
  if (stored === null) {
    return beginning;
  }
  try {
    const draft: Partial<Draft> = JSON.parse(stored);
    return { ...EMPTY_DRAFT, ...draft, steps: Array.isArray(draft.steps) ? draft.steps : null };
  } catch {
    return beginning;
  }
}

/** Keeps what a person has changed, and nothing of what they have not. */
export function storeDraft(sourceKey: string, draft: Draft, beginning: Draft): void {
  const isUnchanged =
    draft.steps === null &&
    draft.topic === beginning.topic &&
    draft.capUsd === beginning.capUsd &&
    draft.reuse === beginning.reuse &&
    Object.keys(draft.values).length === 0;
  writeStored(STORAGE_PREFIX + sourceKey, isUnchanged ? null : JSON.stringify(draft));
}

/** A draft that came after another, with what its steps were changed from. */
export function withBase(next: Draft, before: Draft, { saved }: Pick<Source, "saved">): Draft {
  if (next.steps === null) return { ...next, basedOn: undefined };
  return { ...next, basedOn: before.steps === null ? saved?.savedAt : before.basedOn };
}

/** Whether the workflow was saved elsewhere after this draft of it was begun, so that saving replaces what is not in it. */
export function isOvertaken({ steps, basedOn }: Draft, { saved }: Pick<Source, "saved">): boolean {
  return steps !== null && basedOn !== undefined && saved !== undefined && saved.savedAt !== basedOn;
}

/** The step with another model: its parameters become the nearest that this one takes. */
export function withModel(step: DraftStep, aiProvider: string, catalogue: ModelCatalogue): DraftStep {
  const next = { ...step, ai_provider: aiProvider };
  const model = catalogue.resolve(aiProvider);
  if (model === undefined || isUnlisted(model, catalogue)) {
    return next;
  }
  return { ...next, parameters: fitParameters(step.parameters, model.parameters).parameters };
}
