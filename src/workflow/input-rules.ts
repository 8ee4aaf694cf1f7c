import type { LocalText, Problem } from "../errors.ts";
import type { WorkflowDefinition, WorkflowInput } from "./definition.ts";
import { referencesIn } from "./references.ts";
import { textsOf } from "./graph.ts";
import { nearestName } from "./suggestion.ts";
import { anyOf, didYouMean, quoted } from "./typography.ts";

/** Whether the inputs that a workflow declares make sense, apart from their names. */
export function inputDefinitionProblems(inputs: readonly WorkflowInput[]): Problem[] {
  return inputs.flatMap((input, index) => {
    const path = `inputs[${index}]`;
    const name = quoted(input.name);
    if (input.type === "choice" && !input.choices) {
      const fr = `L’entrée ${name.fr} est un choix sans possibilités. Donnez-lui une liste choices.`;
      const en = `The input ${name.en} is a choice with nothing to choose from. Give it a list of choices.`;
      return [{ path: `${path}.choices`, message: { fr, en } }];
    }
    if (input.type !== "choice" && input.choices) {
      const fr = `L’entrée ${name.fr} n’est pas un choix. Retirez choices ou donnez-lui le type choice.`;
      const en = `The input ${name.en} is not a choice. Remove choices or give it the type choice.`;
      return [{ path: `${path}.choices`, message: { fr, en } }];
    }
    if (input.default === undefined || isOfType(input.default, input)) return [];
    return [{ path: `${path}.default`, message: unfit(input.default, input) }];
  });
}

/** What a person gave for one execution. */
export interface GivenInputs {
  topic: string;
  inputs: Record<string, string | number>;
}

/**
 * Whether the topic and inputs of one execution are what its workflow asks for. Paths are those of the request:
 * `initial_input`, `inputs.tone`.
 */
export function checkInputs({ steps, inputs }: WorkflowDefinition, given: GivenInputs): Problem[] {
  const problems: Problem[] = [];
  const needsTopic = steps.find((step) =>
    textsOf(step).some(({ text }) => referencesIn(text).some(({ name }) => name === "topic")),
  );
  if (needsTopic && given.topic.trim() === "") {
    const fr = `Un sujet est nécessaire, car l’étape ${needsTopic.step_number} utilise {topic}. Écrivez de quoi il s’agit.`;
    const en = `A topic is needed, because step ${needsTopic.step_number} uses {topic}. Write what it is about.`;
    problems.push({ path: "initial_input", message: { fr, en } });
  }
  for (const input of inputs) {
    const message = givenProblem(input, valueGiven(input, given.inputs));
    if (message) problems.push({ path: `inputs.${input.name}`, message });
  }
  const known = inputs.map((input) => input.name);
  for (const name of Object.keys(given.inputs)) {
    if (!known.includes(name)) problems.push({ path: `inputs.${name}`, message: unknownInput(name, known) });
  }
  return problems;
}

/** The inputs of one execution with defaults filled in. What is optional and left out is an empty text. */
export function withDefaults(
  inputs: readonly WorkflowInput[],
  given: Record<string, string | number>,
): Record<string, string | number> {
  return Object.fromEntries(
    inputs.map((input) => [input.name, valueGiven(input, given) ?? input.default ?? ""]),
  );
}

/** Undefined where nothing was given: a form sends an empty text for a number or choice that was left alone. */
function valueGiven(
  input: WorkflowInput,
  given: Record<string, string | number>,
): string | number | undefined {
  const value = Object.hasOwn(given, input.name) ? given[input.name] : undefined;
  return value === "" && input.type !== "text" ? undefined : value;
}

function givenProblem(input: WorkflowInput, value: string | number | undefined): LocalText | null {
  const isEmpty = value === undefined || (typeof value === "string" && value.trim() === "");
  const isDefaulted = value === undefined && input.default !== undefined;
  if (input.required && isEmpty && !isDefaulted) {
    const label = quoted(input.label);
    return { fr: `Renseignez ${label.fr}.`, en: `Fill in ${label.en}.` };
  }
  return value === undefined || isOfType(value, input) ? null : unfit(value, input);
}

function isOfType(value: string | number, input: WorkflowInput): boolean {
  if (input.type === "number") return Number.isFinite(value);
  if (typeof value !== "string") return false;
  return input.type !== "choice" || (input.choices ?? []).includes(value);
}

function unfit(value: string | number, input: WorkflowInput): LocalText {
  const [shown, label] = [quoted(String(value)), quoted(input.label)];
  const wanted = expected(input);
  return {
    fr: `La valeur ${shown.fr} ne convient pas à ${label.fr}. Il faut ${wanted.fr}.`,
    en: `The value ${shown.en} does not fit ${label.en}. It takes ${wanted.en}.`,
  };
}

function expected(input: WorkflowInput): LocalText {
  switch (input.type) {
    case "text":
      return { fr: "un texte", en: "a text" };
    case "number":
      return { fr: "un nombre", en: "a number" };
    case "choice":
      return anyOf(input.choices ?? []);
    case "file":
    default:
      return { fr: "l’identifiant d’un fichier envoyé", en: "the id of an uploaded file" };
  }
}

function unknownInput(name: string, known: string[]): LocalText {
  const shown = quoted(name);
  const nearest = nearestName(name, known);
  const all = anyOf(known);
  let hint = didYouMean(nearest);
  if (known.length === 0) {
    hint = { fr: " Elle n’en a pas d’autre que le sujet.", en: " It has none beside the topic." };
  } else if (nearest === undefined) hint = { fr: ` Elle attend ${all.fr}.`, en: ` It asks for ${all.en}.` };
  return {
    fr: `Cette combinaison n’a pas d’entrée ${shown.fr}.${hint.fr}`,
    en: `This combination has no input ${shown.en}.${hint.en}`,
  };
}
