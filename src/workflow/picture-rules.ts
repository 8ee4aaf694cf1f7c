import type { LocalText, Problem } from "../errors.ts";
import type { Step } from "./definition.ts";
import { linkSteps, outputMediumOf, stepsGivenTo } from "./graph.ts";
import { stepLabel, type StepContext } from "./reference-rules.ts";
import { quoted } from "./typography.ts";

/** Whether a step is given a picture where its model makes nothing without one. */
export function pictureProblems({ step, path, steps, scope, catalogue }: StepContext): Problem[] {
  if (!catalogue.resolve(step.ai_provider)?.requires?.includes("image")) return [];
  const links = linkSteps(steps, catalogue).find(({ stepNumber }) => stepNumber === step.step_number);
  const given = links ? stepsGivenTo(step, steps, { scope, links }) : [];
  const used = steps.filter((other) => given.includes(other.step_number));
  const media = new Set(used.map((source) => outputMediumOf(source, steps, catalogue)));
  if (media.has("image") || media.has(undefined)) return [];
  const offered = steps.findLast(
    (other) => other.step_number < step.step_number && outputMediumOf(other, steps, catalogue) === "image",
  );
  return [{ path: `${path}.prompt`, message: offered ? notGiven(step, offered) : noneMade(step) }];
}

function notGiven(step: Step, offered: Step): LocalText {
  const [to, model] = [stepLabel(step), quoted(step.ai_provider)];
  const [from, reference] = [stepLabel(offered), `{step${offered.step_number}_output}`];
  return {
    fr: `Ce prompt ne donne aucune image à ${to.fr}, dont le modèle ${model.fr} ne travaille qu’à partir d’une image. Écrivez-y ${reference}, l’image de ${from.fr}.`,
    en: `This prompt gives no picture to ${to.en}, whose model ${model.en} works only from one. Write ${reference} into it, the picture of ${from.en}.`,
  };
}

function noneMade(step: Step): LocalText {
  const [to, model] = [stepLabel(step), quoted(step.ai_provider)];
  return {
    fr: `Rien ne donne d’image à ${to.fr}, dont le modèle ${model.fr} ne travaille qu’à partir d’une image. Ajoutez avant elle une étape qui en produit une, puis écrivez son résultat dans ce prompt, par exemple {step1_output}, ou choisissez un autre modèle.`,
    en: `Nothing gives a picture to ${to.en}, whose model ${model.en} works only from one. Add a step before it that makes one, then write its result into this prompt, for example {step1_output}, or choose another model.`,
  };
}
