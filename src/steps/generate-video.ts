import { describingPrompt } from "./asked-prompt.ts";
import { receivedFiles } from "./received-files.ts";
import type { StepKind } from "./step-kind.ts";

/** Films what the prompt and the text of the step before it describe, from a picture where there is one. */
export const generateVideo: StepKind = {
  ask: (request, named) => ({ prompt: describingPrompt(request, named), instructions: null }),
  receive: (output) => receivedFiles(output, "video"),
};
