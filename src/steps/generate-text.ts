import type { ProviderOutput } from "../providers/provider.ts";
import { jsonAnswer } from "./json-answer.ts";
import { requirePrompt } from "./asked-prompt.ts";
import { UnusableOutput, type StepKind } from "./step-kind.ts";

/**
 * Writes a text, or JSON that fits the schema of the step. The text of the step before it stands below the prompt, between
 * tags that say where it ends.
 */
export const generateText: StepKind = {
  ask({ prompt, previousText }) {
    const asked = requirePrompt(prompt);
    const previous = previousText?.trim() ?? "";
    const whole = previous === "" ? asked : `${asked}\n\n<previous_output>\n${previous}\n</previous_output>`;
    return { prompt: whole, instructions: null };
  },
  async receive(output, { output_schema: schema }) {
    const { text = "", refusal } = output;
    if (refusal !== undefined) {
      const words = refusal.trim() === "" ? "" : `“${refusal.trim().slice(0, 300).toWellFormed()}”`;
      throw new UnusableOutput("content_refused", { fr: words, en: words });
    }
    if (text.trim() === "") {
      throw new UnusableOutput(
        "unknown",
        isCutOff(output)
          ? {
              fr: "Le modèle a réfléchi jusqu’à la limite sans rien écrire\u00a0: augmentez «\u00a0max_output_tokens\u00a0».",
              en: "The model thought up to the limit and wrote nothing: raise “max_output_tokens”.",
            }
          : { fr: "Le texte est vide.", en: "The text is empty." },
      );
    }
    if (schema === null) return { medium: "text", text, files: [] };
    return { medium: "json", json: jsonAnswer(text, { schema, isCutOff: isCutOff(output) }), files: [] };
  },
};

/** Whether the text ends where it was not allowed to go on. */
function isCutOff({ raw }: ProviderOutput): boolean {
  return /length|max_tokens|max_output_tokens/i.test(JSON.stringify(raw?.["finish_reason"] ?? ""));
}
