import type { ModelEntry } from "../providers/registry.ts";
import { StepFailure, type StepRequest } from "../workflow/ports.ts";

/**
 * The prompt of a picture, a film or music, with the text of the step before it below, cut where the model takes no more.
 * @throws StepFailure when the prompt is empty or alone too long for the model.
 */
export function describingPrompt({ prompt, previousText, mode }: StepRequest, named: ModelEntry): string {
  const asked = requirePrompt(prompt);
  const limit = named.max_prompt_characters ?? Number.MAX_SAFE_INTEGER;
  // A rehearsal asks the built-in generators, which take any length.
  if (asked.length > limit && mode === "live") throw tooLong(named, asked.length, limit);
  const previous = previousText?.trim() ?? "";
  if (previous === "") return asked;
  const whole = `${asked}\n\n${previous}`;
  return whole.slice(0, Math.max(limit, asked.length)).toWellFormed();
}

/** @throws StepFailure when nothing is asked for. */
export function requirePrompt(prompt: string): string {
  if (prompt.trim() !== "") return prompt;
  throw new StepFailure("invalid_step", {
    fr: "L’étape ne demande rien\u00a0: ses références sont vides. Rien n’a été facturé. Complétez la consigne, puis relancez.",
    en: "The step asks for nothing: its references are empty. Nothing was billed. Complete the prompt, then try again.",
  });
}

/** A text that is longer than a model takes. */
export function tooLong(named: ModelEntry, length: number, limit: number): StepFailure {
  return new StepFailure("invalid_step", {
    fr: `Le texte compte ${length} caractères\u00a0; ${named.id} en prend ${limit} au plus. Rien n’a été facturé. Raccourcissez-le ou choisissez un autre modèle, puis relancez.`.replace(
      "\u00a0;",
      "\u202f;",
    ),
    en: `The text has ${length} characters; ${named.id} takes at most ${limit}. Nothing was billed. Shorten it or choose another model, then try again.`,
  });
}
