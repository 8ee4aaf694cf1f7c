import type { Step } from "./definition.ts";
import { isItemHandedOver, type StepLinks } from "./graph.ts";
import type { Medium } from "./media.ts";
import { nameScope, targetOf } from "./names.ts";
import { StepFailure } from "./ports.ts";
import { exactReference, scan } from "./references.ts";
import type { Reference } from "./references.ts";
import type { FileValue, Json, Value } from "./values.ts";

/** What references stand for while an execution runs. */
export interface ValueSource {
  topic: string;
  /** The inputs of the execution, defaults filled in (`withDefaults`). */
  inputs: Record<string, string | number>;
  /** Outputs of the steps that are done, by step number. */
  outputs: ReadonlyMap<number, Value>;
  /** What `{item}` and `{index}` stand for, in a step that runs once per item. */
  item?: { value: Value; index: number };
}

/** A step with its references filled in: the parts of a `StepRequest` that come from the workflow. */
export interface RenderedStep {
  prompt: string;
  parameters: Record<string, Json>;
  /** The text that `use_previous_output` hands over; null where it hands over none. */
  previousText: string | null;
  /** Each file once, in the order of the references: prompt, parameters, previous output. */
  files: FileValue[];
}

/**
 * Fills in the references of a step. What is put in is never scanned again, and only own properties of data are read.
 * A file in a text becomes a marker such as `[image 1]` and joins `files`. A parameter that is exactly one reference
 * keeps the value's type (a file becomes `{artifact_id, media_type}`), and is left out where that value is an empty text.
 * @throws StepFailure `missing_path` where a reference leads nowhere.
 */
export function renderStep(options: {
  step: Step;
  /** All steps of the execution, for their names. */
  steps: readonly Step[];
  links: StepLinks;
  values: ValueSource;
}): RenderedStep {
  const { step, links, values } = options;
  const files = new CollectedFiles();
  const lookUp = lookUpIn(options);
  const prompt = renderText(step.prompt, lookUp, files);
  const parameters = Object.fromEntries(
    Object.entries(step.parameters)
      .filter(([, parameter]) => !isLeftEmpty(parameter, lookUp))
      .map(([key, parameter]) => [key, renderJson(parameter, lookUp, files)]),
  );
  const previous = previousValue(step, links, values);
  if (previous?.kind === "files") for (const file of previous.files) files.add(file);
  const previousText = previous && previous.kind !== "files" ? textOf(previous, files) : null;
  return { prompt, parameters, previousText, files: files.all };
}

type LookUp = (reference: Reference) => Value;

/**
 * Finds what the references of a step stand for.
 * @throws StepFailure `missing_path`, when it is called, where a reference leads nowhere.
 */
export function lookUpIn(options: { step: Step; steps: readonly Step[]; values: ValueSource }): LookUp {
  const { step, steps, values } = options;
  const scope = nameScope(steps, Object.keys(values.inputs));
  return (reference) => {
    const target = targetOf(reference.name, step, scope);
    let value: Value | undefined;
    if (target.kind === "topic") value = { kind: "text", text: values.topic };
    if (target.kind === "input") value = inputValue(values.inputs[reference.name]);
    if (target.kind === "step") value = values.outputs.get(target.stepNumber);
    if (target.kind === "item") value = itemValue(reference.name, values.item);
    const found = value && valueAt(value, reference.path);
    if (!found) throw missingPath(step, reference.raw);
    return found;
  };
}

function itemValue(name: string, item: ValueSource["item"]): Value | undefined {
  return name === "index" && item ? { kind: "json", json: item.index } : item?.value;
}

/** The files of one step, each once, numbered by medium from 1. */
class CollectedFiles {
  readonly all: FileValue[] = [];

  add(file: FileValue): string {
    const isSame = (other: FileValue): boolean => other.artifactId === file.artifactId;
    if (!this.all.some(isSame)) this.all.push(file);
    const sameMedium = this.all.filter((other) => other.medium === file.medium);
    return marker(file.medium, sameMedium.findIndex(isSame) + 1);
  }
}

function marker(medium: Medium, number: number): string {
  return `[${medium} ${number}]`;
}

function inputValue(input: string | number | undefined): Value | undefined {
  if (input === undefined) return undefined;
  return typeof input === "string" ? { kind: "text", text: input } : { kind: "json", json: input };
}

