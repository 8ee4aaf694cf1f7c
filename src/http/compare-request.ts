import { getExecution, type ExecutionRow } from "../db/execution-store.ts";
import { listStepRuns, type StepRunRow } from "../db/step-run-store.ts";
import { scopeOf } from "../engine/budgets.ts";
import type { NewExecution } from "../engine/engine.ts";
import { RelaisError, type LocalText, type Problem } from "../errors.ts";
import { NO_ITEM, type Step, type StepKey } from "../workflow/definition.ts";
import { linkSteps } from "../workflow/graph.ts";
import { invalid } from "./api-routes.ts";
import { makesTheSame, problemsOfTake, stepForModel, withStep } from "./comparable-models.ts";
import { costOfSteps, estimateOf, toStoredEstimate } from "./cost-estimate.ts";
import type { AppDependencies } from "./dependencies.ts";
import { readInputFiles } from "./input-files.ts";
import { acceptLiveRun } from "./live-run.ts";
import { invalidField, missingExecution } from "./path-id.ts";
import { capOf, inputsAsGiven, requireAtRest } from "./rerun-request.ts";
import type { CompareRequest } from "./take-schemas.ts";

/** A take as it would be created. */
interface PlannedTake {
  model: string;
  execution: NewExecution;
}

/**
 * Holds a request to compare models on one step to every rule and says what it comes to: an execution a model, which makes
 * that step, or one item of it, from the results that are there, and nothing else. Nothing is stored or spent yet.
 * @throws RelaisError `not_found`, `conflict`, `invalid_request`, `provider_not_configured` or `unpriced_model`.
 */
export async function planComparison(
  dependencies: AppDependencies,
  { id, body }: { id: number; body: CompareRequest },
): Promise<PlannedTake[]> {
  const { db, registry } = dependencies;
  const origin = await requireAtRest(dependencies, id);
  if (body.mode !== undefined && body.mode !== origin.mode) throw invalidField("mode", OTHER_MODE);
  const step = requireStep(dependencies, origin, body.step_number);
  const runs = await listStepRuns(db, id);
  const only = requirePlace(runs, step, body.item);
  const steps = acceptTakes(dependencies, { origin, step, body });
  const capNanoUsd = await capOf(dependencies, id, body.cap_usd);
  const unpriced = body.unpriced ?? origin.unpriced;
  await acceptMoney(dependencies, { origin, steps, capNanoUsd, unpriced });
  const { inputs } = origin;
  const definition = { steps: [], inputs: inputsAsGiven(origin) };
  const inputFiles = await readInputFiles(definition, inputs, { db, catalogue: registry });
  const planned: PlannedTake[] = [];
  for (const [index, changed] of steps.entries()) {
    const all = withStep(origin.steps, changed);
    const kept = keptFor(only, { steps: all, runs, registry });
    planned.push({
      model: body.models[index] ?? changed.ai_provider,
      execution: {
        workflowId: origin.workflowId,
        templateId: origin.templateId,
        title: origin.title,
        steps: all,
        initialInput: origin.initialInput,
        inputs,
        inputFiles,
        mode: origin.mode,
        capNanoUsd,
        unpriced,
        // Asked for once more: to give what is there already would be no other take.
        reuse: false,
        estimate: await expectedCost(dependencies, { origin, steps: all, only }),
        rerun: { executionId: id, fromStep: only.stepNumber, kept, replaced: [], only },
      },
    });
  }
  return planned;
}

/** @throws RelaisError `not_found` where there is no such execution or step. */
export async function requireStepOf(
  { db }: AppDependencies,
  place: { id: number; stepNumber: number },
): Promise<{ execution: ExecutionRow; step: Step }> {
  const execution = await getExecution(db, place.id);
  if (!execution) throw missingExecution(place.id);
  const step = execution.steps.find(({ step_number }) => step_number === place.stepNumber);
  if (!step) throw missingStep(execution, place.stepNumber);
  return { execution, step };
}

