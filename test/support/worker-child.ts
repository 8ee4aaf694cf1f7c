import path from "node:path";
import { createFileStore } from "../../src/artifacts/file-store.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { QueueDispatcher } from "../../src/engine/queue-dispatcher.ts";
import { Relay } from "../../src/engine/relay.ts";
import { pressCatalogue, pressSteps } from "./press-steps.ts";
import { openShared } from "./test-store.ts";

/**
 * A process that works on the executions of a PostgreSQL database beside others, until it is stopped or killed. Prints
 * `ready`, then `sent` for each call that leaves.
 */
interface Orders {
  url: string;
  folder: string;
  pressUrl: string;
  maxAtOnce: number;
}

const orders: Orders = JSON.parse(process.argv[2] ?? "{}");
const store = await openShared(orders.url);
const relay = new Relay(store.channel);
const onError = (error: unknown): void => {
  process.stderr.write(`${String(error)}\n`);
};
const engine = createEngine({
  db: store.db,
  writer: store.writer,
  artifacts: createFileStore(path.join(orders.folder, "artifacts")),
  steps: pressSteps(orders.pressUrl),
  catalogue: pressCatalogue,
  dispatcher: new QueueDispatcher({
    queue: store.queue,
    maxAtOnce: orders.maxAtOnce,
    announce: () => relay.announceWork(),
    onError,
  }),
  relay,
  retryUnknownUnderNanoUsd: 0,
  onError,
  checkpoint: (name) => {
    if (name === "after_sent") process.stdout.write("sent\n");
  },
});
await engine.start();
process.stdout.write("ready\n");
process.on("SIGTERM", () => {
  void engine
    .stop(500)
    .then(() => store.close())
    .then(() => process.exit(0));
});
