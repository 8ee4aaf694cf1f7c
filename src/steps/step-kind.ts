import type { LocalText } from "../errors.ts";
import type { ModelEntry } from "../providers/registry.ts";
import type { ProviderOutput } from "../providers/provider.ts";
import type { Step } from "../workflow/definition.ts";
import type { FailureCode, StepOutput, StepRequest } from "../workflow/ports.ts";
import type { RepairRequest } from "../workflow/repair.ts";

/** One kind of step: what it asks of a provider, and what it makes of the answer. One file each. */
export interface StepKind {
  /** @throws StepFailure when the step asks for nothing, or for more than the model takes. */
  ask(request: StepRequest, named: ModelEntry): Asked;
  /**
   * `prompt`: what was asked for, of speech the text that was spoken.
   * @throws UnusableOutput when the answer is not what was asked for.
   */
  receive(output: ProviderOutput, step: Step, prompt: string): Promise<Received>;
}

export interface Asked {
  /** Empty only for a transcript without a hint. */
  prompt: string;
  /** How to speak; null for everything else. */
  instructions: string | null;
}

export type Received = Pick<StepOutput, "medium" | "files"> &
  Partial<Pick<StepOutput, "text" | "json" | "words">>;

/** An answer that arrived whole and is of no use; what it cost is known by its usage. */
export class UnusableOutput extends Error {
  override readonly name = "UnusableOutput";
  readonly code: FailureCode;
  /** What is wrong with it; empty where the code says all. */
  readonly words: LocalText;
  /** What one further call can be made with that may set it right; null where none can. */
  readonly repair: RepairRequest | null;

  constructor(code: FailureCode, words: LocalText, repair: RepairRequest | null = null) {
    super(words.en);
    this.code = code;
    this.words = words;
    this.repair = repair;
  }
}