function missingStep({ id, steps }: ExecutionRow, stepNumber: number): RelaisError {
  return new RelaisError("not_found", {
    fr: `L’exécution ${id} n’a pas d’étape ${stepNumber}. Donnez un numéro de 1 à ${steps.length}.`,
    en: `Execution ${id} has no step ${stepNumber}. Give a number from 1 to ${steps.length}.`,
  });
}

function requireStep({ registry }: AppDependencies, { steps }: ExecutionRow, stepNumber: number): Step {
  const step = steps.find(({ step_number }) => step_number === stepNumber);
  if (!step) {
    throw invalidField("step_number", {
      fr: `Il n’y a pas d’étape ${stepNumber}. Donnez un numéro de 1 à ${steps.length}.`,
      en: `There is no step ${stepNumber}. Give a number from 1 to ${steps.length}.`,
    });
  }
  if (registry.resolve(step.ai_provider)?.composed) throw invalidField("step_number", COMPOSED);
  return step;
}

/** @throws RelaisError where it is not said which item is made, or a call for that place may have been billed. */
function requirePlace(runs: readonly StepRunRow[], step: Step, item: number | undefined): StepKey {
  const stepNumber = step.step_number;
  if (step.for_each === null && item !== undefined) throw invalidField("item", NO_LIST);
  if (step.for_each !== null && item === undefined) throw invalidField("item", WHICH_ITEM);
  const key = { stepNumber, item: item ?? NO_ITEM };
  const run = runs.find((candidate) => candidate.stepNumber === stepNumber && candidate.item === key.item);
  if (!run || (item !== undefined && run.itemValue === null)) throw invalidField("item", NO_SUCH_ITEM);
  if (run.status === "waiting" && run.waitingReason === "in_doubt") throw isInDoubt(stepNumber);
  return key;
}

/** The step as each model would make it, held to the rules of a workflow. */
function acceptTakes(
  { registry }: AppDependencies,
  { origin, step, body }: { origin: ExecutionRow; step: Step; body: CompareRequest },
): Step[] {
  const names = body.models.map((name) => registry.resolve(name)?.id ?? name);
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (twice !== -1) throw invalidField(`models[${twice}]`, TWICE);
  const taken = body.models.map((name): Step => {
    const other = stepForModel(step, name, registry).step;
    const prompt = body.prompt ?? step.prompt;
    // To choose a take is to approve it, and one that fails has nothing to go on with.
    return { ...other, prompt, approval: false, on_error: "fail" };
  });
  const problems = taken.flatMap((changed, index): Problem[] => {
    const found = problemsOfTake(origin, changed, { registry, isWhole: true });
    if (found.length === 0 && !makesTheSame(step, changed, { steps: origin.steps, registry })) {
      return [{ path: `models[${index}]`, message: OTHER_KIND }];
    }
    return found.map(({ path, message }) => ({
      path: path.endsWith(".prompt") && body.prompt !== undefined ? "prompt" : `models[${index}]`,
      message,
    }));
  });
  if (problems.length > 0) throw invalid(problems);
  return taken;
}

async function acceptMoney(
  { registry, prices, engine }: AppDependencies,
  take: {
    origin: ExecutionRow;
    steps: readonly Step[];
    capNanoUsd: number | null;
    unpriced: "refuse" | "allow";
  },
): Promise<void> {
  const { origin, steps, capNanoUsd, unpriced } = take;
  if (origin.mode !== "live") return;
  const models = steps.flatMap((step, index) => {
    const model = registry.resolve(step.ai_provider);
    return model ? [{ step, model, path: `models[${index}]` }] : [];
  });
  const hasCap = capNanoUsd !== null || (await engine.caps.hasAny(scopeOf(origin)));
  acceptLiveRun(models, { registry, prices, hasCap, unpriced });
}

/**
 * The results that a step works on, directly and through others, with those of their items.
 * @throws RelaisError `conflict` where one is missing.
 */
