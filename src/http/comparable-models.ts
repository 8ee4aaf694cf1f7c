import type { ExecutionRow } from "../db/execution-store.ts";
import { answerSchemaProblem } from "../steps/answer-schema.ts";
import type { Step } from "../workflow/definition.ts";
import { fitParameters, parametersFor, type ParameterChange } from "../workflow/fitted-parameters.ts";
import { outputMediumOf } from "../workflow/graph.ts";
import { LOCAL_PROVIDER } from "../workflow/unlisted-model.ts";
import { checkWorkflow } from "../workflow/validation.ts";
import type { ModelEntry, Registry } from "../providers/registry.ts";
import type { Problem } from "../errors.ts";
import { costOfSteps, estimateOf, viewEstimate } from "./cost-estimate.ts";
import type { AppDependencies } from "./dependencies.ts";
import { inputsAsGiven } from "./rerun-request.ts";
import type { ComparableModel } from "./take-schemas.ts";
import { today } from "./today.ts";

/** A step as another model would make it. */
export interface StepOfOther {
  step: Step;
  changes: ParameterChange[];
}

/** The step for another model: same prompt, parameters as far as that model takes them; itself where it is its own model. */
export function stepForModel(step: Step, name: string, registry: Registry): StepOfOther {
  const model = registry.resolve(name);
  if (!model || isOwnModel(step, model.id, registry)) {
    const own = model ? step.ai_provider : name;
    return { step: { ...step, ai_provider: own }, changes: parametersFor(step, registry).changes };
  }
  const isListed = registry.names().includes(model.id);
  const fitted = isListed
    ? fitParameters(step.parameters, model.parameters)
    : { parameters: step.parameters, changes: [] };
  return { step: { ...step, ai_provider: name, parameters: fitted.parameters }, changes: fitted.changes };
}

/** Whether a step is made by this model already. */
function isOwnModel(step: Step, modelId: string, registry: Registry): boolean {
  return registry.resolve(step.ai_provider)?.id === modelId;
}

/** What keeps a step from being made in the place of another, with paths from `steps[…]`. */
export function problemsOfTake(
  execution: ExecutionRow,
  changed: Step,
  { registry, isWhole }: { registry: Registry; isWhole: boolean },
): Problem[] {
  const steps = withStep(execution.steps, changed);
  const definition = { steps, inputs: inputsAsGiven(execution) };
  const path = `steps[${steps.indexOf(changed)}]`;
  const options = { today: today(), ...(isWhole && { schemaProblem: answerSchemaProblem }) };
  const { problems } = checkWorkflow(definition, registry, options);
  return problems.filter((problem) => problem.path === path || problem.path.startsWith(`${path}.`));
}

/** Steps in which one has taken the place of that with its number. */
export function withStep(steps: readonly Step[], changed: Step): Step[] {
  return steps.map((step) => (step.step_number === changed.step_number ? changed : step));
}

/** Whether two steps make the same kind of thing. */
export function makesTheSame(
  one: Step,
  other: Step,
  { steps, registry }: { steps: readonly Step[]; registry: Registry },
): boolean {
  const [modelOfOne, modelOfOther] = [one, other].map((step) => registry.resolve(step.ai_provider));
  return (
    modelOfOne?.modality === modelOfOther?.modality &&
    outputMediumOf(one, steps, registry) === outputMediumOf(other, steps, registry)
  );
}

/**
 * The models that could make a step of an execution, with what a take of each is likely to cost: that of the step first,
 * then those that can be called now, then by price.
 */
export async function comparableModels(
  dependencies: AppDependencies,
  execution: ExecutionRow,
  step: Step,
): Promise<ComparableModel[]> {
  const { registry } = dependencies;
  const own = registry.resolve(step.ai_provider);
  if (!own || own.composed) return [];
  const others = registry
    .models()
    .filter((model) => model.id !== own.id && isOffered(model) && model.modality === own.modality);
  const models = [own, ...others].flatMap((model) => {
    const other = stepForModel(step, model.id, registry);
    const isFit =
      model === own || problemsOfTake(execution, other.step, { registry, isWhole: false }).length === 0;
    return isFit ? [{ model, ...other }] : [];
  });
  const viewed: ComparableModel[] = [];
  for (const candidate of models)
    viewed.push(await viewModel(dependencies, execution, { ...candidate, own }));
  return viewed.toSorted(
    (a, b) =>
      Number(b.is_own) - Number(a.is_own) ||
      Number(a.missing_settings.length > 0) - Number(b.missing_settings.length > 0) ||
      (a.estimated_cost ?? Infinity) - (b.estimated_cost ?? Infinity),
  );
}

function isOffered({ provider, composed, status, shutdown_date: end }: ModelEntry): boolean {
  return (
    provider !== LOCAL_PROVIDER && !composed && status !== "shut_down" && (end === null || end > today())
  );
}

async function viewModel(
  dependencies: AppDependencies,
  execution: ExecutionRow,
  candidate: StepOfOther & { model: ModelEntry; own: ModelEntry },
): Promise<ComparableModel> {
  const { registry } = dependencies;
  const { model, own, step, changes } = candidate;
  const steps = withStep(execution.steps, step);
  // Without the past of the workflow: it says nothing of models that it never used.
  const estimate = await estimateOf(dependencies, {
    definition: { steps },
    origin: { workflowId: null, templateId: null },
    topic: execution.initialInput,
    inputs: execution.inputs,
    itemsLeft: new Map(step.for_each ? [[step.step_number, 1]] : []),
  });
  const made = estimate.steps.filter(({ stepNumber }) => stepNumber === step.step_number);
  return {
    model: model.id,
    provider: model.provider,
    provider_name: registry.providerName(model.provider) ?? model.provider,
    is_own: model === own,
    ...viewEstimate(costOfSteps(made, steps, registry)),
    missing_settings: execution.mode === "live" ? registry.missingSettings(model.provider) : [],
    changes,
  };
}
