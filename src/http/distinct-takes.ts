import type { FamilyRun } from "../db/family-store.ts";
import type { StoredOutput } from "../db/stored-values.ts";

/** One result of a step, however many executions of the family hold it. */
export interface DistinctTake {
  /** Where it was made, or the oldest that still holds it. */
  made: FamilyRun;
  /** The executions that hold it. */
  heldBy: number[];
}

/** The different results among what a family has made of one step, newest first: what was taken over or came out the same is shown once. */
export function distinctTakes(runs: readonly FamilyRun[]): DistinctTake[] {
  const byExecution = new Map(runs.map((run) => [run.executionId, run]));
  const takes = new Map<string, DistinctTake>();
  for (const run of runs.toSorted((a, b) => a.executionId - b.executionId)) {
    const key = identityOf(makerOf(run, byExecution));
    const known = takes.get(key);
    if (known) known.heldBy.push(run.executionId);
    else takes.set(key, { made: makerOf(run, byExecution), heldBy: [run.executionId] });
  }
  return [...takes.values()].toSorted((a, b) => b.made.executionId - a.made.executionId);
}

/** The step run that a result was taken over from, as far back as it is still there. */
function makerOf(run: FamilyRun, byExecution: ReadonlyMap<number, FamilyRun>): FamilyRun {
  const source = byExecution.get(run.run.reusedFromExecutionId ?? 0);
  if (!source || source === run || contentOf(source.run.output) !== contentOf(run.run.output)) return run;
  return makerOf(source, byExecution);
}

/** Two models that say the same have still made two takes. */
function identityOf({ executionId, step, run }: FamilyRun): string {
  if (!run.output) return `execution ${executionId}`;
  const { ai_provider, prompt, parameters } = step;
  const isByHand = run.performedBy === "person";
  return JSON.stringify([isByHand ? null : [ai_provider, prompt, parameters], contentOf(run.output)]);
}

function contentOf(output: StoredOutput | null): string {
  if (!output) return "";
  const { medium, text, json, files } = output;
  return JSON.stringify([medium, text, json, files.map(({ hash }) => hash)]);
}
