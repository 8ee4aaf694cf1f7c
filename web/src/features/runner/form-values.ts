import { MAX_INPUT_CHARACTERS, type Step, type WorkflowInput } from "../../../../src/workflow/definition.ts";
import { textsOf } from "../../../../src/workflow/graph.ts";
import { referencesIn } from "../../../../src/workflow/references.ts";
import { readStored, writeStored } from "../../storage.ts";

/** A file that was chosen and stored. Of one that came with an earlier run only the id is known. */
export interface ChosenFile {
  id: string;
  name?: string;
  url?: string;
  mediaType?: string;
  bytes?: number;
}

/** What a person has filled in. An input that is not here has its default. */
export interface FormValues {
  topic: string;
  values: Record<string, string | number>;
  files: Record<string, ChosenFile>;
  capUsd: number | null;
  reuse: boolean;
}

export const EMPTY_VALUES: FormValues = { topic: "", values: {}, files: {}, capUsd: null, reuse: false };

/** Whether a topic goes into anything. */
export function usesTopic(steps: readonly Step[]): boolean {
  return steps.some((step) =>
    textsOf(step).some(({ text }) => referencesIn(text).some(({ name }) => name === "topic")),
  );
}

/** The inputs of one execution, as they are sent: only those that the form has now, whatever it had before. */
export function sentInputs(inputs: readonly WorkflowInput[], form: FormValues): FormValues["values"] {
  return Object.fromEntries(
    inputs.flatMap(({ name, type }): [string, string | number][] => {
      const given = type === "file" ? ownOf(form.files, name)?.id : ownOf(form.values, name);
      return given === undefined ? [] : [[name, given]];
    }),
  );
}

/** The form filled in as an earlier run was. */
export function valuesOfRun(
  inputs: readonly WorkflowInput[],
  run: { initial_input: string; inputs: Record<string, string | number> },
): Pick<FormValues, "topic" | "values" | "files"> {
  const given = inputs.flatMap((input) => {
    const value = ownOf(run.inputs, input.name);
    return value === undefined ? [] : [{ ...input, value }];
  });
  const files = given.filter(({ type, value }) => type === "file" && value !== "");
  const others = given.filter(({ type }) => type !== "file");
  return {
    topic: run.initial_input,
    values: Object.fromEntries(others.map(({ name, value }) => [name, value])),
    files: Object.fromEntries(files.map(({ name, value }) => [name, { id: String(value) }])),
  };
}

/**
 * What an address fills in: `?topic=…&tone=…`. Whoever wrote it is not known, so it fills fields in and does nothing else;
 * a file is never taken from it, nor a value that the field could not hold. Null where it fills nothing in.
 */
export function prefillOf(
  query: URLSearchParams,
  inputs: readonly WorkflowInput[],
): Pick<FormValues, "topic" | "values"> | null {
  const topic = query.get("topic")?.slice(0, MAX_INPUT_CHARACTERS);
  const values = inputs.flatMap((input): [string, string | number][] => {
    const text = query.get(input.name)?.slice(0, MAX_INPUT_CHARACTERS);
    const value = text === undefined ? null : valueIn(text, input);
    return value === null ? [] : [[input.name, value]];
  });
  if (topic === undefined && values.length === 0) {
    return null;
  }
  return { topic: topic ?? "", values: Object.fromEntries(values) };
}

function valueIn(text: string, input: WorkflowInput): string | number | null {
  switch (input.type) {
    case "text":
      return text;
    case "number": {
      const number = Number(text.replace(",", "."));
      return text.trim() === "" || !Number.isFinite(number) ? null : number;
    }
    case "choice":
      return input.choices?.includes(text) === true ? text : null;
    case "file":
    default:
      return null;
  }
}

/** Longer addresses are cut or refused somewhere on their way. */
const MAX_LINK_CHARACTERS = 4_000;

/** The address of a form, filled in as it is now, but for its files; null where it would be too long. */
export function filledLink(form: URL, inputs: readonly WorkflowInput[], filled: FormValues): string | null {
  const link = new URL(form);
  if (filled.topic.trim() !== "") {
    link.searchParams.set("topic", filled.topic);
  }
  for (const [name, value] of Object.entries(sentInputs(inputs, { ...filled, files: {} }))) {
    if (value !== "") {
      link.searchParams.set(name, String(value));
    }
  }
  return link.href.length > MAX_LINK_CHARACTERS ? null : link.href;
}

const STORAGE_PREFIX = "relais.form.";

/** What was left in this browser, so that a reload loses nothing. */
export function readValues(formKey: string): FormValues {
  const stored = readJson(STORAGE_PREFIX + formKey);
  return typeof stored === "object" && stored !== null ? { ...EMPTY_VALUES, ...stored } : EMPTY_VALUES;
}

export function storeValues(formKey: string, values: FormValues): void {
  const isEmpty = JSON.stringify(values) === JSON.stringify(EMPTY_VALUES);
  writeStored(STORAGE_PREFIX + formKey, isEmpty ? null : JSON.stringify(values));
}

const RUNS_PREFIX = "relais.formRuns.";
const KEPT_RUNS = 5;

/** Ids of the runs that this browser has started from a form, newest first. */
export function readRuns(formKey: string): number[] {
  const stored = readJson(RUNS_PREFIX + formKey);
  return Array.isArray(stored) ? stored.filter((id) => Number.isSafeInteger(id)).slice(0, KEPT_RUNS) : [];
}

export function storeRun(formKey: string, id: number): number[] {
  const runs = [id, ...readRuns(formKey).filter((other) => other !== id)].slice(0, KEPT_RUNS);
  writeStored(RUNS_PREFIX + formKey, JSON.stringify(runs));
  return runs;
}

function readJson(key: string): unknown {
  try {
    return JSON.parse(readStored(key) ?? "null");
  } catch {
    return null;
  }
}

function ownOf<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
