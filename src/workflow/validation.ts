import type { LocalText, Problem } from "../errors.ts";
import type { Step, WorkflowDefinition } from "./definition.ts";
import { forEachProblems, forEachWarnings } from "./for-each-rules.ts";
import { refersToFile } from "./file-inputs.ts";
import { inputDefinitionProblems } from "./input-rules.ts";
import { modelProblems, modelWarnings } from "./model-rules.ts";
import type { ModelCatalogue } from "./models.ts";
import { isKnownName, nameScope } from "./names.ts";
import { parameterProblems, parameterWarnings } from "./parameter-rules.ts";
import { pictureProblems } from "./picture-rules.ts";
import {
  escapeWarnings,
  isReferredTo,
  previousOutputProblems,
  referenceProblems,
  type StepContext,
} from "./reference-rules.ts";
import { soundProblems } from "./sound-rules.ts";
import { quoted } from "./typography.ts";
import type { Json } from "./values.ts";

export { checkInputs, withDefaults } from "./input-rules.ts";
export { problemsOfZodError } from "./schema-problems.ts";

/** What is wrong with a workflow, and what is worth knowing. */
export interface WorkflowCheck {
  problems: Problem[];
  warnings: Problem[];
}

/** What is wrong with a JSON Schema; null where it is a valid one. */
type SchemaCheck = (schema: Record<string, Json>) => LocalText | null;

const MAX_SCHEMA_CHARACTERS = 50_000;

/** What a check needs beside the workflow and the models. */
export interface CheckOptions {
  /** YYYY-MM-DD. */
  today: string;
  /** Checks schemas of answers, where there is somebody who can. */
  schemaProblem?: SchemaCheck;
}

/**
 * Holds a workflow to every rule that needs more than one field: numbers, names, references, models, parameters and
 * inputs. Paths are by index (`steps[2].prompt`), in the order in which the steps were given.
 */
export function checkWorkflow(
  { steps, inputs }: WorkflowDefinition,
  catalogue: ModelCatalogue,
  { today, schemaProblem = () => null }: CheckOptions,
): WorkflowCheck {
  const scope = nameScope(
    steps,
    inputs.map((input) => input.name),
  );
  const problems = [...numberProblems(steps), ...nameProblems(steps, inputs)];
  const warnings: Problem[] = [];
  for (const [index, step] of steps.entries()) {
    const path = `steps[${index}]`;
    const context = { step, path, steps, scope, catalogue };
    const isGivenFile = refersToFile(step, inputs);
    problems.push(
      ...modelProblems(step.ai_provider, `${path}.ai_provider`, catalogue),
      ...promptProblems(step, `${path}.prompt`),
      ...referenceProblems(context),
      ...previousOutputProblems(context),
      ...forEachProblems(context),
      ...(isGivenFile ? [] : [...soundProblems(context), ...pictureProblems(context)]),
      ...outputSchemaProblems(context, schemaProblem),
      ...parameterProblems(step, `${path}.parameters`, catalogue),
    );
    warnings.push(
      ...modelWarnings(step.ai_provider, `${path}.ai_provider`, { catalogue, today }),
      ...escapeWarnings(context),
      ...forEachWarnings(context),
      ...parameterWarnings(step, `${path}.parameters`, catalogue),
    );
  }
  problems.push(...inputDefinitionProblems(inputs));
  warnings.push(...unusedInputs({ steps, inputs }));
  return { problems, warnings };
}

