import { z } from "zod";
import { messageOf } from "../errors.ts";

/** What a worker sends to `runInChild`. */
export const workerMessageSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("progress"), fraction: z.number() }),
  z.object({ kind: z.literal("done"), result: z.unknown() }),
  z.object({ kind: z.literal("failed"), message: z.string() }),
]);
type WorkerMessage = z.output<typeof workerMessageSchema>;

/** Does one request. `onProgress` takes fractions between 0 and 1; what it answers goes through structured cloning. */
type Work<Request> = (request: Request, onProgress: (fraction: number) => void) => unknown;

/**
 * The child's side of `runInChild`: takes one request, does it, answers and ends. Ends too when the server goes away,
 * so that a killed server leaves nothing running.
 */
export function serveWorker<Request>(schema: z.ZodType<Request>, work: Work<Request>): void {
  process.on("disconnect", () => process.exit(1));
  process.once("message", (received) => {
    void answerRequest(schema, work, received);
  });
}

async function answerRequest<Request>(
  schema: z.ZodType<Request>,
  work: Work<Request>,
  received: unknown,
): Promise<void> {
  let reported = 0;
  const onProgress = (fraction: number): void => {
    if (fraction < reported + 0.01) return;
    reported = fraction;
    send({ kind: "progress", fraction: Math.min(1, fraction) });
  };
  try {
    send({ kind: "done", result: await work(schema.parse(received), onProgress) }, 0);
  } catch (error) {
    send({ kind: "failed", message: messageOf(error) }, 1);
  }
}

/** With an exit code, the process ends once the message has left; codec threads would keep it alive otherwise. */
function send(message: WorkerMessage, exitCode?: number): void {
  process.send?.(message, undefined, undefined, () => {
    if (exitCode !== undefined) process.exit(exitCode);
  });
}
