import type { LocalText } from "../errors.ts";
import type { Provenance } from "../media/provenance.ts";
import type { Step } from "../workflow/definition.ts";
import type { Medium } from "../workflow/media.ts";
import type { EarlierResult, WordTiming } from "../workflow/ports.ts";
import type { FileValue, Json } from "../workflow/values.ts";

/** Makes the output of one kind of composed step from files and texts of other steps. One file each. */
export type Composer = (request: ComposeRequest, context: ComposeContext) => Promise<Composed>;

export interface ComposeRequest {
  step: Step;
  /** The prompt, with the text that `use_previous_output` hands over below it. */
  prompt: string;
  /** Checked, with their defaults filled in. */
  parameters: Record<string, Json>;
  topic: string;
}

export interface ComposeContext {
  signal: AbortSignal;
  /** Between 0 and 1. */
  onProgress(fraction: number): void;
  /** A folder of this call alone. It is removed afterwards, and at the next start where the process was killed. */
  folder: string;
  /**
   * The files that a parameter stands for, as copies in `folder`, in their order with lists flattened.
   * @throws ComposeFailure where it names a file that the step was not given.
   */
  files: (parameter: Json | undefined) => Promise<ComposeFile[]>;
  /** What the steps that this one depends on have made. */
  results: () => Promise<EarlierResult[]>;
  /** How what is made of them came about, as its files will say; null where that is not known. */
  provenance: Provenance | null;
}

/** A file of another step, where it can be read. */
export interface ComposeFile extends FileValue {
  path: string;
}

/** What a composer has made. The files lie in its folder; the first is the one that is shown. */
export interface Composed {
  medium: Medium;
  text?: string;
  json?: Json;
  files: ComposedFile[];
  words?: WordTiming[];
  /** What its files are called inside, where their title is not a parameter. */
  title?: string;
}

export interface ComposedFile {
  path: string;
  /** What it is to be called when it is downloaded. */
  name?: string;
  /** For what no bytes tell, such as subtitles; left out: it is read from the file. */
  mediaType?: string;
}

/** What was handed over cannot be made into that: what is wrong, and what to do about it. */
export class ComposeFailure extends Error {
  override readonly name = "ComposeFailure";
  readonly detail: LocalText;

  constructor(detail: LocalText, options?: ErrorOptions) {
    super(detail.en, options);
    this.detail = detail;
  }
}
