import { executeAnswerSchema, type ExecuteBody } from "../http/schemas.ts";
import { connect, type Client } from "./client.ts";
import type { ExitCode } from "./command-failure.ts";
import type { Settings } from "./config.ts";
import { API } from "./follow.ts";
import { refusal } from "./refusal.ts";
import { makeFolder } from "./result-files.ts";
import { closeSource, openSource, readInputs, readTarget, type RunSource } from "./run-source.ts";
import { seeThrough, type Started } from "./see-through.ts";
import type { Terminal } from "./terminal.ts";

export interface RunOptions {
  /** A template, the number of a workflow, or a JSON file. */
  target: string;
  topic: string;
  isRehearsal: boolean;
  /** Null: a new folder named after the execution. */
  outFolder: string | null;
  /** `name=value`. */
  inputs: string[];
  capUsd: number | null;
  /** What becomes of models without a known price under a cap. */
  unpriced: "refuse" | "allow";
  /** Takes stored results of identical calls instead of making the calls. */
  reusesResults: boolean;
}

/** `relais run`: runs a template, workflow or file, shows how far it is and writes its results as files. */
export async function run(settings: Settings, options: RunOptions, terminal: Terminal): Promise<ExitCode> {
  const target = readTarget(options.target);
  if (options.outFolder !== null) await makeFolder(options.outFolder);
  const client = await connect(settings, terminal.language);
  const started = async (): Promise<Started> => {
    const source = await openSource(client, target);
    return await start(client, options, source).finally(() => closeSource(client, source));
  };
  return await seeThrough({ client, settings, terminal, outFolder: options.outFolder }, started);
}

async function start(client: Client, options: RunOptions, source: RunSource): Promise<Started> {
  const body: ExecuteBody = {
    ...source.body,
    initial_input: options.topic,
    inputs: readInputs(options.inputs, source.inputs),
    mode: options.isRehearsal ? "rehearsal" : "live",
    cap_usd: options.capUsd,
    unpriced: options.unpriced,
    reuse: options.reusesResults,
  };
  const answer = await client.fetch(`${API}/execute`, { method: "POST", body: JSON.stringify(body) });
  if (!answer.ok) throw await refusal(answer, { isLiveRun: !options.isRehearsal });
  const { execution_id, total_steps, warnings } = executeAnswerSchema.parse(await answer.json());
  return { id: execution_id, totalSteps: total_steps, warnings };
}
