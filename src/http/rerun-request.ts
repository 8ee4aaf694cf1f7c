import { listOpenAttempts } from "../db/attempt-store.ts";
import { getBudget } from "../db/budget-store.ts";
import { getExecution, type ExecutionRow } from "../db/execution-store.ts";
import { listStepRuns, listStepStates, type StepRunRow } from "../db/step-run-store.ts";
import { getWorkflow } from "../db/workflow-store.ts";
import { budgetOf } from "../engine/budgets.ts";
import type { NewExecution } from "../engine/engine.ts";
import { RelaisError, type Language, type LocalText, type Problem } from "../errors.ts";
import { answerSchemaProblem } from "../steps/answer-schema.ts";
import { NO_ITEM, type Step, type StepKey, type WorkflowDefinition } from "../workflow/definition.ts";
import { linkSteps } from "../workflow/graph.ts";
import { usdToNanoUsd } from "../workflow/money.ts";
import { planRerun, type RerunStep } from "../workflow/rerun-plan.ts";
import { isFinal } from "../workflow/statuses.ts";
import { findTemplate, localizeTemplate } from "../workflow/templates.ts";
import { checkInputs, checkWorkflow, withDefaults } from "../workflow/validation.ts";
import { invalid } from "./api-routes.ts";
import type { AppDependencies } from "./dependencies.ts";
import { readInputFiles } from "./input-files.ts";
import { invalidField, missingExecution } from "./path-id.ts";
import { readReplacements } from "./replacements.ts";
import type { RerunRequest } from "./rerun-schemas.ts";
import { today } from "./today.ts";

/** What a request to run an execution again comes to: nothing is stored or spent yet. */
export interface PlannedRerun {
  origin: ExecutionRow;
  /** Of the execution that is run again. */
  runs: StepRunRow[];
  plan: RerunStep[];
  /** What would be created. */
  execution: Omit<NewExecution, "estimate">;
  warnings: Problem[];
}

/**
 * Holds a request to every rule and says what it comes to.
 * @throws RelaisError `not_found`, `conflict`, `invalid_request` or `invalid_workflow`.
 */
export async function planRequest(
  dependencies: AppDependencies,
  request: { id: number; body: RerunRequest; language: Language },
): Promise<PlannedRerun> {
  const { db, registry } = dependencies;
  const { id, body, language } = request;
  const origin = await requireAtRest(dependencies, id);
  const definition = await definitionOf(dependencies, origin, { which: body.definition, language });
  const ordered = definition.steps.toSorted((a, b) => a.step_number - b.step_number);
  requireStep(ordered, body.from_step);
  const replaced = await readReplacements(body.replace, { db, origin, steps: ordered, catalogue: registry });
  const steps = stepsOfTakes(definition.inputs, { steps: ordered, replaced, registry });
  requireNotBoth(body);
  const runs = await listStepRuns(db, id);
  requireItems(runs, body);
  const mode = body.mode ?? origin.mode;
  const plan = planRerun({
    before: {
      steps: origin.steps,
      links: linkSteps(origin.steps, registry),
      runs: runs.map((run) => Object.assign({}, run, { hasOutput: run.output !== null })),
    },
    after: { steps, links: linkSteps(steps, registry) },
    fromStep: body.from_step ?? null,
    failedItemsOnly: body.failed_items,
    itemsAsked: body.items ?? [],
    replaced: replaced.map(({ key }) => key),
    isSameMode: mode === origin.mode,
  });
  if (plan.every(({ action }) => action === "reuse")) throw nothingToMake(id);
  const inputs = inputsFor(definition, origin);
  const warnings = acceptSteps({ ...definition, steps }, plan, registry);
  const execution: PlannedRerun["execution"] = {
    workflowId: origin.workflowId,
    templateId: origin.templateId,
    title: origin.title,
    steps,
    initialInput: origin.initialInput,
    inputs,
    inputFiles: await readInputFiles({ ...definition, steps: [] }, inputs, { db, catalogue: registry }),
    mode,
    capNanoUsd: await capOf(dependencies, id, body.cap_usd),
    unpriced: body.unpriced ?? origin.unpriced,
    reuse: body.reuse ?? origin.reuse,
    rerun: { executionId: id, fromStep: body.from_step ?? null, kept: keptKeys(plan), replaced },
  };
  return { origin, runs, plan, execution, warnings };
}

/** The steps that are made: all that a live run has to pay for. */
export function madeSteps(planned: Pick<PlannedRerun, "plan" | "execution" | "runs">): Step[] {
  const made = new Set(
    planned.plan.flatMap((step) =>
      step.action === "make" && itemsLeftOf(step, planned) !== 0 ? [step.stepNumber] : [],
    ),
  );
  return planned.execution.steps.filter(({ step_number }) => made.has(step_number));
}

