import { listExecutions } from "../../src/db/execution-store.ts";
import { NO_ITEM } from "../../src/workflow/definition.ts";
import { newExecution, pressStep, startEngine } from "./engine-rig.ts";
import { pressSteps } from "./press-steps.ts";

/**
 * A process that runs an execution of three steps, then makes a take of its second step, and ends by SIGKILL at a place of the
 * attempt protocol. Started again on the same folder it goes on with what is there.
 */
interface Orders {
  folder: string;
  pressUrl: string;
  behaviour: "print" | "job";
  /** Where to die, and at which passage of that place (from 1); null: live on. */
  dieAt: { checkpoint: string; passage: number } | null;
}

const orders: Orders = JSON.parse(process.argv[2] ?? "{}");
let passages = 0;

const rig = await startEngine({
  folder: orders.folder,
  steps: pressSteps(orders.pressUrl),
  checkpoint: (name) => {
    if (name !== orders.dieAt?.checkpoint) return;
    passages += 1;
    if (passages === orders.dieAt.passage) process.kill(process.pid, "SIGKILL");
  },
});

const parameters = { behaviour: orders.behaviour };
const definition = newExecution([
  pressStep(1, "one", { parameters }),
  pressStep(2, "two {step1_output}", { parameters }),
  pressStep(3, "three {step2_output}", { parameters }),
]);
const known = await listExecutions(rig.db, { limit: 2 });
const first = known.at(-1)?.id ?? (await rig.engine.create(definition));
await rig.waitFor(first, ["completed"]);
const only = { stepNumber: 2, item: NO_ITEM };
const kept = [{ stepNumber: 1, item: NO_ITEM }];
const rerun = { executionId: first, fromStep: 2, kept, replaced: [], only };
const take = known.length === 2 ? (known[0]?.id ?? first) : await rig.engine.create({ ...definition, rerun });
const { status } = await rig.waitFor(take, ["completed", "failed", "waiting"]);
process.stdout.write(status);
await rig.stop();
