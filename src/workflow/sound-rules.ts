import type { LocalText, Problem } from "../errors.ts";
import type { Step } from "./definition.ts";
import { isItemGiven, itemSourceOf, nearestTakable, outputMediumOf, stepsReferredTo } from "./graph.ts";
import { isFileMedium, isHeard } from "./media.ts";
import { stepLabel, type StepContext } from "./reference-rules.ts";
import { referencesIn } from "./references.ts";

/** Whether a step that transcribes is given one sound to listen to. What its model does not take is for other rules. */
export function soundProblems(context: StepContext): Problem[] {
  const { step, path, steps, scope, catalogue } = context;
  if (catalogue.resolve(step.ai_provider)?.modality !== "transcript") return [];
  const earlier = steps.filter((other) => other.step_number < step.step_number);
  const given = new Set(stepsReferredTo(step.prompt, step, scope));
  const itemSource = isItemGiven(step) ? itemSourceOf(step, steps, scope) : undefined;
  if (itemSource) given.add(itemSource.step_number);
  // Where it finds nothing, the rule of `use_previous_output` says so.
  const isHandedOutput = step.use_previous_output && !step.for_each;
  const nearest = isHandedOutput ? nearestTakable(step, steps, catalogue) : undefined;
  if (isHandedOutput && !nearest) return [];
  if (nearest) given.add(nearest.step_number);
  const sources = earlier.filter((other) => given.has(other.step_number));
  const media = sources.map((source) => outputMediumOf(source, steps, catalogue));
  const isForOtherRules = media.some(
    (medium) => medium === undefined || (isFileMedium(medium) && !isHeard(medium)),
  );
  const heard = sources.filter((_, index) => isSound(media[index]));
  const list = heard.find((source) => isGivenWhole(source, context) || source === nearest);
  if (list?.for_each && list !== itemSource) {
    return [{ path: `${path}.prompt`, message: severalSounds(step, list) }];
  }
  if (heard.length > 1) return [{ path: `${path}.prompt`, message: tooMany(step, heard) }];
  if (heard.length === 1 || isForOtherRules) return [];
  const offered = earlier.findLast((other) => isSound(outputMediumOf(other, steps, catalogue)));
  return [{ path: `${path}.prompt`, message: nothingToHear(step, offered) }];
}

/** Whether the prompt names all that a step made, and not one item of its list. */
function isGivenWhole(source: Step, { step, scope }: StepContext): boolean {
  return referencesIn(step.prompt).some(({ name, path, raw }) => {
    return (
      path.length === 0 && name !== "item" && stepsReferredTo(raw, step, scope).includes(source.step_number)
    );
  });
}

function severalSounds(step: Step, source: Step): LocalText {
  const [to, from] = [stepLabel(step), stepLabel(source)];
  const reference = `{step${source.step_number}_output}`;
  return {
    fr: `Le résultat de ${from.fr} est une liste de sons, et ${to.fr} en écoute un seul. Exécutez-la une fois par élément de ${reference}.`,
    en: `The result of ${from.en} is a list of sounds, and ${to.en} listens to one. Have it run once per item of ${reference}.`,
  };
}

function isSound(medium: ReturnType<typeof outputMediumOf>): boolean {
  return medium !== undefined && isHeard(medium);
}

function tooMany(step: Step, sources: readonly Step[]): LocalText {
  const listed = sources.map(stepLabel);
  const [to, fr, en] = [
    stepLabel(step),
    listed.map((label) => label.fr).join(", "),
    listed.map((label) => label.en).join(", "),
  ];
  return {
    fr: `Une transcription écoute un seul son, et ${to.fr} en reçoit ${sources.length} (${fr}). Gardez-en un et faites une étape de plus pour chaque autre.`,
    en: `A transcript listens to one sound, and ${to.en} is given ${sources.length} (${en}). Keep one and add a step for each of the others.`,
  };
}

function nothingToHear(step: Step, offered: Step | undefined): LocalText {
  const to = stepLabel(step);
  if (!offered) {
    return {
      fr: `Rien ne donne de son à ${to.fr}, qui transcrit. Ajoutez avant elle une étape qui en produit un, puis écrivez son résultat dans ce prompt, par exemple {step1_output}.`,
      en: `Nothing gives a sound to ${to.en}, which transcribes. Add a step before it that makes one, then write its result into this prompt, for example {step1_output}.`,
    };
  }
  const [from, reference] = [stepLabel(offered), `{step${offered.step_number}_output}`];
  return {
    fr: `Ce prompt ne donne aucun son à ${to.fr}, qui transcrit. Écrivez-y ${reference}, le son de ${from.fr}.`,
    en: `This prompt gives no sound to ${to.en}, which transcribes. Write ${reference} into it, the sound of ${from.en}.`,
  };
}
