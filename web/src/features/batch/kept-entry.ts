import type { WorkflowDefinition } from "../../../../src/workflow/definition.ts";
import { EMPTY_ENTRY, type BatchEntry } from "./batch-rows.ts";

/** What this tab keeps of a batch that is being written, so that a reload or a look elsewhere loses nothing. */

const STEPS_KEY = "relais.batch-steps";

/** Steps of the editor that are not saved, for a batch of them. */
export interface KeptSteps {
  title: string;
  steps: WorkflowDefinition["steps"];
}

export function keepSteps(kept: KeptSteps): void {
  write(STEPS_KEY, kept);
}

export function readKeptSteps(): KeptSteps | null {
  const kept: KeptSteps | null = read(STEPS_KEY);
  return kept;
}

export interface KeptBatch {
  entry: BatchEntry;
  capUsd: number | null;
}

export function readKeptBatch(source: string): KeptBatch {
  const kept: KeptBatch | null = read(`relais.batch.${source}`);
  return kept ?? { entry: EMPTY_ENTRY, capUsd: null };
}

export function keepBatch(source: string, kept: KeptBatch | null): void {
  write(`relais.batch.${source}`, kept);
}

/** What this page has written there itself; null where there is nothing. */
function read(key: string) {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

function write(key: string, value: unknown): void {
  try {
    if (value === null) {
      sessionStorage.removeItem(key);
    } else {
      sessionStorage.setItem(key, JSON.stringify(value));
    }
  } catch {
    // Storage is full or refused: the page works on without it.
  }
}
