import type { Modality } from "../../workflow/media.ts";
import type { ProviderContext, ProviderOutput, ProviderRequest } from "../provider.ts";
import { createLocalProvider } from "./local.ts";

export function localRequest(modality: Modality, changes: Partial<ProviderRequest> = {}): ProviderRequest {
  return {
    modality,
    model: {
      id: `local:${modality}`,
      provider: "local",
      modality,
      takes: [],
      parameters: {},
      status: "live",
      shutdown_date: null,
      replacement: null,
    },
    modelId: modality,
    prompt: "Rédige un article sur Blockchain.",
    instructions: null,
    parameters: {},
    outputSchema: null,
    images: [],
    audio: null,
    topic: "Blockchain",
    ...changes,
  };
}

export function localContext(changes: Partial<ProviderContext> = {}): ProviderContext {
  return {
    config: { apiKey: null, baseUrl: null },
    signal: new AbortController().signal,
    idempotencyKey: "1",
    onText() {},
    onProgress() {},
    ...changes,
  };
}

/** Generates at once and answers with the output. */
export async function generate(
  modality: Modality,
  changes: Partial<ProviderRequest> = {},
  context: Partial<ProviderContext> = {},
): Promise<ProviderOutput> {
  const provider = createLocalProvider({ textCharactersPerSecond: Number.POSITIVE_INFINITY });
  const submission = await provider.submit(localRequest(modality, changes), localContext(context));
  if (submission.state !== "done") throw new Error("a local generator answered with a job");
  return submission.output;
}
