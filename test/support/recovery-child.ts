import { NO_ITEM } from "../../src/workflow/definition.ts";
import { listExecutions } from "../../src/db/execution-store.ts";
import { listUnfinished } from "../../src/db/party.ts";
import { newExecution, pressStep, startEngine } from "./engine-rig.ts";
import { pressSteps } from "./press-steps.ts";

/**
 * A process that runs one execution of three steps, or of one step that runs once per item, on the folder it is given, and ends by SIGKILL at a place of the
 * attempt protocol. Started again on the same folder it goes on with what is there, and prints how it came to rest.
 */
interface Orders {
  folder: string;
  pressUrl: string;
  behaviour: "print" | "job" | "misfit";
  mode: "live" | "rehearsal";
  /** How many items of a list are at work at once; null: three steps run, and no list. */
  itemsAtOnce: number | null;
  /** Where to die, and at which passage of that place (from 1); null: live on. */
  dieAt: { checkpoint: string; passage: number } | null;
  /** Answers whatever it waits for so. */
  decision: "retry" | "give_up" | "approve" | null;
  /** Whether the first step waits to be approved. */
  asks: boolean;
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

const step = {
  parameters: { behaviour: orders.behaviour },
  output_schema: orders.behaviour === "misfit" ? {} : null,
};
const THREE_STEPS = [
  pressStep(1, "one", { ...step, approval: orders.asks }),
  pressStep(2, "two {step1_output}", step),
  pressStep(3, "three {step2_output}", step),
];
const LIST = '["one", "two", "three", "four"]';

function itemsOfList(atOnce: number) {
  const forEach = { in: "{topic}", max_parallel: atOnce };
  return [pressStep(1, "{item}", { ...step, for_each: forEach })];
}

const [known] = await listExecutions(rig.db, { limit: 1 });
const { itemsAtOnce, mode } = orders;
const steps = itemsAtOnce === null ? THREE_STEPS : itemsOfList(itemsAtOnce);
const id =
  known?.id ??
  (await rig.engine.create(
    newExecution(steps, { mode, templateId: "press", ...(itemsAtOnce && { initialInput: LIST }) }),
  ));

for (;;) {
  const execution = await rig.waitFor(id, ["completed", "failed", "waiting"]);
  const { waitingFor } = execution;
  if (!waitingFor || !orders.decision) {
    const left = (await listUnfinished(rig.db)).map(({ executionId }) => executionId);
    process.stdout.write(JSON.stringify({ status: execution.status, waitingFor, left }));
    break;
  }
  const { stepNumber, item } = waitingFor;
  await rig.engine.decide(id, { decision: orders.decision, stepNumber, ...(item !== NO_ITEM && { item }) });
}
await rig.stop();
