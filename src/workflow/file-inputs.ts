import type { Problem } from "../errors.ts";
import type { Step, WorkflowDefinition, WorkflowInput } from "./definition.ts";
import { canTake, textsOf } from "./graph.ts";
import type { Medium } from "./media.ts";
import type { ModelCatalogue } from "./models.ts";
import { referencesIn } from "./references.ts";
import { quoted } from "./typography.ts";

/** Whether a step is given a file that a person chooses: what that is shows only when it runs. */
export function refersToFile(step: Step, inputs: readonly WorkflowInput[]): boolean {
  const files = new Set(inputs.flatMap(({ name, type }) => (type === "file" ? [name] : [])));
  return files.size > 0 && namesIn(step).some((name) => files.has(name));
}

/** Files that go into models which do not take them. `given`: by the name of the input. */
export function fileInputProblems(
  { steps, inputs }: WorkflowDefinition,
  given: ReadonlyMap<string, { medium: Medium; mediaType: string }>,
  catalogue: ModelCatalogue,
): Problem[] {
  return inputs.flatMap(({ name }) => {
    const file = given.get(name);
    if (!file) return [];
    const users = steps.filter((step) => namesIn(step).includes(name));
    const unfit = users.find((step) => !canTake(catalogue.resolve(step.ai_provider), file.medium));
    if (!unfit) return [];
    const model = quoted(unfit.ai_provider);
    return {
      path: `inputs.${name}`,
      message: {
        fr: `Le modèle ${model.fr} de l’étape ${unfit.step_number} ne prend pas de fichier ${file.mediaType}. Choisissez un autre fichier, ou un modèle qui le prend.`,
        en: `The model ${model.en} of step ${unfit.step_number} takes no file of the type ${file.mediaType}. Choose another file, or a model that takes it.`,
      },
    };
  });
}

function namesIn(step: Step): string[] {
  return textsOf(step).flatMap(({ text }) => referencesIn(text).map(({ name }) => name));
}
