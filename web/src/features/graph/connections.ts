import { MAX_STEPS } from "../../../../src/workflow/definition.ts";
import { canTakeAt, linkSteps, nearestTakable } from "../../../../src/workflow/graph.ts";
import { isFileMedium } from "../../../../src/workflow/media.ts";
import type { ModelInfo } from "../../../../src/workflow/models.ts";
import { referencesIn } from "../../../../src/workflow/references.ts";
import type { Json } from "../../../../src/workflow/values.ts";
import { newStep, withParameter, type DraftStep } from "../editor/draft.ts";
import {
  isSourceSpec,
  referencesOf,
  sourceReferences,
  valueOf,
  type SourceSpec,
} from "../editor/source-references.ts";
import {
  stepNodeId,
  type EdgePlace,
  type Graph,
  type GraphEdge,
  type GraphNode,
  type Workbench,
} from "./graph-model.ts";

/** Why a node cannot be given another: its model does not take it, all places for it are taken, and so on. */
export type Refusal = "itself" | "only_gives" | "comes_before" | "linked" | "not_taken" | "full";

/** Where a new reference goes. */
type Place = { kind: "prompt" } | { kind: "previous" } | { kind: "parameter"; name: string };

/** What each node would say to being given what `from` makes: null is yes. */
export function refusalsOf(
  from: GraphNode,
  graph: Graph,
  bench: Workbench<DraftStep>,
): Map<string, Refusal | null> {
  return new Map(graph.nodes.map((to) => [to.id, refusalOf(from, to, graph, bench)]));
}

function refusalOf(
  from: GraphNode,
  to: GraphNode,
  graph: Graph,
  bench: Workbench<DraftStep>,
): Refusal | null {
  if (from.id === to.id) {
    return "itself";
  }
  if (to.kind === "source") {
    return "only_gives";
  }
  if (from.kind === "step" && from.step.step_number > to.step.step_number) {
    return "comes_before";
  }
  const isLinked = graph.edges.some(
    ({ source, target, places }) =>
      source === from.id && target === to.id && places.some(({ kind }) => kind !== "all"),
  );
  if (isLinked) {
    return "linked";
  }
  const step = bench.steps.find(({ step_number }) => step_number === to.step.step_number);
  const place = step === undefined ? "not_taken" : placeFor(from, step, bench);
  return typeof place === "string" ? place : null;
}

/** The steps with a reference to what `from` makes in the step of this number, where that step can take it. */
export function withConnection(
  from: GraphNode,
  stepNumber: number,
  bench: Workbench<DraftStep>,
): DraftStep[] {
  return bench.steps.map((step) => {
    const place = step.step_number === stepNumber ? placeFor(from, step, bench) : "not_taken";
    return typeof place === "string" ? step : { ...step, ...filled(step, place, referenceTo(from)) };
  });
}

/** The steps with one more at the end that is given what `from` makes; the same steps where there is no room for one. */
export function withStepFrom(from: GraphNode, bench: Workbench<DraftStep>): DraftStep[] {
  if (bench.steps.length >= MAX_STEPS) {
    return [...bench.steps];
  }
  const { steps } = bench;
  const added = { ...newStep(steps.length, freeKey(steps)), use_previous_output: false };
  const model = takerOf(from, added, { ...bench, steps: [...steps, added] });
  const chosen = [...steps, { ...added, ai_provider: model }];
  return withConnection(from, added.step_number, { ...bench, steps: chosen });
}

function freeKey(steps: readonly DraftStep[]): string {
  const used = new Set(steps.map(({ key }) => key));
  let serial = steps.length;
  while (used.has(`w${serial}`)) {
    serial += 1;
  }
  return `w${serial}`;
}

/** The family of a new step that is given something: the usual one, or the first that takes it, composed steps last. */
function takerOf(from: GraphNode, step: DraftStep, bench: Workbench<DraftStep>): string {
  const families = bench.catalogue.names().filter((name) => !name.includes(":"));
  const isComposed = (name: string) => bench.catalogue.resolve(name)?.composed !== undefined;
  const names = [
    step.ai_provider,
    ...families.filter((name) => !isComposed(name)),
    ...families.filter(isComposed),
  ];
  const takes = (name: string) => typeof placeFor(from, { ...step, ai_provider: name }, bench) !== "string";
  return names.find(takes) ?? step.ai_provider;
}

function referenceTo(from: GraphNode): string {
  return from.kind === "source" ? `{${from.name}}` : `{step${from.step.step_number}_output}`;
}

function placeFor(
  from: GraphNode,
  step: DraftStep,
  bench: Workbench<DraftStep>,
): Place | "not_taken" | "full" {
  const model = bench.catalogue.resolve(step.ai_provider);
  if (model?.composed !== undefined) {
    return placeInComposed(from, step, model, bench);
  }
  const { medium } = from;
  // A file that a person chooses: whether the model takes it shows when it is chosen.
  const isTaken = medium === null ? (model?.takes.length ?? 0) > 0 : canTakeAt(model, medium, "prompt");
  if (!isTaken) {
    return "not_taken";
  }
  return isHandedOver(from, step, bench) ? { kind: "previous" } : { kind: "prompt" };
}

/** Directions on how to speak stay directions: what is spoken is handed over beside them. */
function isHandedOver(from: GraphNode, step: DraftStep, { steps, catalogue }: Workbench<DraftStep>): boolean {
  const modality = catalogue.resolve(step.ai_provider)?.modality;
  const isDirected =
    modality === "speech" && step.prompt.trim() !== "" && referencesIn(step.prompt).length === 0;
  if (from.kind !== "step" || step.for_each !== null || !(isDirected || modality === "transcript")) {
    return false;
  }
  return nearestTakable(step, steps, catalogue)?.step_number === from.step.step_number;
}

