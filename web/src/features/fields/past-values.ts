import type { Step } from "../../../../src/workflow/definition.ts";
import { mediumOf, type Medium } from "../../../../src/workflow/media.ts";
import type { ModelCatalogue } from "../../../../src/workflow/models.ts";
import { exactReference } from "../../../../src/workflow/references.ts";
import type { Json } from "../../../../src/workflow/values.ts";
import type { Execution, Result } from "../../api/types.ts";
import { storedFilesOf, type StoredFile } from "../preview/stored-file.ts";
import { isJsonObject } from "./json-object.ts";
import type { Variable } from "./variables.ts";

/** What an execution ran and made, as far as it tells what variables held. */
export type PastRun = Pick<Execution, "id" | "initial_input" | "inputs" | "steps" | "results">;

/** What a variable held. */
export type PastValue =
  | { kind: "text"; text: string; medium: Medium }
  | { kind: "files"; files: StoredFile[] };

const MAX_EXCERPT = 400;

/** What a variable of a step held in a past execution; null where that made nothing of the kind. */
export function pastValue(
  variable: Pick<Variable, "written" | "kind" | "step">,
  { step, run, catalogue }: { step: Step; run: PastRun; catalogue: ModelCatalogue },
): PastValue | null {
  const [name = "", ...path] = variable.written.split(".");
  switch (variable.kind) {
    case "topic":
      return textValue(run.initial_input);
    case "input":
      return textValue(Object.hasOwn(run.inputs, name) ? run.inputs[name] : undefined);
    case "index":
      return textValue("0");
    case "item":
      return itemValue(path, { step, run });
    case "previous":
    case "step":
    default: {
      const result = variable.step && resultOf(variable.step, run, catalogue);
      return result ? partOf(result, path) : null;
    }
  }
}

/** The result of a step: by its name, otherwise by its number where the same kind of thing was made there. */
function resultOf(
  step: Pick<Step, "name" | "step_number" | "ai_provider">,
  { steps, results }: PastRun,
  catalogue: ModelCatalogue,
): Result | undefined {
  const named = step.name ? steps.find(({ name }) => name === step.name) : undefined;
  if (named !== undefined) {
    return results.find(({ step_number }) => step_number === named.step_number);
  }
  const model = catalogue.resolve(step.ai_provider);
  const then = steps.find(({ step_number }) => step_number === step.step_number);
  const before = then && catalogue.resolve(then.ai_provider);
  if (model === undefined || before === undefined || mediumOf(model.modality) !== mediumOf(before.modality)) {
    return undefined;
  }
  return results.find(({ step_number }) => step_number === step.step_number);
}

function partOf(result: Result, path: readonly string[]): PastValue | null {
  const files = storedFilesOf(result);
  if (files.length > 0) {
    return { kind: "files", files };
  }
  if (result.items !== undefined && result.json === undefined) {
    const made = result.items.flatMap((item) => storedFilesOf(item));
    return made.length > 0 ? { kind: "files", files: made } : textValue(result.items[0]?.text);
  }
  return textValue(valueAt(result.json ?? result.text, path));
}

/** The first item of the list that a step runs over: of one that another has written, or of a text line by line. */
function itemValue(path: readonly string[], { step, run }: { step: Step; run: PastRun }): PastValue | null {
  const list = exactReference(step.for_each?.in ?? "");
  if (list === null) {
    return null;
  }
  const result = run.results.find(
    (one) => list.name === one.name || list.name === `step${one.step_number}_output`,
  );
  if (result === undefined) {
    const text = list.name === "topic" ? run.initial_input : run.inputs[list.name];
    return textValue(typeof text === "string" ? text.split("\n")[0] : undefined);
  }
  const [first] = result.items ?? [];
  const files = first === undefined ? [] : storedFilesOf(first);
  if (files.length > 0) {
    return { kind: "files", files };
  }
  const whole = valueAt(result.json ?? result.text, list.path);
  const items = typeof whole === "string" ? whole.split("\n") : whole;
  return textValue(valueAt(Array.isArray(items) ? items[0] : first?.text, path));
}

function valueAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  let at = value;
  for (const part of path) {
    if (Array.isArray(at)) {
      at = at[Number(part)];
    } else {
      at = isJsonObject(at) && Object.hasOwn(at, part) ? at[part] : undefined;
    }
  }
  return at;
}

/** An excerpt on one line; data is written as JSON. */
function textValue(value: Json | undefined): PastValue | null {
  if (value === undefined || value === null || value === "") {
    return null;
  }
  const isData = typeof value === "object";
  const text = isData ? JSON.stringify(value) : String(value);
  const excerpt = text.slice(0, MAX_EXCERPT).replaceAll(/\s+/g, " ").trim().toWellFormed();
  return { kind: "text", text: excerpt, medium: isData ? "json" : "text" };
}
