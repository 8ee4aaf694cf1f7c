import type { Modality } from "../workflow/media.ts";
import type { ModelInfo } from "../workflow/models.ts";
import type { NanoUsd } from "../workflow/money.ts";
import type { OutputFile, ProviderFailure } from "../workflow/ports.ts";
import type { Usage } from "../workflow/usage.ts";
import type { Json, WordTiming } from "../workflow/values.ts";

/**
 * One vendor, server or built-in generator. Every provider has this shape, one file each; what a provider cannot do it
 * leaves out. A provider makes one call when asked, never repeats it by itself, and never logs or returns its key.
 */
export interface Provider {
  id: string;
  /** The vendor's own name, as people know it. */
  name: string;
  /** Sends one call. @throws ProviderFailure which says whether the call was billed. */
  submit(request: ProviderRequest, context: ProviderContext): Promise<ProviderSubmission>;
  /**
   * Asks for the state of a job. Present where `submit` can answer with one. What it throws is about the question only: the
   * job is then asked about again.
   */
  poll?(jobId: string, request: ProviderRequest, context: ProviderContext): Promise<ProviderSubmission>;
  /** Cancels a job; false where the vendor cannot. */
  cancel?(jobId: string, context: ProviderContext): Promise<boolean>;
}

/** What a person has configured for a provider, as it holds for a call. */
export interface ProviderConfig {
  apiKey: string | null;
  baseUrl: string | null;
}

/** A call, in the provider's terms. `parameters` are checked against the model's own and hold its defaults. */
export interface ProviderRequest {
  modality: Modality;
  model: ModelInfo;
  /** The vendor's id of the model, without the provider's prefix. */
  modelId: string;
  /** What to write, draw, play or film. For speech: the words to speak, free of Markdown. */
  prompt: string;
  /** For speech: how to speak, where the model takes that; otherwise null. */
  instructions: string | null;
  parameters: Record<string, Json>;
  /** JSON Schema that a text has to follow as JSON; null for a text without one. */
  outputSchema: Record<string, Json> | null;
  images: InputFile[];
  /** For a transcript: what is listened to; otherwise null. */
  audio: InputFile | null;
  /** What the execution is about, for local generators. */
  topic: string;
}

export interface InputFile {
  mediaType: string;
  bytes: Uint8Array;
}

export interface ProviderContext {
  config: ProviderConfig;
  signal: AbortSignal;
  idempotencyKey: string;
  onText(delta: string): void;
  /** Between 0 and 1. */
  onProgress(fraction: number): void;
}

/** What a vendor answered: the output, the job that will make it, or that the job ended without an output. */
export type ProviderSubmission =
  | { state: "done"; output: ProviderOutput }
  | { state: "failed"; failure: ProviderFailure }
  | { state: "job"; jobId: string; pollAfterMs: number; progress?: number };

export interface ProviderOutput {
  text?: string;
  json?: Json;
  files: Pick<OutputFile, "content" | "mediaType">[];
  usage: Usage;
  /** Set where the vendor answered, and bills it, but declined the content: its words, which may be empty. */
  refusal?: string;
  /** The vendor's own figure for this call, where it gives one. It wins over usage times price. */
  reportedNanoUsd?: NanoUsd | undefined;
  words?: WordTiming[];
  /** The vendor's fields as they came, kept with the attempt. */
  raw?: Record<string, Json>;
}
