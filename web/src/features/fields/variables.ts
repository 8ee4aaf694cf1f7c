import type { Step, WorkflowInput } from "../../../../src/workflow/definition.ts";
import { schemaAt } from "../../../../src/workflow/for-each-rules.ts";
import { canTakeAt, itemMediumOf, itemSourceOf, outputMediumOf } from "../../../../src/workflow/graph.ts";
import type { Medium } from "../../../../src/workflow/media.ts";
import type { ModelCatalogue } from "../../../../src/workflow/models.ts";
import { nameScope } from "../../../../src/workflow/names.ts";
import { exactReference } from "../../../../src/workflow/references.ts";
import { schemaPaths } from "./schema-paths.ts";
import { foldedText, matchesSearch } from "./search-text.ts";

/** A name that may stand between braces at some place of a step. */
export interface Variable {
  /** What stands between the braces. */
  written: string;
  /** Another way to write the same: `step2_output` for a step that has a name. */
  alias: string | null;
  kind: "topic" | "input" | "previous" | "item" | "index" | "step";
  /** What its owner calls it, of an input. */
  label: string | null;
  /** The step that makes it; null where none does. */
  step: Step | null;
  /** How many names of parts follow the first. */
  depth: number;
  isList: boolean;
  /** Null where it follows what a person gives. */
  medium: Medium | null;
  /** Whether the model of the step takes that at this place. */
  isTaken: boolean;
}

/** Where a variable is to be written. */
export interface VariableScope {
  step: Step;
  steps: readonly Step[];
  inputs: readonly WorkflowInput[];
  catalogue: ModelCatalogue;
  /** `prompt`, or a parameter such as `parameters.images`. */
  place: string;
}

type Whole = Pick<Variable, "written" | "kind"> & Partial<Variable>;

/** Every name that may be used at a place, what the model takes first. */
export function variablesAt(scope: VariableScope): Variable[] {
  const { step, steps, inputs, catalogue, place } = scope;
  const model = catalogue.resolve(step.ai_provider);
  const made = (whole: Whole): Variable => {
    const medium = whole.medium ?? null;
    const isTaken = medium === null || model === undefined || canTakeAt(model, medium, place);
    return { alias: null, label: null, step: null, depth: 0, isList: false, ...whole, medium, isTaken };
  };
  const earlier = steps.filter((other) => other.step_number < step.step_number);
  const wholes: Whole[] = [
    ...itemVariables(scope),
    { written: "topic", kind: "topic", medium: "text" },
    ...inputs.map((input): Whole => ({
      written: input.name,
      kind: "input",
      label: input.label,
      medium: input.type === "file" ? null : "text",
    })),
    ...earlier.flatMap((other) => stepVariables(other, scope)),
    ...previousVariable(earlier.at(-1), scope),
  ];
  const all = wholes.map(made);
  return [...all.filter(({ isTaken }) => isTaken), ...all.filter(({ isTaken }) => !isTaken)];
}

function itemVariables({ step, steps, catalogue }: VariableScope): Whole[] {
  if (step.for_each === null) {
    return [];
  }
  const scope = nameScope(steps);
  const medium = itemMediumOf(step, steps, { scope, catalogue }) ?? "text";
  const source = itemSourceOf(step, steps, scope);
  const path = exactReference(step.for_each.in)?.path ?? [];
  const list =
    source?.output_schema && schemaAt(source.output_schema, source.for_each === null ? path : path.slice(1));
  const item = list?.["items"];
  const parts = schemaPaths(item).map((part): Whole => ({
    written: ["item", ...part.path].join("."),
    kind: "item",
    medium: part.isData ? "json" : "text",
    depth: part.path.length,
    isList: part.isList,
  }));
  // Entries of a list of texts are texts, whatever the list is.
  const isPlain = parts.length === 0 && medium === "json";
  return [
    { written: "item", kind: "item", medium: isPlain ? "text" : medium },
    ...parts,
    { written: "index", kind: "index", medium: "text" },
  ];
}

function stepVariables(other: Step, { steps, catalogue }: VariableScope): Whole[] {
  const numbered = `step${other.step_number}_output`;
  const name = other.name ? other.name : numbered;
  const aliasOf = (path: readonly string[]) => (other.name ? [numbered, ...path].join(".") : null);
  const medium = outputMediumOf(other, steps, catalogue) ?? null;
  const isLoop = other.for_each !== null;
  const whole: Whole = {
    written: name,
    alias: aliasOf([]),
    kind: "step",
    step: other,
    medium,
    isList: isLoop || other.output_schema?.["type"] === "array",
  };
  const parts = schemaPaths(other.output_schema ?? undefined).map((part): Whole => {
    const path = isLoop ? ["0", ...part.path] : part.path;
    return {
      written: [name, ...path].join("."),
      alias: aliasOf(path),
      kind: "step",
      step: other,
      medium: part.isData ? "json" : "text",
      depth: path.length,
      isList: part.isList,
    };
  });
  return [whole, ...parts];
}

function previousVariable(before: Step | undefined, { steps, catalogue }: VariableScope): Whole[] {
  if (before === undefined) {
    return [];
  }
  const medium = outputMediumOf(before, steps, catalogue) ?? null;
  return [{ written: "previous_output", kind: "previous", step: before, medium }];
}

/** A `{` that is being completed: where it stands, what was typed after it, and where that ends. */
export interface OpenBrace {
  start: number;
  query: string;
  /** Behind the closing brace, where the cursor is inside of a whole reference. */
  end: number;
}

const MAX_NAME = 120;

/** The brace before the cursor that is not closed before it; null where there is none. */
export function openBraceAt(text: string, cursor: number): OpenBrace | null {
  const before = text.slice(Math.max(0, cursor - MAX_NAME), cursor);
  const open = /\{([\p{L}\p{N}_.]*)$/u.exec(before);
  if (open === null) {
    return null;
  }
  const start = cursor - open[0].length;
  // Two of them write the characters as they are.
  if (text[start - 1] === "{") {
    return null;
  }
  const rest = /^[\p{L}\p{N}_.]*\}/u.exec(text.slice(cursor, cursor + MAX_NAME))?.[0].length ?? 0;
  return { start, query: open[1] ?? "", end: cursor + rest };
}

/** A variable that fits what was typed, and how it is then written. */
export interface FoundVariable {
  variable: Variable;
  written: string;
}

/** The variables for what was typed: those that begin with it first. Parts of parts are listed once they are asked for. */
export function findVariables(variables: readonly Variable[], query: string): FoundVariable[] {
  const typed = foldedText(query);
  const begins: FoundVariable[] = [];
  const contains: FoundVariable[] = [];
  for (const variable of variables) {
    const { written, alias, label, step, depth } = variable;
    if (typed === "" ? depth > 1 : false) {
      continue;
    }
    if (foldedText(written).startsWith(typed)) {
      begins.push({ variable, written });
    } else if (alias !== null && foldedText(alias).startsWith(typed)) {
      begins.push({ variable, written: alias });
    } else if (matchesSearch(query, [written, alias ?? "", label ?? "", step?.name ?? ""])) {
      contains.push({ variable, written });
    }
  }
  return [...begins, ...contains];
}

/** The text with a reference in the place of what was typed, and where the cursor then is. */
export function withReference(
  text: string,
  { start, end }: Pick<OpenBrace, "start" | "end">,
  written: string,
): { text: string; cursor: number } {
  const reference = `{${written}}`;
  return { text: text.slice(0, start) + reference + text.slice(end), cursor: start + reference.length };
}
