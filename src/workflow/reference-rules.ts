import type { LocalText, Problem } from "../errors.ts";
import type { Step } from "./definition.ts";
import { canTakeAt, itemMediumOf, itemSourceOf, nearestTakable, outputMediumOf, textsOf } from "./graph.ts";
import type { Medium } from "./media.ts";
import type { ModelCatalogue } from "./models.ts";
import { targetOf } from "./names.ts";
import type { NameScope } from "./names.ts";
import { referencesIn, scan } from "./references.ts";
import type { Reference } from "./references.ts";
import { nearestName } from "./suggestion.ts";
import { didYouMean, quoted } from "./typography.ts";

/** What the rules of one step look at. `path` is that of the step: `steps[2]`. */
export interface StepContext {
  step: Step;
  path: string;
  steps: readonly Step[];
  scope: NameScope;
  catalogue: ModelCatalogue;
}

/** A prompt full of braces would otherwise answer with thousands of sentences. */
const MAX_PROBLEMS_PER_TEXT = 20;

const MEDIUM_NAMES: Record<Medium, LocalText> = {
  text: { fr: "un texte", en: "a text" },
  json: { fr: "des données JSON", en: "JSON data" },
  image: { fr: "une image", en: "an image" },
  audio: { fr: "un fichier audio", en: "an audio file" },
  video: { fr: "une vidéo", en: "a video" },
  document: { fr: "un document", en: "a document" },
};

/** Whether every reference of a step leads to something that is there by then and that its model can take. */
export function referenceProblems(context: StepContext): Problem[] {
  return textsOf(context.step).flatMap(({ path, text }) => {
    const problems: Problem[] = [];
    const seen = new Set<string>();
    for (const reference of referencesIn(text)) {
      if (problems.length === MAX_PROBLEMS_PER_TEXT) break;
      if (seen.has(reference.raw)) continue;
      seen.add(reference.raw);
      const message = referenceProblem(reference, path, context);
      if (message) problems.push({ path: `${context.path}.${path}`, message });
    }
    return problems;
  });
}

/** Warns of `{{topic}}`, which somebody may have written for `{topic}`. */
export function escapeWarnings(context: StepContext): Problem[] {
  return textsOf(context.step).flatMap(({ path, text }) => {
    const escaped = scan(text).filter((segment) => segment.kind === "escaped");
    const distinct = new Map(escaped.map((segment) => [segment.raw, segment.text]));
    return [...distinct].slice(0, MAX_PROBLEMS_PER_TEXT).map(([raw, literal]) => ({
      path: `${context.path}.${path}`,
      message: {
        fr: `${raw} écrit les caractères ${literal} tels quels. Pour y mettre la valeur, écrivez ${literal}.`,
        en: `${raw} writes the characters ${literal} as they are. To put the value there, write ${literal}.`,
      },
    }));
  });
}

/** What is wrong with one reference at a place of a step (`prompt`, `parameters.images[0]`); null: nothing. */
export function referenceProblem(reference: Reference, path: string, context: StepContext): LocalText | null {
  const target = targetOf(reference.name, context.step, context.scope);
  switch (target.kind) {
    case "unknown":
      return unknownName(reference, context);
    case "step":
      return stepReferenceProblem(reference, { stepNumber: target.stepNumber, path }, context);
    case "topic":
    case "input":
      return reference.path.length === 0 ? null : plainText(reference);
    case "item":
      return itemReferenceProblem(reference, path, context);
    default:
      return null;
  }
}

/** Whether the model takes what an item is, and whether that has parts. What `for_each.in` may say is for its own rules. */
function itemReferenceProblem(reference: Reference, path: string, context: StepContext): LocalText | null {
  const { step, steps, catalogue } = context;
  if (reference.name === "index") return reference.path.length === 0 ? null : plainText(reference);
  const medium = itemMediumOf(step, steps, context);
  if (medium === undefined) return null;
  if (medium === "text" && reference.path.length > 0) return plainText(reference);
  const source = itemSourceOf(step, steps, context.scope);
  const model = catalogue.resolve(step.ai_provider);
  return !source || !model || canTakeAt(model, medium, path) ? null : untakableFile(source, medium, step);
}

/** Every name that means something in a workflow. */
export function knownNames({ steps, scope }: Pick<StepContext, "steps" | "scope">): string[] {
  return [
    "topic",
    "previous_output",
    ...scope.inputs,
    ...scope.stepNumbers.keys(),
    ...steps.map((step) => `step${step.step_number}_output`),
  ];
}

/** What the editor writes where a step was referred to that has been deleted. */
export const REMOVED_STEP = "removed_step";

function unknownName(reference: Reference, context: StepContext): LocalText {
  if (reference.name === REMOVED_STEP) {
    return {
      fr: `L’étape dont le résultat allait ici a été supprimée. Prenez un autre résultat, ou retirez {${REMOVED_STEP}}.`,
      en: `The step whose result went here has been deleted. Take another result, or remove {${REMOVED_STEP}}.`,
    };
  }
  const known = knownNames(context);
  const raw = quoted(reference.raw);
  const nearest = nearestName(reference.name, known);
  const hint =
    nearest === undefined
      ? {
          fr: ` Écrivez {topic} pour le sujet, {step1_output} pour le résultat d’une étape, ou doublez les accolades pour les garder telles quelles.`,
          en: ` Write {topic} for the topic, {step1_output} for the result of a step, or double the braces to keep them as they are.`,
        }
      : didYouMean(`{${nearest}}`);
  return { fr: `${raw.fr} ne désigne rien.${hint.fr}`, en: `${raw.en} refers to nothing.${hint.en}` };
}