function placeInComposed(
  from: GraphNode,
  step: DraftStep,
  model: ModelInfo,
  { steps, inputs, catalogue }: Workbench<DraftStep>,
): Place | "not_taken" | "full" {
  const reference = referenceTo(from);
  const declared = inputs.map((input) => ({ ...input, required: false }));
  const fitting = Object.entries(model.parameters).flatMap(([name, spec]) => {
    if (!isSourceSpec(spec)) {
      return [];
    }
    const offered = sourceReferences({ spec, step, steps, inputs: declared, catalogue });
    return offered.some((one) => one.reference === reference) ? [{ name, spec }] : [];
  });
  const open = fitting
    .filter(({ name, spec }) => hasRoom(spec, step.parameters[name]))
    .toSorted(
      (a, b) => urgencyOf(b.spec, step.parameters[b.name]) - urgencyOf(a.spec, step.parameters[a.name]),
    );
  const [first] = open;
  if (first !== undefined) {
    return { kind: "parameter", name: first.name };
  }
  if (fitting.length > 0) {
    return "full";
  }
  // Its prompt is a title: the topic has a place there, a whole article has not.
  const isShort = from.kind === "source" && from.medium !== null && !isFileMedium(from.medium);
  return isShort ? { kind: "prompt" } : "not_taken";
}

function hasRoom(spec: SourceSpec, value: Json | undefined): boolean {
  const count = referencesOf(value).length;
  return spec.type === "files" ? count < spec.max : count === 0;
}

/** What the step cannot do without comes first, then what is empty. */
function urgencyOf(spec: SourceSpec, value: Json | undefined): number {
  if (referencesOf(value).length > 0) {
    return 0;
  }
  return spec.type === "files" && spec.min > 0 ? 2 : 1;
}

function filled(step: DraftStep, place: Place, reference: string): Partial<DraftStep> {
  switch (place.kind) {
    case "previous":
      return { use_previous_output: true };
    case "parameter": {
      const references = [...referencesOf(step.parameters[place.name]), reference];
      return { parameters: withParameter(step, place.name, valueOf(references)) };
    }
    case "prompt":
    default: {
      const before = step.prompt.trimEnd();
      return { prompt: before === "" ? reference : `${before}\n\n${reference}` };
    }
  }
}

export interface Disconnection {
  steps: DraftStep[];
  /** References that were not taken out, since only a person can say what their sentence is without them. */
  left: EdgePlace[];
}

/** The steps without what an edge stands for, as far as that can be taken out by itself. */
export function withoutConnection(
  edge: GraphEdge,
  { steps, catalogue }: Workbench<DraftStep>,
): Disconnection {
  const left: EdgePlace[] = [];
  const index = steps.findIndex((step) => stepNodeId(step.step_number) === edge.target);
  const target = steps[index];
  if (target === undefined) {
    return { steps: [...steps], left };
  }
  // From the last on, so that offsets of those before stay right.
  const taken = edge.places.toReversed().reduce<DraftStep>((rest, place) => {
    const without = withoutPlace(rest, place);
    if (without === null) {
      left.unshift(place);
    }
    return without ?? rest;
  }, target);
  const changed = steps.with(index, taken);
  const previousFrom = linkSteps(changed, catalogue)[index]?.previousFrom ?? null;
  // What the prompt no longer names is not to be handed over in its place.
  const isBack = previousFrom !== null && left.length === 0 && stepNodeId(previousFrom) === edge.source;
  return { left, steps: isBack ? steps.with(index, { ...taken, use_previous_output: false }) : changed };
}

/** Null where only a person can take it out. */
function withoutPlace(step: DraftStep, place: EdgePlace): DraftStep | null {
  if (place.kind === "previous") {
    return { ...step, use_previous_output: false };
  }
  if (place.kind === "all") {
    return null;
  }
  if (place.path === "prompt") {
    const prompt = withoutOwnLine(step.prompt, place);
    return prompt === null ? null : { ...step, prompt };
  }
  const parameter = /^parameters\.([^.[]+)(\[\d+\])?$/.exec(place.path)?.[1];
  if (parameter === undefined) {
    return null;
  }
  const references = referencesOf(step.parameters[parameter]);
  const kept = references.filter((reference) => reference !== place.raw);
  if (kept.some((text) => text.includes(place.raw))) {
    return null;
  }
  return { ...step, parameters: withParameter(step, parameter, valueOf(kept)) };
}

/** A text without a reference that has a line to itself; null where words stand beside it. */
function withoutOwnLine(text: string, { start, end }: { start: number; end: number }): string | null {
  const before = /(?:^|\n)[^\S\n]*$/.exec(text.slice(0, start));
  const after = /^[^\S\n]*(?:\n|$)/.exec(text.slice(end));
  if (before === null || after === null) {
    return null;
  }
  const head = text.slice(0, before.index).trimEnd();
  const tail = text.slice(end + after[0].length).replace(/^\s*\n/, "");
  return head === "" || tail === "" ? head + tail : `${head}\n\n${tail}`;
}

/** What an edge leaves for a person to do: show the first of these. */
export function textPlaceOf(places: readonly EdgePlace[]): Extract<EdgePlace, { kind: "text" }> | null {
  return places.find((place) => place.kind === "text") ?? null;
}
