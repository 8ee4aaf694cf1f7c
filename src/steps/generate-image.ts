import { describingPrompt } from "./asked-prompt.ts";
import { receivedFiles } from "./received-files.ts";
import type { StepKind } from "./step-kind.ts";

/** Draws a picture, described by the prompt and by the text of the step before it. */
export const generateImage: StepKind = {
  ask: (request, named) => ({ prompt: describingPrompt(request, named), instructions: null }),
  receive: (output) => receivedFiles(output, "image"),
};