/** How many items are made of a step of which some are kept or given; null of any other. */
export function itemsLeftOf(
  step: RerunStep,
  { execution, runs }: Pick<PlannedRerun, "execution" | "runs">,
): number | null {
  if (step.action !== "make") return null;
  const isItem = ({ stepNumber, item }: StepKey): boolean =>
    stepNumber === step.stepNumber && item !== NO_ITEM;
  const given = step.reason === "items" ? (execution.rerun?.replaced ?? []) : [];
  const there = step.items.length + given.filter(({ key }) => isItem(key)).length;
  return there === 0 ? null : runs.filter(isItem).length - there;
}

function keptKeys(plan: readonly RerunStep[]): StepKey[] {
  return plan.flatMap((step): StepKey[] => {
    const { stepNumber } = step;
    if (step.action === "replace") return [];
    const items = step.items.map((item) => ({ stepNumber, item }));
    return step.action === "reuse" ? [{ stepNumber, item: NO_ITEM }, ...items] : items;
  });
}

/** @throws RelaisError `conflict` while anything of it is under way or will be unasked: what is bought there must not be bought twice. */
export async function requireAtRest({ db }: AppDependencies, id: number): Promise<ExecutionRow> {
  const row = await getExecution(db, id);
  if (!row) throw missingExecution(id);
  const isAtRest = isFinal(row.status) || row.status === "waiting";
  if (!isAtRest || (await listOpenAttempts(db, id)).length > 0) throw underWay(id);
  if ((await listStepStates(db, id)).some(({ waitingReason }) => waitingReason === "cap"))
    throw waitsForCap(id);
  return row;
}

function underWay(id: number): RelaisError {
  return new RelaisError("conflict", {
    fr: `L’exécution ${id} n’est pas finie, ou un de ses appels est encore en route : son résultat pourrait être payé deux fois. Rien n’a été lancé ni dépensé ; attendez sa fin.`,
    en: `Execution ${id} has not ended, or one of its calls is still out: its result could be paid twice. Nothing was started or spent; wait for its end.`,
  });
}

/** It goes on by itself as soon as it fits. */
function waitsForCap(id: number): RelaisError {
  return new RelaisError("conflict", {
    fr: `L’exécution ${id} attend un plafond et reprendra d’elle-même : la reprendre aussi ici pourrait payer deux fois. Rien n’a été lancé ni dépensé ; relevez le plafond, ou annulez-la d’abord.`,
    en: `Execution ${id} waits for a cap and will go on by itself: to run it again as well could pay twice. Nothing was started or spent; raise the cap, or cancel it first.`,
  });
}

/** What is run: the steps as they were, or as their workflow or template has them now. */
async function definitionOf(
  { db }: AppDependencies,
  origin: ExecutionRow,
  { which, language }: { which: "original" | "current"; language: Language },
): Promise<WorkflowDefinition> {
  if (which === "original") return { steps: origin.steps, inputs: inputsAsGiven(origin) };
  if (origin.workflowId !== null) {
    const row = await getWorkflow(db, origin.workflowId);
    if (!row) throw workflowGone(origin.id);
    return { steps: row.steps, inputs: row.inputs };
  }
  const template = origin.templateId === null ? undefined : findTemplate(origin.templateId);
  if (!template) throw hasNoWorkflow(origin.id);
  // The execution speaks one language; its steps are not changed just because they are asked about in the other.
  const languages: Language[] = [language, language === "fr" ? "en" : "fr"];
  const both = languages.map((name) => localizeTemplate(template, name));
  const prompts = new Set(origin.steps.map(({ prompt }) => prompt));
  const likeness = (definition: WorkflowDefinition): number =>
    definition.steps.filter(({ prompt }) => prompts.has(prompt)).length;
  const [own, other] = both;
  if (!own || !other) throw hasNoWorkflow(origin.id);
  return likeness(other) > likeness(own) ? other : own;
}

/** An execution keeps the values of its inputs, not what was asked for: any value that it has was one. */
export function inputsAsGiven({ inputs, inputFiles }: ExecutionRow): WorkflowDefinition["inputs"] {
  return Object.entries(inputs).map(([name, value]) => ({
    name,
    label: name,
    type: Object.hasOwn(inputFiles, name)
      ? ("file" as const)
      : typeof value === "number"
        ? ("number" as const)
        : ("text" as const),
    required: false,
  }));
}

/**
 * Steps of which some say how the take was made that stands in their place, so that they make the like if they are asked
 * again; as they were where that would not do here.
 */
function stepsOfTakes(
  inputs: WorkflowDefinition["inputs"],
  options: {
    steps: Step[];
    replaced: readonly { key: StepKey; taken?: { step: Step } }[];
    registry: AppDependencies["registry"];
  },
): Step[] {
  const { steps, replaced, registry } = options;
  return replaced.reduce((current, { key, taken }) => {
    if (!taken || key.item !== NO_ITEM) return current;
    const { ai_provider, prompt, parameters } = taken.step;
    const path = `steps[${current.findIndex(({ step_number }) => step_number === key.stepNumber)}]`;
    const next = current.map((step) =>
      step.step_number === key.stepNumber ? { ...step, ai_provider, prompt, parameters } : step,
    );
    const { problems } = checkWorkflow({ steps: next, inputs }, registry, { today: today() });
    return problems.some((problem) => problem.path.startsWith(path)) ? current : next;
  }, steps);
}

