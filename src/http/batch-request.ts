import type { z } from "@hono/zod-openapi";
import type { StoredEstimate } from "../db/stored-values.ts";
import { scopeOf } from "../engine/budgets.ts";
import type { NewBatch } from "../engine/batches.ts";
import type { NewExecution } from "../engine/engine.ts";
import type { RelaisError, Language, Problem } from "../errors.ts";
import { usdToNanoUsd } from "../workflow/money.ts";
import { checkInputs, withDefaults } from "../workflow/validation.ts";
import { invalid } from "./api-routes.ts";
import type { batchBodySchema, batchEstimateBodySchema } from "./batch-schemas.ts";
import { estimatorOf, sumOfRanges, toStoredEstimate } from "./cost-estimate.ts";
import type { AppDependencies } from "./dependencies.ts";
import { findInputFiles } from "./input-files.ts";
import { acceptLiveRun, stepModels } from "./live-run.ts";
import { sourceOf, type RunSource } from "./run-source.ts";
import { acceptWorkflow } from "./workflow-rules.ts";

/** A request for a batch that holds to every rule; nothing is stored or spent yet. */
interface AcceptedBatch {
  batch: NewBatch;
  rows: NewExecution[];
  warnings: Problem[];
}

/**
 * Holds every row to every rule.
 * @throws RelaisError with the path of each problem (`rows[3].initial_input`).
 */
export async function acceptBatch(
  dependencies: AppDependencies,
  body: z.output<typeof batchBodySchema>,
  language: Language,
): Promise<AcceptedBatch> {
  const { settings, registry, prices, engine } = dependencies;
  const { source, warnings } = await readSource(dependencies, body, language);
  const files = await checkRows(dependencies, source, body.rows);
  const capNanoUsd = nanoUsdOf(body.cap_usd);
  const rowCapNanoUsd = nanoUsdOf(body.row_cap_usd) ?? settings.defaultCapNanoUsd;
  if (body.mode === "live") {
    const hasCap =
      capNanoUsd !== null || rowCapNanoUsd !== null || (await engine.caps.hasAny(scopeOf(source)));
    acceptLiveRun(stepModels(source.steps, registry), { registry, prices, hasCap, unpriced: body.unpriced });
  }
  const { workflowId, templateId, title } = source;
  const common = {
    workflowId,
    templateId,
    title: body.title ?? title,
    steps: source.steps.toSorted((a, b) => a.step_number - b.step_number),
    mode: body.mode,
    capNanoUsd: rowCapNanoUsd,
    unpriced: body.unpriced,
    reuse: body.reuse,
  };
  const given = body.rows.map((row) => ({
    initialInput: row.initial_input,
    inputs: withDefaults(source.inputs, row.inputs),
  }));
  const estimates = body.mode === "live" ? await estimateRows(dependencies, common, given) : null;
  const rows = given.map((row, index) =>
    Object.assign({}, common, row, {
      inputFiles: files[index] ?? {},
      estimate: estimates?.[index] ?? null,
    }),
  );
  return {
    batch: {
      workflowId,
      templateId,
      title: common.title,
      mode: body.mode,
      estimate: estimates && sumOfRanges(estimates),
      capNanoUsd,
    },
    rows,
    warnings,
  };
}

/** What rows would be given to; `warnings` are those of a workflow that is saved. */
export async function readSource(
  dependencies: AppDependencies,
  body: z.output<typeof batchEstimateBodySchema>,
  language: Language,
): Promise<{ source: RunSource; warnings: Problem[] }> {
  const { workflow_id, template_id, steps } = body;
  const source = await sourceOf(dependencies, { workflow_id, template_id, steps }, language);
  return { source, warnings: acceptWorkflow(source, dependencies.registry) };
}

/** What each row is expected to cost. */
export async function estimateRows(
  dependencies: AppDependencies,
  definition: Pick<NewExecution, "steps" | "workflowId" | "templateId">,
  rows: readonly Pick<NewExecution, "initialInput" | "inputs">[],
): Promise<StoredEstimate[]> {
  const estimate = await estimatorOf(dependencies, { definition, origin: definition });
  return rows.map(({ initialInput, inputs }) => {
    const topic = initialInput === "" ? null : initialInput;
    return toStoredEstimate(estimate({ topic, inputs }));
  });
}

/** The files that each row names. @throws RelaisError with all that is wrong in any row. */
async function checkRows(
  { db, registry: catalogue }: AppDependencies,
  source: RunSource,
  rows: z.output<typeof batchBodySchema>["rows"],
): Promise<NewExecution["inputFiles"][]> {
  const problems: Problem[] = [];
  const files: NewExecution["inputFiles"][] = [];
  for (const [index, row] of rows.entries()) {
    const found = checkInputs(source, { topic: row.initial_input, inputs: row.inputs });
    const inputs = withDefaults(source.inputs, row.inputs);
    const named = await findInputFiles(source, inputs, { db, catalogue });
    files.push(named.files);
    for (const { path, message } of [...found, ...named.problems]) {
      problems.push({ path: `rows[${index}].${path}`, message });
    }
  }
  if (problems.length > 0) throw refusedRows(problems);
  return files;
}

/** More would fill the answer without helping anybody. */
const MAX_PROBLEMS = 200;

function refusedRows(problems: Problem[]): RelaisError {
  return problems.length <= MAX_PROBLEMS ? invalid(problems) : invalid(problems.slice(0, MAX_PROBLEMS));
}

function nanoUsdOf(usd: number | null): number | null {
  return usd === null ? null : usdToNanoUsd(usd);
}
