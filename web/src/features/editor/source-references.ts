import type { Step, WorkflowInput } from "../../../../src/workflow/definition.ts";
import { itemMediumOf, outputMediumOf } from "../../../../src/workflow/graph.ts";
import { isFileMedium, type Medium } from "../../../../src/workflow/media.ts";
import type { ModelCatalogue, ParameterSpec } from "../../../../src/workflow/models.ts";
import { nameScope } from "../../../../src/workflow/names.ts";
import type { Json } from "../../../../src/workflow/values.ts";

/** A parameter that is filled from what others have made. */
export type SourceSpec = Extract<ParameterSpec, { type: "files" | "data" }>;

export function isSourceSpec(spec: ParameterSpec): spec is SourceSpec {
  return spec.type === "files" || spec.type === "data";
}

/** What a parameter can be filled from: its reference, and where that comes from. */
export interface SourceReference {
  reference: string;
  /** The step that makes it; absent where it is an item, the topic or an input. */
  step?: Step;
  medium: Medium | null;
}

interface SourceQuestion {
  spec: SourceSpec;
  step: Step;
  /** All steps of the workflow. */
  steps: readonly Step[];
  inputs: readonly WorkflowInput[];
  catalogue: ModelCatalogue;
}

/** The references that fit a parameter: its own item, outputs of earlier steps, the latest first, then inputs. */
export function sourceReferences(question: SourceQuestion): SourceReference[] {
  const { spec, step, steps, inputs, catalogue } = question;
  const fits = (medium: Medium | undefined): boolean =>
    spec.type === "files"
      ? medium !== undefined && spec.media.includes(medium)
      : medium === undefined || !isFileMedium(medium);
  const found: SourceReference[] = [];
  if (step.for_each !== null) {
    const medium = itemMediumOf(step, steps, { scope: nameScope(steps), catalogue });
    if (fits(medium)) found.push({ reference: "{item}", medium: medium ?? null });
  }
  for (const other of steps.filter((one) => one.step_number < step.step_number).toReversed()) {
    const medium = outputMediumOf(other, steps, catalogue);
    const whole = `step${other.step_number}_output`;
    if (fits(medium)) {
      const parts = spec.type === "data" ? partsOf(other) : [];
      for (const name of [whole, ...parts.map((part) => `${whole}.${part}`)]) {
        found.push({ reference: `{${name}}`, step: other, medium: medium ?? null });
      }
    }
  }
  const wanted = spec.type === "files" ? "file" : "text";
  const given = inputs.filter(({ type }) => type === wanted).map(({ name }) => name);
  const own = spec.type === "data" ? ["topic", ...given] : given;
  return [...found, ...own.map((name) => ({ reference: `{${name}}`, medium: null }))];
}

/**
 * What can be chosen for a parameter that holds `chosen`: a step that is named there by its own name, `{cover}` for
 * `{step3_output}`, is offered once, under that name.
 */
export function asWritten(
  references: readonly SourceReference[],
  chosen: readonly string[],
): SourceReference[] {
  return references.map((source) => {
    const { step, reference } = source;
    const named = step?.name ? reference.replace(`step${step.step_number}_output`, step.name) : reference;
    return chosen.includes(named) && !chosen.includes(reference) ? { ...source, reference: named } : source;
  });
}

/** The parts of what a step writes as data, by its schema. */
function partsOf({ output_schema: schema, for_each: loop }: Step): string[] {
  const properties = loop === null ? schema?.["properties"] : undefined;
  const isObject = typeof properties === "object" && properties !== null && !Array.isArray(properties);
  return isObject ? Object.keys(properties) : [];
}

/** The references that a parameter holds, in their order; one that stands alone is written as it is. */
export function referencesOf(value: Json | undefined): string[] {
  if (value === undefined || value === null || value === "") {
    return [];
  }
  const entries = Array.isArray(value) ? value : [value];
  return entries.map((entry) => (typeof entry === "string" ? entry : JSON.stringify(entry)));
}

/** What a parameter holds for these references: one alone keeps what it stands for; null: nothing. */
export function valueOf(references: readonly string[]): Json | null {
  const [first] = references;
  return references.length > 1 ? [...references] : (first ?? null);
}
