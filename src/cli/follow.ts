import {
  executionEventSchema,
  progressEventSchema,
  stepEventSchema,
  type ExecutionEvent,
  type ProgressEvent,
  type StepEvent,
} from "../http/event-schemas.ts";
import { executionSchema, type Execution } from "../http/schemas.ts";
import { isFinal } from "../workflow/statuses.ts";
import type { Client } from "./client.ts";
import { CommandFailure, EXIT } from "./command-failure.ts";
import { readEvents } from "./event-reader.ts";
import { refusal } from "./refusal.ts";

export const API = "/api/combinations";

/** How often a stream that broke off is taken up again before the command gives up, and how long it waits between. */
const MAX_RETURNS = 30;
const RETURN_AFTER_MS = 1_000;

export interface Listener {
  onExecution(event: ExecutionEvent): void;
  onStep(event: StepEvent): void;
  onProgress(event: ProgressEvent): void;
}

/** Follows an execution until it has ended or waits for a person, and returns it as it then is. */
export async function followExecution(client: Client, id: number, listener: Listener): Promise<Execution> {
  let lastEventId = "0";
  for (let returns = 0; returns <= MAX_RETURNS; returns += 1) {
    try {
      for await (const event of openStream(client, id, lastEventId)) {
        lastEventId = event.id ?? lastEventId;
        if (hear(event, listener)) break;
      }
    } catch (error) {
      if (!isBrokenOff(error)) throw error;
    }
    const execution = await readIfAnswering(client, id);
    if (execution && (isFinal(execution.status) || execution.status === "waiting")) return execution;
    await new Promise((resolve) => setTimeout(resolve, RETURN_AFTER_MS));
  }
  return await client.json(executionSchema, `${API}/executions/${id}`);
}

async function* openStream(client: Client, id: number, lastEventId: string) {
  const answer = await client.fetch(`${API}/executions/${id}/events`, {
    headers: { "Last-Event-ID": lastEventId },
  });
  if (!answer.ok) throw await refusal(answer);
  // 204: everything has been heard.
  if (answer.body) yield* readEvents(answer.body);
}

/** Whether the connection is to blame. An answer that says what is wrong would be the same the next time. */
function isBrokenOff(error: unknown): boolean {
  return error instanceof CommandFailure ? error.exitCode === EXIT.failed : error instanceof TypeError;
}

/** True after the event that ends the wait: the execution rests. */
function hear(event: { type: string; data: unknown }, listener: Listener): boolean {
  if (event.type === "step") listener.onStep(stepEventSchema.parse(event.data));
  if (event.type === "progress") listener.onProgress(progressEventSchema.parse(event.data));
  if (event.type !== "execution") return false;
  const execution = executionEventSchema.parse(event.data);
  listener.onExecution(execution);
  return isFinal(execution.status) || execution.status === "waiting";
}

async function readIfAnswering(client: Client, id: number): Promise<Execution | null> {
  try {
    return await client.json(executionSchema, `${API}/executions/${id}`);
  } catch {
    return null;
  }
}
