import type { Step, WorkflowInput } from "../../../../src/workflow/definition.ts";
import type { Json } from "../../../../src/workflow/values.ts";

/** What a version says. */
export interface VersionContent {
  name: string;
  description: string;
  steps: Step[];
  inputs: WorkflowInput[];
}

const STEP_FIELDS = [
  ...(["name", "ai_provider", "prompt", "use_previous_output", "parameters", "for_each"] as const),
  ...(["output_schema", "approval", "retry", "timeout_seconds", "on_error"] as const),
];
const OWN_FIELDS = ["name", "description", "inputs"] as const;
const ALL_FIELDS = [...new Set([...OWN_FIELDS, ...STEP_FIELDS])];

/** What can be changed, by its wire name. */
type Field = (typeof ALL_FIELDS)[number];
type Fields = Partial<Record<Field, Json>>;

/** A value that was changed, as a text; empty where it was not there. */
export interface FieldChange {
  field: Field;
  before: string;
  after: string;
}

/** All that was changed of one step (its number is the new one; that of a removed step, the old one), or of the workflow itself. */
export interface ChangeGroup {
  step: { number: number; name: string | null } | null;
  standing: "added" | "removed" | "changed";
  fields: FieldChange[];
}

/** What one version changed of the one before it, the workflow first, then its steps in their order. */
export function changesBetween(before: VersionContent, after: VersionContent): ChangeGroup[] {
  const own = changedFields(
    { name: before.name, description: before.description, inputs: toJson(before.inputs) },
    { name: after.name, description: after.description, inputs: toJson(after.inputs) },
  );
  const groups: ChangeGroup[] = own.length > 0 ? [{ step: null, standing: "changed", fields: own }] : [];
  for (const [old, next] of pairedSteps(before.steps, after.steps)) {
    const shown = next ?? old;
    if (!shown) continue;
    const fields = changedFields(old ? fieldsOf(old) : {}, next ? fieldsOf(next) : {});
    if (fields.length === 0) continue;
    let standing: ChangeGroup["standing"] = "changed";
    if (!old) standing = "added";
    if (!next) standing = "removed";
    const step = { number: shown.step_number, name: shown.name ?? null };
    groups.push({ step, standing, fields: standing === "changed" ? fields : tellingOnly(fields) });
  }
  return groups;
}

/** Of a whole step that came or went, what says which one it is. */
function tellingOnly(fields: FieldChange[]): FieldChange[] {
  return fields.filter(({ field }) => field === "ai_provider" || field === "prompt");
}

type Pair = [Step | undefined, Step | undefined];

/**
 * Which step of one version is which of the other: by their names, otherwise by prompt and model, and what is left between
 * those in the order in which it stands.
 */
function pairedSteps(before: readonly Step[], after: readonly Step[]): Pair[] {
  const pairs: Pair[] = [];
  let from = 0;
  let unmatched: Step[] = [];
  const close = (until: number): void => {
    const old = before.slice(from, until);
    for (let index = 0; index < Math.max(old.length, unmatched.length); index += 1) {
      pairs.push([old[index], unmatched[index]]);
    }
    unmatched = [];
  };
  for (const step of after) {
    const found = before.findIndex((old, index) => index >= from && isSameStep(old, step));
    if (found === -1) {
      unmatched.push(step);
      continue;
    }
    close(found);
    pairs.push([before[found], step]);
    from = found + 1;
  }
  close(before.length);
  return pairs;
}

function isSameStep(one: Step, other: Step): boolean {
  if (one.name && other.name) return one.name === other.name;
  return one.prompt === other.prompt && one.ai_provider === other.ai_provider;
}

function fieldsOf(step: Step): Fields {
  const fields: Fields = {};
  for (const field of STEP_FIELDS) fields[field] = toJson(step[field] ?? null);
  return fields;
}

function changedFields(before: Fields, after: Fields): FieldChange[] {
  return ALL_FIELDS.flatMap((field) => {
    const [old, next] = [textOf(before[field]), textOf(after[field])];
    return old === next ? [] : [{ field, before: old, after: next }];
  });
}

function textOf(value: Json | undefined): string {
  if (value === undefined || value === null || value === false) return "";
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

/** Steps and inputs are JSON by their schema. */
function toJson(value: unknown): Json {
  const json: Json = JSON.parse(JSON.stringify(value));
  return json;
}
