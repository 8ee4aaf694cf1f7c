import type { Step } from "../workflow/definition.ts";
import type { StepLinks } from "../workflow/graph.ts";
import { repairCharactersAtMost } from "../workflow/repair.ts";
import { withModelDefaults } from "../workflow/models.ts";
import { nameScope, targetOf, type NameScope } from "../workflow/names.ts";
import { scan } from "../workflow/references.ts";
import { expectedLength, topicLength, type Length } from "./expected-length.ts";
import { estimateCall, freeEstimate, type EstimatedModel, type Estimate } from "./estimate.ts";
import type { PriceList } from "./price-list.ts";

/** What an estimate had to assume, since it does not exist yet. */
type Assumption = "topic_length" | "input_length" | "answer_length" | "sound_length" | "correction";

/** The estimate of one step, and what it rests on. */
export interface StepEstimate extends Estimate {
  stepNumber: number;
  model: EstimatedModel;
  assumes: Assumption[];
  /** How many past live runs of this step the length of its answer comes from. */
  pastRuns: number;
}

/** What past live runs of a step used. */
interface PastRuns {
  count: number;
  /** Median. */
  outputTokens: number;
}

export interface WorkflowToEstimate {
  steps: readonly Step[];
  links: readonly StepLinks[];
  /** Undefined: not known; the step is left out. */
  modelOf: (step: Step) => EstimatedModel | undefined;
  /** What the step gives to its model, without the model's defaults. */
  parametersOf: (step: Step) => Step["parameters"];
  isFree: (modelId: string) => boolean;
  /** Null where none is given yet. */
  topic: string | null;
  inputs: Readonly<Record<string, string | number>>;
  /** By step number. */
  past: ReadonlyMap<number, PastRuns>;
  /** YYYY-MM-DD. */
  day: string;
}

/** What each step of a live run is likely to cost, in their order: what an earlier step makes goes into a later one. */
export function estimateWorkflow(list: PriceList, workflow: WorkflowToEstimate): StepEstimate[] {
  const { steps, links, inputs } = workflow;
  const scope = nameScope(steps, Object.keys(inputs));
  const made = new Map<number, Made>();
  const estimates: StepEstimate[] = [];
  for (const step of steps.toSorted((a, b) => a.step_number - b.step_number)) {
    const model = workflow.modelOf(step);
    if (!model) continue;
    const link = links.find(({ stepNumber }) => stepNumber === step.step_number);
    const goesIn = lengthOfPrompt(step, {
      workflow,
      scope,
      made,
      model,
      previousFrom: link?.previousFrom ?? null,
    });
    const parameters = withModelDefaults(model, workflow.parametersOf(step));
    const past = workflow.past.get(step.step_number);
    const answer = expectedLength({ step, parameters, medianTokens: past?.outputTokens ?? null });
    made.set(step.step_number, madeBy(model, goesIn, answer));
    const call = {
      model,
      parameters,
      prompt: goesIn.characters,
      answerTokens: answer.tokens,
      inputSeconds: goesIn.seconds,
      correction: hasCorrection(step, model) ? repairCharactersAtMost(answer.characters.high) : null,
      day: workflow.day,
    };
    estimates.push({
      ...(workflow.isFree(model.id) ? freeEstimate(model) : estimateCall(list, call)),
      stepNumber: step.step_number,
      model,
      assumes: [
        ...assumptionsOf(model, goesIn),
        ...(hasCorrection(step, model) ? (["correction"] as const) : []),
      ],
      pastRuns: past?.count ?? 0,
    });
  }
  return estimates;
}

/** Whether an answer that does not fit is corrected by a call of its own. */
function hasCorrection(step: Step, { modality }: EstimatedModel): boolean {
  return modality === "text" && step.output_schema !== null;
}

/** What a step hands on, as far as lengths go. */
interface Made {
  characters: Length;
  seconds: Length;
}

const NOTHING: Length = { low: 0, likely: 0, high: 0 };
const CHARACTERS_PER_SECOND = 15;
/** How long a sound is of which nothing is known. */
const SOUND_SECONDS: Length = { low: 30, likely: 60, high: 300 };

function madeBy(model: EstimatedModel, goesIn: PromptLength, answer: { characters: Length }): Made {
  switch (model.modality) {
    case "text":
      return { characters: answer.characters, seconds: NOTHING };
    case "speech":
      return { characters: NOTHING, seconds: scaled(goesIn.characters, 1 / CHARACTERS_PER_SECOND) };
    case "transcript":
      return { characters: scaled(goesIn.seconds, CHARACTERS_PER_SECOND), seconds: NOTHING };
    case "music":
    case "sound":
    case "video":
    case "image":
    case "document":
    default:
      return { characters: NOTHING, seconds: SOUND_SECONDS };
  }
}

function scaled({ low, likely, high }: Length, factor: number): Length {
  return { low: low * factor, likely: likely * factor, high: high * factor };
}

interface PromptLength {
  characters: Length;
  /** Of the sound that goes in. */
  seconds: Length;
  /** Whether the topic's, and another step's, length had to be assumed. */
  assumesTopic: boolean;
  assumesInput: boolean;
}

interface PromptScope {
  workflow: WorkflowToEstimate;
  scope: NameScope;
  made: ReadonlyMap<number, Made>;
  model: EstimatedModel;
  previousFrom: number | null;
}

function lengthOfPrompt(
  step: Step,
  { workflow, scope, made, model, previousFrom }: PromptScope,
): PromptLength {
  const sum: PromptLength = {
    characters: { ...NOTHING },
    seconds: { ...NOTHING },
    assumesTopic: false,
    assumesInput: false,
  };
  const add = ({ low, likely, high }: Length): void => {
    sum.characters.low += low;
    sum.characters.likely += likely;
    sum.characters.high += high;
  };
  const addStep = (stepNumber: number): void => {
    const earlier = made.get(stepNumber);
    add(earlier?.characters ?? NOTHING);
    if (earlier && earlier.seconds.likely > 0) sum.seconds = earlier.seconds;
    sum.assumesInput = true;
  };
  // A voice speaks the text before it, and takes the prompt as an instruction.
  const isSpoken = model.modality === "speech" && previousFrom !== null;
  for (const segment of isSpoken ? [] : scan(step.prompt)) {
    if (segment.kind !== "reference") {
      add(exactly(segment.text.length));
      continue;
    }
    const target = targetOf(segment.name, step, scope);
    if (target.kind === "step") addStep(target.stepNumber);
    else if (target.kind === "input") add(exactly(String(workflow.inputs[segment.name] ?? "").length));
    else {
      add(workflow.topic === null ? topicLength() : exactly(workflow.topic.length));
      sum.assumesTopic ||= workflow.topic === null;
    }
  }
  if (previousFrom !== null) addStep(previousFrom);
  // In words, and in a field of its own.
  if (hasCorrection(step, model)) add(exactly(2 * JSON.stringify(step.output_schema).length));
  return sum;
}

function exactly(length: number): Length {
  return { low: length, likely: length, high: length };
}

function assumptionsOf({ modality }: EstimatedModel, goesIn: PromptLength): Assumption[] {
  const assumptions: Assumption[] = [];
  // Pictures, films and music cost the same whatever is asked for.
  const hangsOnPrompt = modality === "text" || modality === "speech";
  if (hangsOnPrompt && goesIn.assumesTopic) assumptions.push("topic_length");
  if (hangsOnPrompt && goesIn.assumesInput) assumptions.push("input_length");
  if (modality === "text") assumptions.push("answer_length");
  if (modality === "transcript") assumptions.push("sound_length");
  return assumptions;
}
