import { readFile } from "node:fs/promises";
import { executionSchema, executionStateSchema, type DecisionBody, type Execution } from "../http/schemas.ts";
import { connect } from "./client.ts";
import { CommandFailure, EXIT, type ExitCode } from "./command-failure.ts";
import type { Settings } from "./config.ts";
import { API } from "./follow.ts";
import { makeFolder } from "./result-files.ts";
import { seeThrough } from "./see-through.ts";
import type { Terminal } from "./terminal.ts";

export interface DecideOptions {
  executionId: number;
  decision: DecisionBody["decision"];
  /** Null: the step, and the item, that the execution says it waits for. */
  step: number | null;
  item: number | null;
  capUsd: number | null;
  /** A file whose content takes the place of the result that is approved. */
  editFile: string | null;
  outFolder: string | null;
}

/** `relais decide`: answers what an execution waits for, then follows it as `relais run` does. */
export async function decide(
  settings: Settings,
  options: DecideOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (options.outFolder !== null) await makeFolder(options.outFolder);
  const client = await connect(settings, terminal.language);
  return await seeThrough({ client, settings, terminal, outFolder: options.outFolder }, async () => {
    const place = `${API}/executions/${options.executionId}`;
    const execution = await client.json(executionSchema, place);
    const body = JSON.stringify(await bodyOf(options, execution));
    await client.json(executionStateSchema, `${place}/decision`, { method: "POST", body });
    return { id: execution.id, totalSteps: execution.total_steps, warnings: [] };
  });
}

async function bodyOf(options: DecideOptions, execution: Execution): Promise<DecisionBody> {
  const { decision, capUsd, editFile } = options;
  const step = options.step ?? execution.waiting_for?.step_number;
  const item = options.item ?? (options.step === null ? execution.waiting_for?.item : undefined);
  if (step === undefined) throw waitsForNothing(execution.id);
  const result = execution.results.find(({ step_number }) => step_number === step);
  return {
    decision,
    step_number: step,
    ...(item !== undefined && { item }),
    ...(capUsd !== null && { cap_usd: capUsd }),
    ...(editFile !== null && { output: await readEdit(editFile, result?.type === "json") }),
  };
}

async function readEdit(file: string, isJson: boolean): Promise<NonNullable<DecisionBody["output"]>> {
  try {
    const text = await readFile(file, "utf8");
    return isJson ? { json: JSON.parse(text) } : { text };
  } catch (error) {
    const isWritten = error instanceof SyntaxError;
    throw new CommandFailure(
      {
        fr: `${file} ${isWritten ? "n’est pas du JSON valide" : "ne peut pas être lu"}. Rien n’a été décidé.`,
        en: `${file} ${isWritten ? "is not valid JSON" : "cannot be read"}. Nothing was decided.`,
      },
      EXIT.usage,
    );
  }
}

function waitsForNothing(id: number): CommandFailure {
  return new CommandFailure({
    fr: `L’exécution ${id} n’attend aucune décision. Rien n’a changé.`,
    en: `Run ${id} waits for no decision. Nothing has changed.`,
  });
}