/** The values of the execution, as far as they are still asked for. */
function inputsFor(definition: WorkflowDefinition, origin: ExecutionRow): NewExecution["inputs"] {
  const known = new Set(definition.inputs.map(({ name }) => name));
  const given = Object.fromEntries(Object.entries(origin.inputs).filter(([name]) => known.has(name)));
  const problems = checkInputs(definition, { topic: origin.initialInput, inputs: given });
  if (problems.length > 0) throw invalid(problems);
  return withDefaults(definition.inputs, given);
}

/** Results that are kept stay what they are; only what is made has to follow the rules of today. */
function acceptSteps(
  definition: WorkflowDefinition,
  plan: readonly RerunStep[],
  catalogue: AppDependencies["registry"],
): Problem[] {
  const check = checkWorkflow(definition, catalogue, {
    today: today(),
    schemaProblem: answerSchemaProblem,
  });
  const made = new Set(plan.flatMap(({ action }, index) => (action === "make" ? [`steps[${index}]`] : [])));
  const isOfMade = ({ path }: Problem): boolean => {
    const [place = ""] = /^steps\[\d+\]/.exec(path) ?? [];
    return place === "" ? path !== "inputs" && !path.startsWith("inputs[") : made.has(place);
  };
  const problems = check.problems.filter(isOfMade);
  if (problems.length > 0) throw invalid(problems);
  return check.warnings.filter(isOfMade);
}

export async function capOf(
  { db }: AppDependencies,
  originId: number,
  capUsd: number | null | undefined,
): Promise<number | null> {
  if (capUsd === undefined) return (await getBudget(db, budgetOf(originId)))?.capNanoUsd ?? null;
  return capUsd === null ? null : usdToNanoUsd(capUsd);
}

function requireStep(steps: readonly Step[], fromStep: number | undefined): void {
  if (fromStep === undefined || steps.some(({ step_number }) => step_number === fromStep)) return;
  throw invalidField("from_step", {
    fr: `Il n’y a pas d’étape ${fromStep}. Donnez un numéro de 1 à ${steps.length}.`,
    en: `There is no step ${fromStep}. Give a number from 1 to ${steps.length}.`,
  });
}

function requireNotBoth(body: RerunRequest): void {
  const isReplaced = body.replace.some(
    ({ step_number, item }) => step_number === body.from_step && item === undefined,
  );
  if (isReplaced) throw invalidField("from_step", BOTH);
}

function requireItems(runs: readonly StepRunRow[], { from_step: fromStep, items }: RerunRequest): void {
  if (items === undefined) return;
  const known = new Set(
    runs.flatMap(({ stepNumber, item }) => (stepNumber === fromStep && item !== NO_ITEM ? [item] : [])),
  );
  if (items.some((item) => !known.has(item))) throw invalidField("items", ITEMS_RULE);
}

const ITEMS_RULE: LocalText = {
  fr: "« items » nomme des éléments, comptés à partir de 0, de l’étape « from_step », qui doit passer sur une liste.",
  en: "“items” names items, counted from 0, of the step “from_step”, which has to run once per item of a list.",
};

const BOTH: LocalText = {
  fr: "Cette étape est aussi remplacée par « replace ». Retirez « from_step » : ce qui dépend d’elle est refait de toute façon.",
  en: "This step is replaced by “replace” too. Take “from_step” out: what depends on it is made again anyway.",
};

function nothingToMake(id: number): RelaisError {
  return invalidField("from_step", {
    fr: `L’exécution ${id} a déjà tous ces résultats. Donnez l’étape à refaire par « from_step », ou un résultat par « replace ».`,
    en: `Execution ${id} has all of these results already. Give the step to make again as “from_step”, or a result as “replace”.`,
  });
}

function workflowGone(id: number): RelaisError {
  return new RelaisError("conflict", {
    fr: `La combinaison de l’exécution ${id} a été supprimée. Rien n’a été lancé ni dépensé ; reprenez ses étapes telles qu’elles étaient ("definition": "original").`,
    en: `The workflow of execution ${id} was deleted. Nothing was started or spent; run its steps as they were ("definition": "original").`,
  });
}

function hasNoWorkflow(id: number): RelaisError {
  return new RelaisError("conflict", {
    fr: `L’exécution ${id} ne vient d’aucune combinaison enregistrée ni d’aucun template de cette version. Rien n’a été lancé ni dépensé ; reprenez ses étapes telles qu’elles étaient ("definition": "original").`,
    en: `Execution ${id} comes from no saved workflow and no template of this version. Nothing was started or spent; run its steps as they were ("definition": "original").`,
  });
}
