import type { Step, WorkflowInput } from "../../../../src/workflow/definition.ts";
import { mediumOf } from "../../../../src/workflow/media.ts";
import type { ModelCatalogue } from "../../../../src/workflow/models.ts";
import { exactReference } from "../../../../src/workflow/references.ts";
import type { Json } from "../../../../src/workflow/values.ts";

/** What a text step is asked to write so that another can run once per entry. */
const LIST_SCHEMA: NonNullable<Step["output_schema"]> = {
  type: "object",
  properties: { items: { type: "array", items: { type: "string" } } },
  required: ["items"],
  additionalProperties: false,
};

/** References to what can be a list: of earlier steps, the latest first, then the topic and inputs, one item a line. */
export function listReferences(
  earlier: readonly Step[],
  inputs: readonly WorkflowInput[],
  catalogue: ModelCatalogue,
): string[] {
  const steps = earlier.toReversed().flatMap((step) => listsOf(step, catalogue));
  const typed = inputs.filter(({ type }) => type === "text").map(({ name }) => `{${name}}`);
  return [...steps, "{topic}", ...typed];
}

function listsOf(step: Step, catalogue: ModelCatalogue): string[] {
  const whole = `step${step.step_number}_output`;
  const model = catalogue.resolve(step.ai_provider);
  const isText = model === undefined || mediumOf(model.modality) === "text";
  if (step.for_each !== null || !isText || step.output_schema === null) {
    return step.for_each !== null || isText ? [`{${whole}}`] : [];
  }
  const properties = asObject(step.output_schema["properties"]);
  const lists = Object.entries(properties).filter(([, property]) => asObject(property)["type"] === "array");
  const named = lists.map(([name]) => `{${whole}.${name}}`);
  return step.output_schema["type"] === "array" ? [`{${whole}}`] : named;
}

function asObject(value: Json | undefined): Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

/** The earlier step whose plain text is to be a list; undefined where the list is not such a text. */
export function plainTextSource(
  step: Step,
  earlier: readonly Step[],
  catalogue: ModelCatalogue,
): Step | undefined {
  const reference = exactReference(step.for_each?.in ?? "");
  if (reference === null || reference.path.length > 0) {
    return undefined;
  }
  const source = earlier.find(
    (other) => reference.name === `step${other.step_number}_output` || reference.name === other.name,
  );
  const isPlain = source !== undefined && source.output_schema === null && source.for_each === null;
  return isPlain && catalogue.resolve(source.ai_provider)?.modality === "text" ? source : undefined;
}

/** The steps with one of them writing a list, and another running over it. */
export function withListFrom<S extends Step>(
  steps: readonly S[],
  { from, over }: { from: number; over: number },
): S[] {
  return steps.map((step) => {
    if (step.step_number === from) {
      return { ...step, output_schema: LIST_SCHEMA };
    }
    return step.step_number === over && step.for_each !== null
      ? { ...step, for_each: { ...step.for_each, in: `{step${from}_output.items}` } }
      : step;
  });
}
