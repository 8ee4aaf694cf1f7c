import { describingPrompt } from "./asked-prompt.ts";
import { receivedFiles } from "./received-files.ts";
import type { StepKind } from "./step-kind.ts";

/** Plays music, or makes a sound. */
export const generateMusic: StepKind = {
  ask: (request, named) => ({ prompt: describingPrompt(request, named), instructions: null }),
  receive: (output) => receivedFiles(output, "audio"),
};