function keptFor(
  { stepNumber }: StepKey,
  {
    steps,
    runs,
    registry,
  }: { steps: readonly Step[]; runs: readonly StepRunRow[]; registry: AppDependencies["registry"] },
): StepKey[] {
  const links = new Map(linkSteps(steps, registry).map((link) => [link.stepNumber, link]));
  const needed = new Set<number>();
  const open = [stepNumber];
  for (let current = open.pop(); current !== undefined; current = open.pop()) {
    const { dependsOn = [], endedOnly = [] } = links.get(current) ?? {};
    for (const other of dependsOn) {
      if (needed.has(other)) continue;
      const whole = runs.find((run) => run.stepNumber === other && run.item === NO_ITEM);
      const isThere = whole?.status === "completed" && whole.output !== null;
      if (!isThere && (current === stepNumber || whole === undefined) && !endedOnly.includes(other)) {
        throw lacks(stepNumber, other);
      }
      if (!isThere) continue;
      needed.add(other);
      open.push(other);
    }
  }
  return runs
    .filter((run) => needed.has(run.stepNumber) && run.status === "completed" && run.output !== null)
    .map((run) => ({ stepNumber: run.stepNumber, item: run.item }));
}

async function expectedCost(
  dependencies: AppDependencies,
  { origin, steps, only }: { origin: ExecutionRow; steps: Step[]; only: StepKey },
): Promise<NewExecution["estimate"]> {
  if (origin.mode === "rehearsal") return null;
  const estimate = await estimateOf(dependencies, {
    definition: { steps },
    origin,
    topic: origin.initialInput,
    inputs: origin.inputs,
    itemsLeft: new Map(only.item === NO_ITEM ? [] : [[only.stepNumber, 1]]),
  });
  const made = estimate.steps.filter(({ stepNumber }) => stepNumber === only.stepNumber);
  return toStoredEstimate({ steps: made, total: costOfSteps(made, steps, dependencies.registry) });
}

function lacks(stepNumber: number, other: number): RelaisError {
  return new RelaisError("conflict", {
    fr: `L’étape ${stepNumber} travaille sur le résultat de l’étape ${other}, qui n’est pas là ou attend d’être approuvé. Rien n’a été lancé ni dépensé ; faites d’abord ce résultat.`,
    en: `Step ${stepNumber} works on the result of step ${other}, which is not there or waits to be approved. Nothing was started or spent; make that result first.`,
  });
}

function isInDoubt(stepNumber: number): RelaisError {
  return new RelaisError("conflict", {
    fr: `Un appel de l’étape ${stepNumber} a peut-être été facturé et attend votre réponse. Rien n’a été lancé ni dépensé ; répondez d’abord.`,
    en: `A call of step ${stepNumber} may have been billed and waits for your answer. Nothing was started or spent; answer it first.`,
  });
}

const OTHER_MODE: LocalText = {
  fr: "Une comparaison se fait dans le mode de son exécution : ce qu’une répétition a produit n’entre jamais dans une exécution réelle, ni l’inverse.",
  en: "A comparison is made in the mode of its execution: what a rehearsal made never goes into a live run, nor the other way round.",
};

const COMPOSED: LocalText = {
  fr: "Relais compose cette étape lui-même, à partir des autres : il n’y a pas de modèle à comparer.",
  en: "Relais composes this step by itself, from the others: there is no model to compare.",
};

const NO_LIST: LocalText = {
  fr: "Cette étape ne parcourt pas de liste. Retirez « item ».",
  en: "This step does not map over a list. Take “item” out.",
};

const WHICH_ITEM: LocalText = {
  fr: "Cette étape parcourt une liste : donnez par « item » le seul élément à comparer, compté à partir de 0, pour que toute la liste ne soit pas achetée.",
  en: "This step maps over a list: name as “item” the one item to compare, counted from 0, so that not the whole list is bought.",
};

const NO_SUCH_ITEM: LocalText = {
  fr: "Il n’y a pas d’élément de ce numéro dans la liste de cette étape.",
  en: "There is no item of this number in the list of this step.",
};

const TWICE: LocalText = {
  fr: "Ce modèle est déjà nommé plus haut. Gardez-le une fois.",
  en: "This model is named further up already. Keep it once.",
};

const OTHER_KIND: LocalText = {
  fr: "Ce modèle ne produit pas la même chose que l’étape. Choisissez-en un du même genre.",
  en: "This model does not make what the step makes. Choose one of the same kind.",
};