function previousValue(step: Step, links: StepLinks, values: ValueSource): Value | null {
  if (values.item && isItemHandedOver(step)) return values.item.value;
  if (links.previousFrom === null) return null;
  const value = values.outputs.get(links.previousFrom);
  if (!value) throw missingPath(step, `{step${links.previousFrom}_output}`);
  return value;
}

function renderText(text: string, lookUp: LookUp, files: CollectedFiles): string {
  return scan(text)
    .map((segment) => (segment.kind === "reference" ? textOf(lookUp(segment), files) : segment.text))
    .join("");
}

function renderJson(value: Json, lookUp: LookUp, files: CollectedFiles): Json {
  if (typeof value === "string") {
    const reference = exactReference(value);
    return reference ? jsonOf(lookUp(reference), files) : renderText(value, lookUp, files);
  }
  if (Array.isArray(value)) return value.map((entry) => renderJson(entry, lookUp, files));
  if (value === null || typeof value !== "object") return value;
  // `fromEntries` defines own properties; an assignment to the key `__proto__` would change the prototype instead.
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, renderJson(entry, lookUp, files)]),
  );
}

/** So that an optional input that was left empty leaves a parameter to its own default. */
function isLeftEmpty(parameter: Json, lookUp: LookUp): boolean {
  const reference = typeof parameter === "string" ? exactReference(parameter) : null;
  if (!reference) return false;
  const value = lookUp(reference);
  return value.kind === "text" && value.text === "";
}

function textOf(value: Value, files: CollectedFiles): string {
  if (value.kind === "text") return value.text;
  if (value.kind === "files") return value.files.map((file) => files.add(file)).join(" ");
  if (value.text !== undefined) return value.text;
  return typeof value.json === "string" ? value.json : JSON.stringify(value.json);
}

function jsonOf(value: Value, files: CollectedFiles): Json {
  if (value.kind === "text") return value.text;
  if (value.kind === "json") return structuredClone(value.json);
  const { itemCount } = value;
  if (itemCount === undefined) return describedFiles(value.files, files);
  return Array.from({ length: itemCount }, (_, index) => {
    const own = value.files.filter(({ item }) => item === index);
    return own.length === 0 ? null : describedFiles(own, files);
  });
}

function describedFiles(list: readonly FileValue[], files: CollectedFiles): Json {
  const described = list.map((file) => {
    files.add(file);
    return { artifact_id: file.artifactId, media_type: file.mediaType };
  });
  return described.length === 1 && described[0] ? described[0] : described;
}

/** The part of a value that a path names; undefined where there is none. Own data only, so nothing is inherited. */
function valueAt(value: Value, path: string[]): Value | undefined {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (value.kind === "text") return undefined;
  if (value.kind === "files") {
    if (!isIndex(first)) return undefined;
    if (value.itemCount === undefined) {
      const file = rest.length === 0 ? value.files[Number(first)] : undefined;
      return file && { kind: "files", files: [file] };
    }
    const own = value.files.filter(({ item }) => item === Number(first));
    return own.length === 0 ? undefined : valueAt({ kind: "files", files: own }, rest);
  }
  let json: Json | undefined = value.json;
  for (const part of path) {
    json = ownPart(json, part);
    if (json === undefined) return undefined;
  }
  return { kind: "json", json };
}

function ownPart(json: Json, part: string): Json | undefined {
  if (Array.isArray(json)) return isIndex(part) ? json[Number(part)] : undefined;
  if (json === null || typeof json !== "object" || !Object.hasOwn(json, part)) return undefined;
  return json[part];
}

function isIndex(part: string): boolean {
  return /^(?:0|[1-9][0-9]*)$/.test(part);
}

function missingPath(step: Step, raw: string): StepFailure {
  const number = step.step_number;
  return new StepFailure("missing_path", {
    fr:
      `L’étape ${number} n’a pas pu commencer, car ${raw} ne mène à aucune valeur. Rien n’a été envoyé ni ` +
      `facturé. Vérifiez ce chemin dans le prompt et les paramètres de l’étape, puis relancez.`,
    en:
      `Step ${number} could not start, because ${raw} leads to no value. Nothing was sent and nothing was ` +
      `billed. Check this path in the step’s prompt and parameters, then run it again.`,
  });
}
