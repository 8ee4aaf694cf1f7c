import { requirePrompt } from "./asked-prompt.ts";
import { UnusableOutput, type StepKind } from "./step-kind.ts";

/** Writes a text. The text of the step before it stands below the prompt, between tags that say where it ends. */
export const generateText: StepKind = {
  ask({ prompt, previousText }) {
    const asked = requirePrompt(prompt);
    const previous = previousText?.trim() ?? "";
    const whole = previous === "" ? asked : `${asked}\n\n<previous_output>\n${previous}\n</previous_output>`;
    return { prompt: whole, instructions: null };
  },
  async receive({ text = "", refusal, raw }) {
    if (refusal !== undefined) {
      const words = refusal.trim() === "" ? "" : `“${refusal.trim().slice(0, 300).toWellFormed()}”`;
      throw new UnusableOutput("content_refused", { fr: words, en: words });
    }
    if (text.trim() !== "") return { medium: "text", text, files: [] };
    const isCutOff = /length|max_tokens|max_output_tokens/.test(JSON.stringify(raw?.["finish_reason"] ?? ""));
    throw new UnusableOutput(
      "unknown",
      isCutOff
        ? {
            fr: "Le modèle a réfléchi jusqu’à la limite sans rien écrire\u00a0: augmentez «\u00a0max_output_tokens\u00a0».",
            en: "The model thought up to the limit and wrote nothing: raise “max_output_tokens”.",
          }
        : { fr: "Le texte est vide.", en: "The text is empty." },
    );
  },
};
