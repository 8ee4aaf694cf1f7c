import type { Step, WorkflowInput } from "../../../../src/workflow/definition.ts";
import { linkSteps, outputMediumOf, textsOf, type StepLinks } from "../../../../src/workflow/graph.ts";
import type { Medium, Modality } from "../../../../src/workflow/media.ts";
import type { ModelCatalogue, ModelInfo } from "../../../../src/workflow/models.ts";
import { nameScope, targetOf, type NameScope } from "../../../../src/workflow/names.ts";
import { referencesIn } from "../../../../src/workflow/references.ts";

/** What a graph is drawn from. */
export interface Workbench<S extends Step = Step> {
  steps: readonly S[];
  inputs: readonly Pick<WorkflowInput, "name" | "label" | "type">[];
  catalogue: ModelCatalogue;
}

/** The topic or a declared input: it only gives. */
export interface SourceNode {
  kind: "source";
  id: string;
  /** As a reference names it: `topic`, `logo`. */
  name: string;
  /** What a person calls it; null: it is the topic. */
  label: string | null;
  /** Null: a file that a person chooses, whose medium is known only then. */
  medium: Medium | null;
}

export interface StepNode {
  kind: "step";
  id: string;
  step: Step;
  /** Null where the model is not known. */
  modality: Modality | null;
  /** What it hands on; null where that cannot be told. */
  medium: Medium | null;
  /** What its model can be given, one entry a handle; JSON goes where text goes. */
  takes: Medium[];
}

export type GraphNode = SourceNode | StepNode;

/** Where the reference that an edge stands for is. */
export type EdgePlace =
  /** In a text of the step: `prompt`, `parameters.images[0]`, `for_each.in`. Offsets are of that text. */
  | { kind: "text"; path: string; raw: string; start: number; end: number }
  /** `use_previous_output`. */
  | { kind: "previous" }
  /** A composed step that works on all that was made before it. */
  | { kind: "all" };

/** All that one node gives to another. */
export interface GraphEdge {
  id: string;
  source: string;
  target: string;
  medium: Medium | null;
  /** At least one, in the order of the step's texts. */
  places: EdgePlace[];
}

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

export function stepNodeId(stepNumber: number): string {
  return `step:${stepNumber}`;
}

function sourceNodeId(name: string): string {
  return `source:${name}`;
}

/** The handle into which a medium goes: data is text to a model. */
export function handleOf(medium: Medium): Medium {
  return medium === "json" ? "text" : medium;
}

/** A workflow as nodes and edges: what each step gives to which other, and how. */
export function graphOf(bench: Workbench): Graph {
  const { steps, inputs, catalogue } = bench;
  const sources: SourceNode[] = [
    { kind: "source", id: sourceNodeId("topic"), name: "topic", label: null, medium: "text" },
    ...inputs.map(({ name, label, type }): SourceNode => {
      const medium = type === "file" ? null : "text";
      return { kind: "source", id: sourceNodeId(name), name, label, medium };
    }),
  ];
  const stepNodes = steps.map((step): StepNode => {
    const model = catalogue.resolve(step.ai_provider);
    return {
      kind: "step",
      id: stepNodeId(step.step_number),
      step,
      modality: model?.modality ?? null,
      medium: outputMediumOf(step, steps, catalogue) ?? null,
      takes: takenBy(model),
    };
  });
  const nodes = [...sources, ...stepNodes];
  const media = new Map(nodes.map(({ id, medium }) => [id, medium]));
  const links = linkSteps(steps, catalogue);
  const scope = nameScope(
    steps,
    inputs.map(({ name }) => name),
  );
  const edges = steps.flatMap((step, index) => edgesInto(step, { scope, links: links[index], media }));
  return { nodes, edges };
}

function takenBy(model: ModelInfo | undefined): Medium[] {
  if (model?.composed === undefined) {
    return [...new Set<Medium>(["text", ...(model?.takes ?? []).map(handleOf)])];
  }
  const files = Object.values(model.parameters).flatMap((spec) => (spec.type === "files" ? spec.media : []));
  return [...new Set<Medium>(["text", ...files.map(handleOf)])];
}

interface EdgeContext {
  scope: NameScope;
  links: StepLinks | undefined;
  /** By the id of each node. */
  media: ReadonlyMap<string, Medium | null>;
}

function edgesInto(step: Step, { scope, links, media }: EdgeContext): GraphEdge[] {
  const target = stepNodeId(step.step_number);
  const edges = new Map<string, GraphEdge>();
  const add = (source: string, place: EdgePlace) => {
    if (!media.has(source)) {
      return;
    }
    const known = edges.get(source);
    if (known === undefined) {
      const medium = media.get(source) ?? null;
      edges.set(source, { id: `${source}>${target}`, source, target, medium, places: [place] });
    } else {
      known.places.push(place);
    }
  };
  for (const { path, text } of textsOf(step)) {
    for (const { name, raw, start, end } of referencesIn(text)) {
      const source = sourceOf(name, step, scope);
      if (source !== null) {
        add(source, { kind: "text", path, raw, start, end });
      }
    }
  }
  if (links !== undefined && links.previousFrom !== null) {
    add(stepNodeId(links.previousFrom), { kind: "previous" });
  }
  for (const stepNumber of links?.endedOnly ?? []) {
    add(stepNodeId(stepNumber), { kind: "all" });
  }
  return [...edges.values()];
}

/** The node that a name stands for; null where it is an item, nothing, or a step that does not come before. */
function sourceOf(name: string, step: Step, scope: NameScope): string | null {
  const target = targetOf(name, step, scope);
  switch (target.kind) {
    case "topic":
    case "input":
      return sourceNodeId(name);
    case "step":
      return target.stepNumber < step.step_number ? stepNodeId(target.stepNumber) : null;
    case "item":
    case "unknown":
      return null;
    default:
      return null;
  }
}
