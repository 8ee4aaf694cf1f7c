import type { ModelEntry } from "../providers/registry.ts";
import { isHeard } from "../workflow/media.ts";
import { StepFailure, type StepRequest } from "../workflow/ports.ts";
import { tooLong } from "./asked-prompt.ts";
import { UnusableOutput, type StepKind } from "./step-kind.ts";

/** Where the sound stood in the prompt. */
const SOUND_MARKER = /\[(?:audio|video) \d+\]/g;

/** Writes down what is said in one sound. What the prompt says beside it is a hint, such as how names are spelled. */
export const transcribe: StepKind = {
  ask(request, named) {
    requireOneSound(request);
    const hint = request.prompt.replace(SOUND_MARKER, "").trim();
    checkLength(hint, named, request);
    return { prompt: hint, instructions: null };
  },
  async receive({ text = "", words }) {
    if (text.trim() === "") {
      throw new UnusableOutput("unknown", {
        fr: "Aucune parole n’a été reconnue dans ce son.",
        en: "No words were heard in this sound.",
      });
    }
    return { medium: "text", text, files: [], ...(words && words.length > 0 && { words }) };
  },
};

/** @throws StepFailure where there is nothing to listen to, or more than one sound. */
function requireOneSound({ files }: StepRequest): void {
  const sounds = files.filter(({ medium }) => isHeard(medium));
  if (sounds.length === 1) return;
  throw new StepFailure(
    "invalid_step",
    sounds.length === 0
      ? {
          fr: "L’étape n’a aucun son à transcrire. Rien n’a été facturé. Écrivez dans son prompt le résultat d’une étape qui en produit un, puis relancez.",
          en: "The step has no sound to transcribe. Nothing was billed. Write the result of a step that makes one into its prompt, then try again.",
        }
      : {
          fr: `L’étape a reçu ${sounds.length} sons et n’en transcrit qu’un. Rien n’a été facturé. Choisissez-en un dans le prompt, par exemple {step1_output.0}, puis relancez.`,
          en: `The step was given ${sounds.length} sounds and transcribes one only. Nothing was billed. Choose one in the prompt, for example {step1_output.0}, then try again.`,
        },
  );
}

/** @throws StepFailure where a live model takes no hint of this length. */
function checkLength(hint: string, named: ModelEntry, { mode }: StepRequest): void {
  const limit = named.max_prompt_characters;
  if (mode === "live" && limit !== null && hint.length > limit) throw tooLong(named, hint.length, limit);
}