/** Numbers go from 1 to the number of steps, each once, in any order. */
function numberProblems(steps: readonly Step[]): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<number>();
  for (const [index, { step_number }] of steps.entries()) {
    if (seen.has(step_number)) {
      const fr = `Le numéro ${step_number} est déjà pris par une autre étape. Numérotez les étapes de 1 à ${steps.length}.`;
      const en = `The number ${step_number} is already taken by another step. Number the steps from 1 to ${steps.length}.`;
      problems.push({ path: `steps[${index}].step_number`, message: { fr, en } });
    }
    seen.add(step_number);
  }
  for (const [index, { step_number }] of steps.entries()) {
    if (step_number === 1 || seen.has(step_number - 1)) continue;
    const fr = `Il n’y a pas d’étape ${step_number - 1} avant l’étape ${step_number}. Numérotez les étapes de 1 à ${steps.length}, sans trou.`;
    const en = `There is no step ${step_number - 1} before step ${step_number}. Number the steps from 1 to ${steps.length}, without a gap.`;
    problems.push({ path: `steps[${index}].step_number`, message: { fr, en } });
  }
  return problems;
}

/** The schema refuses no characters at all; spaces alone say nothing either. */
function promptProblems(step: Step, path: string): Problem[] {
  if (step.prompt.trim() !== "") return [];
  const fr = "Ce prompt ne contient que des espaces. Écrivez ce que l’étape doit faire.";
  const en = "This prompt holds nothing but spaces. Write what the step is to do.";
  return [{ path, message: { fr, en } }];
}

/** Only a text can be held to a schema, and only to one that is valid. */
function outputSchemaProblems({ step, path, catalogue }: StepContext, check: SchemaCheck): Problem[] {
  const schema = step.output_schema;
  if (schema === null) return [];
  const place = `${path}.output_schema`;
  const model = catalogue.resolve(step.ai_provider);
  if (model && model.modality !== "text") {
    const name = quoted(step.ai_provider);
    const fr = `Le modèle ${name.fr} n’écrit pas de texte, et seul un texte peut suivre un schéma. Mettez output_schema à null ou choisissez un modèle de texte.`;
    const en = `The model ${name.en} writes no text, and only a text can follow a schema. Set output_schema to null or choose a text model.`;
    return [{ path: place, message: { fr, en } }];
  }
  if (JSON.stringify(schema).length > MAX_SCHEMA_CHARACTERS) {
    const fr = `Ce schéma dépasse ${MAX_SCHEMA_CHARACTERS} caractères. Donnez-en un plus court.`;
    const en = `This schema is longer than ${MAX_SCHEMA_CHARACTERS} characters. Give a shorter one.`;
    return [{ path: place, message: { fr, en } }];
  }
  const message = check(schema);
  return message ? [{ path: place, message }] : [];
}

/** Steps and inputs share one space of names, in which Relais has some of its own. */
function nameProblems(steps: readonly Step[], inputs: WorkflowDefinition["inputs"]): Problem[] {
  const named = [
    ...steps.map((step, index) => ({ name: step.name, path: `steps[${index}].name` })),
    ...inputs.map((input, index) => ({ name: input.name, path: `inputs[${index}].name` })),
  ];
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const { name, path } of named) {
    if (!name) continue;
    const shown = quoted(name);
    if (isKnownName(name)) {
      const fr = `Le nom ${shown.fr} a déjà un sens dans Relais. Choisissez-en un autre.`;
      const en = `The name ${shown.en} already has a meaning in Relais. Choose another one.`;
      problems.push({ path, message: { fr, en } });
    } else if (seen.has(name)) {
      const fr = `Le nom ${shown.fr} est déjà pris par une autre étape ou entrée. Choisissez-en un autre.`;
      const en = `The name ${shown.en} is already taken by another step or input. Choose another one.`;
      problems.push({ path, message: { fr, en } });
    }
    seen.add(name);
  }
  return problems;
}

function unusedInputs({ steps, inputs }: WorkflowDefinition): Problem[] {
  return inputs.flatMap(({ name }, index) => {
    if (isReferredTo(name, steps)) return [];
    const shown = quoted(name);
    const fr = `Aucune étape n’utilise l’entrée ${shown.fr}. Écrivez {${name}} dans un prompt, ou retirez-la.`;
    const en = `No step uses the input ${shown.en}. Write {${name}} in a prompt, or remove it.`;
    return [{ path: `inputs[${index}].name`, message: { fr, en } }];
  });
}
