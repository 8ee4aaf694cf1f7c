import path from "node:path";
import { executionStateSchema, type ExecuteAnswer, type Execution } from "../http/schemas.ts";
import type { Client } from "./client.ts";
import { CommandFailure, EXIT, type ExitCode } from "./command-failure.ts";
import type { Settings } from "./config.ts";
import { API, followExecution } from "./follow.ts";
import { ProgressDisplay } from "./progress.ts";
import { writeResults } from "./result-files.ts";
import { summaryOf } from "./run-summary.ts";
import type { Terminal } from "./terminal.ts";

/** A launcher and a terminal may each pass the same Ctrl-C on; a person takes longer to press it again. */
const SAME_INTERRUPT_MS = 1_000;

/** Calls that a cancel cannot end are waited for this long, so that what they cost is known. */
const CANCELLED_GRACE_MS = 600_000;

/** An execution that the API has accepted, or goes on with. */
export interface Started {
  id: number;
  totalSteps: number;
  warnings: ExecuteAnswer["warnings"];
}

/**
 * Begins, shows how far the execution is until it has ended or waits for a person, writes its results as files, says how it
 * went and closes the client.
 */
export async function seeThrough(
  options: { client: Client; settings: Settings; terminal: Terminal; outFolder: string | null },
  begin: () => Promise<Started>,
): Promise<ExitCode> {
  const { client, settings, terminal, outFolder } = options;
  let graceMs = 0;
  try {
    const started = await begin();
    for (const { path: place, message } of started.warnings) terminal.note(`${place}: ${message}`);
    const execution = await follow(client, started, terminal);
    const folder = outFolder ?? path.join("out", String(execution.id));
    const files = await writeResults(client, execution, folder);
    const context = { files, serverUrl: client.serverUrl, needsToken: settings.accessToken !== null };
    for (const line of summaryOf(execution, context)) terminal.print(line);
    if (execution.status === "cancelled") graceMs = CANCELLED_GRACE_MS;
    return exitCodeOf(execution);
  } finally {
    await client.close({ graceMs });
  }
}

async function follow(client: Client, { id, totalSteps }: Started, terminal: Terminal): Promise<Execution> {
  const display = new ProgressDisplay({ output: process.stderr, language: terminal.language, totalSteps });
  onInterrupt(() => {
    terminal.note({
      fr: "Annulation : rien de nouveau ne part. Un appel déjà envoyé est attendu pour savoir ce qu’il coûte\u202f; un second Ctrl-C quitte sans attendre.",
      en: "Cancelling: nothing new leaves. A call already sent is waited for, to know what it costs; a second Ctrl-C leaves without waiting.",
    });
    void cancel(client, id, terminal);
  });
  try {
    return await followExecution(client, id, display);
  } finally {
    display.end();
  }
}

async function cancel(client: Client, id: number, terminal: Terminal): Promise<void> {
  try {
    await client.json(executionStateSchema, `${API}/executions/${id}/cancel`, { method: "POST" });
  } catch (error) {
    // It may have ended by itself just now; the command then ends by itself too.
    if (error instanceof CommandFailure) terminal.note(error.detail);
    else throw error;
  }
}

function onInterrupt(action: () => void): void {
  let firstAt: number | null = null;
  const hear = (): void => {
    if (firstAt === null) {
      firstAt = performance.now();
      action();
    } else if (performance.now() - firstAt > SAME_INTERRUPT_MS) {
      process.exit(EXIT.failed);
    }
  };
  process.on("SIGINT", hear);
  process.on("SIGTERM", hear);
}

function exitCodeOf({ status }: Execution): ExitCode {
  if (status === "completed") return EXIT.completed;
  return status === "waiting" ? EXIT.waiting : EXIT.failed;
}
