import type { Step } from "../workflow/definition.ts";
import { isItemHandedOver, itemSourceOf, type StepLinks } from "../workflow/graph.ts";
import { repairCharactersAtMost } from "../workflow/repair.ts";
import { withModelDefaults } from "../workflow/models.ts";
import { nameScope, targetOf, type NameScope } from "../workflow/names.ts";
import { scan } from "../workflow/references.ts";
import { expectedLength, topicLength, type Length } from "./expected-length.ts";
import { estimateCall, freeEstimate, type EstimatedModel, type Estimate } from "./estimate.ts";
import { itemCountOf, type ItemCount } from "./item-count.ts";
import type { PriceList } from "./price-list.ts";

/** What an estimate had to assume, since it does not exist yet. */
type Assumption =
  | "topic_length"
  | "input_length"
  | "answer_length"
  | "sound_length"
  | "item_count"
  | "correction";

/** The estimate of one step, and what it rests on. */
export interface StepEstimate extends Estimate {
  stepNumber: number;
  model: EstimatedModel;
  assumes: Assumption[];
  /** How many past live runs of this step the length of its answer comes from. */
  pastRuns: number;
  /** For how many items it is, on a step that runs once per item; null on others. */
  items: number | null;
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
  /** The median of how many items past live runs had, by step number. */
  pastItems: ReadonlyMap<number, number>;
  /** YYYY-MM-DD. */
  day: string;
}

/** What each step of a live run is likely to cost, in their order: what an earlier step makes goes into a later one. */
export function estimateWorkflow(list: PriceList, workflow: WorkflowToEstimate): StepEstimate[] {
  const { steps, links, inputs } = workflow;
  const scope = nameScope(steps, Object.keys(inputs));
  const made = new Map<number, Made>();
  const counts = new Map<number, ItemCount>();
  const estimates: StepEstimate[] = [];
  for (const step of steps.toSorted((a, b) => a.step_number - b.step_number)) {
    const model = workflow.modelOf(step);
    if (!model) continue;
    const link = links.find(({ stepNumber }) => stepNumber === step.step_number);
    const median = workflow.pastItems.get(step.step_number) ?? null;
    const count = itemCountOf(step, { steps, topic: workflow.topic, inputs, counts, median });
    counts.set(step.step_number, count);
    const goesIn = lengthOfPrompt(step, {
      workflow,
      scope,
      made,
      model,
      previousFrom: link?.previousFrom ?? null,
      count,
    });
    const parameters = withModelDefaults(model, workflow.parametersOf(step));
    const past = workflow.past.get(step.step_number);
    const answer = expectedLength({ step, parameters, medianTokens: past?.outputTokens ?? null });
    made.set(step.step_number, timesItems(madeBy(model, goesIn, answer), step, count));
    const call = {
      model,
      parameters,
      prompt: goesIn.characters,
      answerTokens: answer.tokens,
      inputSeconds: goesIn.seconds,
      correction: hasCorrection(step, model) ? repairCharactersAtMost(answer.characters.high) : null,
      day: workflow.day,
    };
    const once = workflow.isFree(model.id) ? freeEstimate(model) : estimateCall(list, call);
    const assumes = assumptionsOf(model, goesIn);
    if (count.isAssumed) assumes.push("item_count");
    if (hasCorrection(step, model)) assumes.push("correction");
    estimates.push({
      ...(step.for_each ? estimateOfItems(once, count, step.for_each.max_parallel) : once),
      stepNumber: step.step_number,
      model,
      assumes,
      pastRuns: past?.count ?? 0,
      items: step.for_each ? count.likely : null,
    });
  }
  return estimates;
}

/** Whether an answer that does not fit is corrected by a call of its own. */
function hasCorrection(step: Step, { modality }: EstimatedModel): boolean {
  return modality === "text" && step.output_schema !== null;
}

/** The estimate of a step from that of one of its items. */
function estimateOfItems(once: Estimate, count: ItemCount, maxParallel: number): Estimate {
  return {
    ...once,
    likelyNanoUsd: once.likelyNanoUsd === null ? null : times(once.likelyNanoUsd, count.likely),
    lowNanoUsd: times(once.lowNanoUsd, count.low),
    highNanoUsd: times(once.highNanoUsd, count.high),
    secondsLow: once.secondsLow * Math.ceil(count.low / maxParallel),
    secondsHigh: once.secondsHigh * Math.ceil(count.likely / maxParallel),
  };
}

function times(amount: number, items: number): number {
  return Math.min(amount * items, Number.MAX_SAFE_INTEGER);
}

/** What all items hand on together: the texts of all of them, and sounds one by one. */
function timesItems(made: Made, step: Step, count: ItemCount): Made {
  if (!step.for_each) return made;
  const { low, likely, high } = made.characters;
  return {
    ...made,
    characters: { low: low * count.low, likely: likely * count.likely, high: high * count.high },
  };
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
  count: ItemCount;
}

function lengthOfPrompt(
  step: Step,
  { workflow, scope, made, model, previousFrom, count }: PromptScope,
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
  const addItem = (): void => {
    const source = itemSourceOf(step, workflow.steps, scope);
    const whole = source ? made.get(source.step_number) : undefined;
    const parts = Math.max(1, count.likely);
    add(whole ? scaled(whole.characters, 1 / parts) : topicLength());
    if (whole && whole.seconds.likely > 0) sum.seconds = whole.seconds;
    sum.assumesInput = true;
  };
  const isItemAdded = isItemHandedOver(step);
  // A voice speaks the text before it, and takes the prompt as an instruction.
  const isSpoken = model.modality === "speech" && (previousFrom !== null || isItemAdded);
  for (const segment of isSpoken ? [] : scan(step.prompt)) {
    if (segment.kind !== "reference") {
      add(exactly(segment.text.length));
      continue;
    }
    const target = targetOf(segment.name, step, scope);
    if (target.kind === "step") addStep(target.stepNumber);
    else if (target.kind === "item" && segment.name === "index") add(exactly(String(count.likely).length));
    else if (target.kind === "item") addItem();
    else if (target.kind === "input") add(exactly(String(workflow.inputs[segment.name] ?? "").length));
    else {
      add(workflow.topic === null ? topicLength() : exactly(workflow.topic.length));
      sum.assumesTopic ||= workflow.topic === null;
    }
  }
  if (previousFrom !== null) addStep(previousFrom);
  if (isItemAdded) addItem();
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
