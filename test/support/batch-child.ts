import { listBatches, newestOf } from "../../src/db/batch-store.ts";
import { newExecution, pressStep, startEngine } from "./engine-rig.ts";
import { pressSteps } from "./press-steps.ts";

/**
 * A process that runs a batch on the folder it is given and ends by SIGKILL at a place of the attempt protocol. Started again
 * on the same folder it goes on with what is there, and prints how the rows came to rest.
 */
interface Orders {
  folder: string;
  pressUrl: string;
  rows: number;
  capNanoUsd: number | null;
  /** Where to die, and at which passage of that place (from 1); null: live on. */
  dieAt: { checkpoint: string; passage: number } | null;
}

const orders: Orders = JSON.parse(process.argv[2] ?? "{}");
let passages = 0;

const rig = await startEngine({
  folder: orders.folder,
  steps: pressSteps(orders.pressUrl),
  maxAtOnce: 3,
  checkpoint: (name) => {
    if (name !== orders.dieAt?.checkpoint) return;
    passages += 1;
    if (passages === orders.dieAt.passage) process.kill(process.pid, "SIGKILL");
  },
});

const [known] = await listBatches(rig.db, { limit: 1 });
const batch = {
  title: null,
  workflowId: null,
  templateId: "press",
  mode: "live" as const,
  estimate: null,
  capNanoUsd: orders.capNanoUsd,
};
const rows = Array.from({ length: orders.rows }, (_, index) =>
  newExecution([pressStep(1, "{topic}", { parameters: { behaviour: "job" } })], {
    templateId: "press",
    initialInput: `row ${index + 1}`,
  }),
);
const batchId = known?.id ?? (await rig.engine.createBatch(batch, rows)).batchId;

for (const { id } of await newestOf(rig.db, batchId, { limit: orders.rows })) {
  await rig.waitFor(id, ["completed", "failed", "waiting"]);
}
const states = await newestOf(rig.db, batchId, { limit: orders.rows });
process.stdout.write(JSON.stringify(states.map(({ status }) => status)));
await rig.stop();
