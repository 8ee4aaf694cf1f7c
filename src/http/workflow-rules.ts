import { RelaisError, type Problem } from "../errors.ts";
import { answerSchemaProblem } from "../steps/answer-schema.ts";
import type { WorkflowDefinition } from "../workflow/definition.ts";
import type { ModelCatalogue } from "../workflow/models.ts";
import { checkWorkflow } from "../workflow/validation.ts";
import { invalid } from "./api-routes.ts";
import { today } from "./today.ts";

/**
 * Holds a workflow to every rule before anything is stored or spent, and returns what is worth knowing about it.
 * @throws RelaisError `invalid_workflow` with a path for each problem; `not_supported_yet`.
 */
export function acceptWorkflow(definition: WorkflowDefinition, catalogue: ModelCatalogue): Problem[] {
  const { problems, warnings, unsupported } = checkWorkflow(definition, catalogue, {
    today: today(),
    schemaProblem: answerSchemaProblem,
  });
  if (problems.length > 0) throw invalid(problems);
  if (unsupported.length > 0) throw notSupportedYet(unsupported);
  return warnings;
}

function notSupportedYet(problems: Problem[]): RelaisError {
  const paths = problems.map(({ path }) => path).join(", ");
  return new RelaisError(
    "not_supported_yet",
    {
      fr: `Cette version de Relais n’exécute pas encore ${paths}. Rien n’a été enregistré ni dépensé ; retirez ce champ.`,
      en: `This version of Relais does not run ${paths} yet. Nothing was stored or spent; take that field out.`,
    },
    problems,
  );
}