function stepReferenceProblem(
  reference: Reference,
  { stepNumber, path }: { stepNumber: number; path: string },
  { step, steps, catalogue }: StepContext,
): LocalText | null {
  const raw = quoted(reference.raw);
  if (reference.name === "previous_output" && step.step_number === 1) {
    return {
      fr: `L’étape 1 n’a pas d’étape précédente. Écrivez {topic} pour le sujet, ou retirez ${raw.fr}.`,
      en: `Step 1 has no step before it. Write {topic} for the topic, or remove ${raw.en}.`,
    };
  }
  const source = steps.find((other) => other.step_number === stepNumber);
  if (!source) return missingStep(reference, steps);
  if (stepNumber === step.step_number) {
    return {
      fr: `${raw.fr} est le résultat de cette étape même. Une étape ne peut utiliser que ce qui vient avant elle.`,
      en: `${raw.en} is the result of this very step. A step can only use what comes before it.`,
    };
  }
  if (stepNumber > step.step_number) {
    return {
      fr: `${raw.fr} est le résultat de ${stepLabel(source).fr}, qui vient après l’étape ${step.step_number}. Une étape ne peut utiliser que ce qui vient avant elle.`,
      en: `${raw.en} is the result of ${stepLabel(source).en}, which comes after step ${step.step_number}. A step can only use what comes before it.`,
    };
  }
  const medium = outputMediumOf(source, steps, catalogue);
  if (medium === undefined) return null;
  if (medium === "text" && reference.path.length > 0) return plainText(reference);
  // Of a list only its items go into the model.
  if (path === "for_each.in") return null;
  const model = catalogue.resolve(step.ai_provider);
  return !model || canTakeAt(model, medium, path) ? null : untakableFile(source, medium, step);
}

function missingStep(reference: Reference, steps: readonly Step[]): LocalText {
  const raw = quoted(reference.raw);
  const last = Math.max(...steps.map((step) => step.step_number));
  return {
    fr: `${raw.fr} désigne une étape qui n’existe pas. Les étapes vont de 1 à ${last}.`,
    en: `${raw.en} refers to a step that does not exist. The steps go from 1 to ${last}.`,
  };
}

function plainText(reference: Reference): LocalText {
  const raw = quoted(reference.raw);
  const whole = quoted(`{${reference.name}}`);
  return {
    fr: `${raw.fr} cherche une partie d’un texte, qui n’en a pas. Écrivez ${whole.fr}.`,
    en: `${raw.en} looks for a part of a text, which has none. Write ${whole.en}.`,
  };
}

export function untakableFile(source: Step, medium: Medium, step: Step): LocalText {
  const [from, to] = [stepLabel(source), stepLabel(step)];
  const [made, model] = [MEDIUM_NAMES[medium], quoted(step.ai_provider)];
  return {
    fr: `Le résultat de ${from.fr} est ${made.fr}, que le modèle ${model.fr} de ${to.fr} n’accepte pas. Retirez cette référence ou choisissez un modèle qui l’accepte.`,
    en: `The result of ${from.en} is ${made.en}, which the model ${model.en} of ${to.en} does not take. Remove this reference or choose a model that takes it.`,
  };
}

/** Whether `use_previous_output` finds something that the model can take. */
export function previousOutputProblems({ step, path, steps, catalogue }: StepContext): Problem[] {
  if (!step.use_previous_output || step.for_each) return [];
  const place = `${path}.use_previous_output`;
  const earlier = steps.filter((other) => other.step_number < step.step_number);
  if (step.step_number === 1 || earlier.length === 0) {
    const fr =
      "La première étape n’a pas de résultat précédent à utiliser. Mettez use_previous_output à false.";
    const en = "The first step has no earlier result to use. Set use_previous_output to false.";
    return [{ path: place, message: { fr, en } }];
  }
  const media = earlier.map((other) => outputMediumOf(other, steps, catalogue));
  const isUnsure = media.includes(undefined) || !catalogue.resolve(step.ai_provider);
  if (isUnsure || nearestTakable(step, steps, catalogue)) return [];
  const model = quoted(step.ai_provider);
  const makers = earlier.map((other, index) => ({
    label: stepLabel(other),
    made: MEDIUM_NAMES[media[index] ?? "document"],
  }));
  const fr = makers.map(({ label, made }) => `${label.fr} donne ${made.fr}`).join(", ");
  const en = makers.map(({ label, made }) => `${label.en} makes ${made.en}`).join(", ");
  return [
    {
      path: place,
      message: {
        fr: `Le modèle ${model.fr} de ${stepLabel(step).fr} n’accepte aucun résultat précédent (${fr}). Mettez use_previous_output à false ou choisissez un autre modèle.`,
        en: `The model ${model.en} of ${stepLabel(step).en} takes no earlier result (${en}). Set use_previous_output to false or choose another model.`,
      },
    },
  ];
}

/** `step 2 “narration”`. */
export function stepLabel(step: Step): LocalText {
  const name = step.name ? quoted(step.name) : { fr: "", en: "" };
  return {
    fr: `l’étape ${step.step_number} ${name.fr}`.trim(),
    en: `step ${step.step_number} ${name.en}`.trim(),
  };
}

/** Whether a step or input is referred to by this name anywhere. */
export function isReferredTo(name: string, steps: readonly Step[]): boolean {
  return steps.some((step) =>
    textsOf(step).some(({ text }) => referencesIn(text).some((reference) => reference.name === name)),
  );
}
