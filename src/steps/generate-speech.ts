import type { ProviderOutput } from "../providers/provider.ts";
import { requirePrompt, tooLong } from "./asked-prompt.ts";
import { receivedFiles } from "./received-files.ts";
import { spokenText } from "./spoken-text.ts";
import type { Received, StepKind } from "./step-kind.ts";

/**
 * Reads a text out, without its Markdown marks. Where the text of the step before it is handed over, that is what is
 * spoken, and the prompt says how, to voices that take such an instruction.
 */
export const generateSpeech: StepKind = {
  ask({ prompt, previousText, parameters, mode }, named) {
    const spoken = requirePrompt(spokenText(previousText ?? prompt));
    const limit = named.max_prompt_characters;
    if (mode === "live" && limit !== null && spoken.length > limit)
      throw tooLong(named, spoken.length, limit);
    const asked = parameters["instructions"];
    const instructions = [
      previousText === null ? "" : prompt.trim(),
      typeof asked === "string" ? asked.trim() : "",
    ].filter((instruction) => instruction !== "");
    const takesThem = named.takes_instructions && instructions.length > 0;
    return { prompt: spoken, instructions: takesThem ? instructions.join("\n") : null };
  },
  async receive(output: ProviderOutput, _step, prompt): Promise<Received> {
    const { medium, files } = await receivedFiles(output, "audio");
    const [file, another] = files;
    // Of several recordings nobody says which words are in which.
    if (!file || another) return { medium, files };
    const { words } = output;
    const isTimed = words !== undefined && words.length > 0;
    return { medium, files: [{ ...file, spokenText: prompt, ...(isTimed && { words }) }] };
  },
};
