import { setTimeout as pause } from "node:timers/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { z } from "zod";
import { listenOnLoopback } from "./listen.ts";

/** What a caller of the press asks for. `behaviour` says how the press answers. */
const orderSchema = z.object({
  key: z.string(),
  prompt: z.string(),
  behaviour: z.enum([
    "print",
    "job",
    "held_job",
    "hold",
    "slow",
    "drop",
    "busy_once",
    "busy",
    "refuse",
    "refuse_billed",
    "stream",
  ]),
});

type PressOrder = z.output<typeof orderSchema>;

/** How long an order with the behaviour `slow` takes. */
const SLOW_MS = 20;

/** What each print costs, in nano-USD. */
export const PRINT_COST_NANO_USD = 700;

/**
 * A vendor that exists only for tests: it prints what it is told and charges for it. It plays what vendors do (answers
 * at once, jobs, streams, refusals, lost connections) and counts what it charged, by prompt.
 */
export interface Press {
  url: string;
  /** Every order that arrived, billed or not. */
  orders: PressOrder[];
  /** How many orders were billed; with a prompt, how many of those. */
  paid(prompt?: string): number;
  /** The most orders and jobs that it had in hand at once. */
  mostAtOnce(): number;
  /** From now on, turns away what would be more than `calls` at once, and for `seconds` after that everything. */
  turnAwayAbove(calls: number, seconds: number): void;
  /** How many orders it turned away. */
  turnedAway(): number;
  /** Job ids that were cancelled. */
  cancelledJobs: string[];
  /** Lets orders with behaviour `hold` and jobs finish; a `held_job` is not over before, unless it is cancelled. */
  release(): void;
  /** Resolves when nobody is connected any more: what a caller sent before it died has arrived, and counts. */
  hungUp(): Promise<void>;
  /** Resolves when so many orders have arrived. */
  waitForOrders(count: number): Promise<void>;
  stop(): Promise<void>;
}

/** @param options.answerAfterMs how long it takes to print; at once unless given. */
export async function startPress(options: { answerAfterMs?: number } = {}): Promise<Press> {
  const orders: PressOrder[] = [];
  const billed: string[] = [];
  const jobs = new Map<
    string,
    { text: string; isHeld: boolean; polls: number; isCancelled: boolean; isOver: boolean }
  >();
  const cancelledJobs: string[] = [];
  const waiters: { count: number; resolve: () => void }[] = [];
  const gate = Promise.withResolvers<void>();
  let isReleased = false;
  let turnedAway = 0;
  let bounds = { calls: Infinity, seconds: 0 };
  let closedUntil = 0;
  let inHand = 0;
  let mostInHand = 0;

  const take = (): void => {
    inHand += 1;
    mostInHand = Math.max(mostInHand, inHand);
  };

  /** Whether it has too much in hand, or has said so a moment ago. */
  const isTooMuch = (): boolean => {
    const now = performance.now();
    if (inHand < bounds.calls && now >= closedUntil) return false;
    turnedAway += 1;
    closedUntil = Math.max(closedUntil, now + bounds.seconds * 1_000);
    return true;
  };

  const arriving = new Set<Promise<string>>();
  const print = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = bodyOf(request);
    arriving.add(body);
    const order = orderSchema.parse(JSON.parse(await body.finally(() => arriving.delete(body))));
    orders.push(order);
    for (const waiter of waiters) if (orders.length >= waiter.count) waiter.resolve();
    const text = `printed: ${order.prompt}`;
    if (isTooMuch()) {
      return send(response, 429, { error: "too much" }, { "retry-after": String(bounds.seconds) });
    }
    take();
    const isJob = order.behaviour === "job" || order.behaviour === "held_job";
    await answer(order, response, text).finally(() => {
      if (!isJob) inHand -= 1;
    });
  };

  const answer = async (order: PressOrder, response: ServerResponse, text: string): Promise<void> => {
    const isFirst = (): boolean => orders.filter(({ prompt }) => prompt === order.prompt).length === 1;
    if (order.behaviour === "busy" || (order.behaviour === "busy_once" && isFirst())) {
      send(response, 429, { error: "busy" }, { "retry-after": "0" });
    } else if (order.behaviour === "refuse") {
      send(response, 400, { error: "not this" });
    } else {
      billed.push(order.prompt);
      if (order.behaviour === "refuse_billed")
        send(response, 422, { error: "not this", cost: PRINT_COST_NANO_USD });
      else if (order.behaviour === "drop") response.destroy();
      else if (order.behaviour === "job" || order.behaviour === "held_job") {
        const id = `job-${jobs.size + 1}`;
        const isHeld = order.behaviour === "held_job";
        jobs.set(id, { text, isHeld, polls: 0, isCancelled: false, isOver: false });
        send(response, 202, { job: id });
      } else if (order.behaviour === "stream") await stream(response, text);
      else {
        if (order.behaviour === "hold") await gate.promise;
        if (options.answerAfterMs !== undefined) await pause(options.answerAfterMs);
        if (order.behaviour === "slow") await pause(SLOW_MS);
        send(response, 200, { text, cost: PRINT_COST_NANO_USD });
      }
    }
  };

  const stream = async (response: ServerResponse, text: string): Promise<void> => {
    response.writeHead(200, { "content-type": "text/plain" });
    response.write(text.slice(0, 8));
    await gate.promise;
    response.end(text.slice(8));
  };

  const job = (response: ServerResponse, id: string, method: string): void => {
    const found = jobs.get(id);
    if (!found) return send(response, 404, { error: "no such job" });
    if (method === "DELETE") {
      found.isCancelled = true;
      cancelledJobs.push(id);
      return send(response, 200, {});
    }
    found.polls += 1;
    const isDone = isReleased || (!found.isHeld && found.polls >= 3);
    const isOver = found.isCancelled || isDone;
    if (isOver && !found.isOver) inHand -= 1;
    found.isOver = isOver;
    if (found.isCancelled) return send(response, 200, { state: "cancelled", cost: PRINT_COST_NANO_USD });
    if (!isDone) return send(response, 200, { state: "running", progress: 0.5 });
    return send(response, 200, { state: "done", text: found.text, cost: PRINT_COST_NANO_USD });
  };

  const server = createServer((request, response) => {
    const [, place, id] = (request.url ?? "").split("/");
    if (place === "jobs" && id) job(response, id, request.method ?? "GET");
    else print(request, response).catch(() => response.destroy());
  });
  const connections = new Set<Promise<void>>();
  server.on("connection", (socket) => {
    const closed = new Promise<void>((resolve) => {
      socket.once("close", () => resolve());
    });
    connections.add(closed);
    void closed.then(() => connections.delete(closed));
  });
  const url = await listenOnLoopback(server);

  return {
    url,
    async hungUp() {
      // A connection that was made before the caller died may still have to be taken.
      await new Promise(setImmediate);
      while (connections.size > 0) await Promise.all(connections);
      await Promise.allSettled(arriving);
    },
    orders,
    turnedAway: () => turnedAway,
    cancelledJobs,
    mostAtOnce: () => mostInHand,
    turnAwayAbove(calls, seconds) {
      bounds = { calls, seconds };
    },
    paid: (prompt) => billed.filter((one) => prompt === undefined || one === prompt).length,
    release() {
      isReleased = true;
      gate.resolve();
    },
    waitForOrders(count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (orders.length >= count) resolve();
      waiters.push({ count, resolve });
      return promise;
    },
    async stop() {
      gate.resolve();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
