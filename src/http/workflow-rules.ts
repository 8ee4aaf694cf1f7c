import type { Problem } from "../errors.ts";
import { answerSchemaProblem } from "../steps/answer-schema.ts";
import type { WorkflowDefinition } from "../workflow/definition.ts";
import type { ModelCatalogue } from "../workflow/models.ts";
import { checkWorkflow } from "../workflow/validation.ts";
import { invalid } from "./api-routes.ts";
import { today } from "./today.ts";

/**
 * Holds a workflow to every rule before anything is stored or spent, and returns what is worth knowing about it.
 * @throws RelaisError `invalid_workflow` with a path for each problem.
 */
export function acceptWorkflow(definition: WorkflowDefinition, catalogue: ModelCatalogue): Problem[] {
  const { problems, warnings } = checkWorkflow(definition, catalogue, {
    today: today(),
    schemaProblem: answerSchemaProblem,
  });
  if (problems.length > 0) throw invalid(problems);
  return warnings;
}
