import type { LocalText } from "../errors.ts";
import type { Medium, Modality } from "./media.ts";
import type { Json } from "./values.ts";

/** One parameter of a model, as the editor shows it and validation checks it. */
export type ParameterSpec = ParameterWords &
  (
    | { type: "integer" | "number"; min: number; max: number; default?: number }
    | { type: "choice"; values: string[]; default?: string }
    | { type: "string"; max_length: number; default?: string }
    | { type: "boolean"; default?: boolean }
    /** Files of steps or inputs, by reference: one, a list, or a list of lists. `min` and `max` count files. */
    | { type: "files"; media: Medium[]; min: number; max: number; default?: undefined }
    /** Whatever a reference stands for: a text, a list, an object. */
    | { type: "data"; default?: undefined }
  );

interface ParameterWords {
  label: LocalText;
  /** What it does, in one line, where its name does not say it. */
  help?: LocalText;
}

/** What is said of a step that Relais composes by itself from what others have made. */
export interface ComposedStep {
  /** What its prompt is. */
  prompt: LocalText;
  /** The parameter whose files have the medium of what it makes; left out: that of its modality, always. */
  medium_of?: string;
  /** Whether it works on all that was made before it, where its `files` names none. */
  needs_all?: true;
}

/** What validation and the editor need to know of a model. */
export interface ModelInfo {
  /** `provider:model`. */
  id: string;
  provider: string;
  modality: Modality;
  /** Media of files that the model takes beside its prompt. */
  takes: Medium[];
  /** Those of them that it cannot work without; left out: none. */
  requires?: Medium[];
  parameters: Record<string, ParameterSpec>;
  status: "live" | "deprecated" | "shut_down";
  /** The day it goes or went away, YYYY-MM-DD; null where none is announced. */
  shutdown_date: string | null;
  /** What its vendor or Relais puts in its place; null where there is nothing. */
  replacement: string | null;
  /** Present where no model is called: Relais composes the output from files of other steps, for $0. */
  composed?: ComposedStep;
  /** False for a text model that is known not to think before it writes; absent: it may, and what it thinks is billed. */
  thinks?: false;
}

/** A stable name that a person knows, and the model it stands for today. */
export interface Family {
  id: string;
  label: string;
  model: string;
  /** Why the family stands for that model, where the names differ; null where nothing needs saying. */
  note: LocalText | null;
  /**
   * `usual`: for its own model. `stand_in`: for the official model that takes the place of an unofficial gateway; steps are
   * written for both. `chosen`: for another that a person chose, whose parameters may differ.
   */
  standing: "usual" | "stand_in" | "chosen";
}

/** Looks models up for validation. The server gives it from `providers/registry.ts`, the page from `GET /providers`. */
export interface ModelCatalogue {
  /** Resolves a family or `provider:model`. Undefined: not known. An id not in the list but of a known provider is known. */
  resolve(aiProvider: string): ModelInfo | undefined;
  /** The family of this name. Undefined: none has it. */
  family(aiProvider: string): Pick<Family, "label" | "standing"> | undefined;
  /** Every name a person could have meant, for suggestions. */
  names(): string[];
  /** What people call a provider; undefined where the id is not known. */
  providerName(id: string): string | undefined;
}

/** Parameters with the model's defaults where they are not given. */
export function withModelDefaults(
  model: Pick<ModelInfo, "parameters">,
  parameters: Record<string, Json>,
): Record<string, Json> {
  const complete: Record<string, Json> = {};
  for (const [name, { default: value }] of Object.entries(model.parameters)) {
    if (value !== undefined) complete[name] = value;
  }
  return Object.assign(complete, parameters);
}
