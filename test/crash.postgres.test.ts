import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { listAttempts } from "../src/db/attempt-store.ts";
import { getBudget } from "../src/db/budget-store.ts";
import { listEvents } from "../src/db/event-store.ts";
import type { Checkpoint } from "../src/engine/attempt.ts";
import { budgetOf } from "../src/engine/budgets.ts";
import { newExecution, pressStep, startEngine, type EngineRig } from "./support/engine-rig.ts";
import { startPostgres, type OwnPostgres } from "./support/postgres-server.ts";
import { pressSteps } from "./support/press-steps.ts";
import { PRINT_COST_NANO_USD, startPress, type Press } from "./support/press.ts";
import { makeTemplate, TEMPLATE_URL } from "./support/test-store.ts";

const SHARED_TEMPLATE = process.env[TEMPLATE_URL];

let press: Press;
let postgres: OwnPostgres;
let rig: EngineRig;
/** What to do at a place of the attempt protocol. */
let atPlace: (place: Checkpoint) => void | Promise<void>;

beforeAll(async () => {
  postgres = await startPostgres({ isDurable: true });
  process.env[TEMPLATE_URL] = await makeTemplate(postgres.url);
});

beforeEach(async () => {
  press = await startPress();
  atPlace = () => undefined;
  rig = await startEngine({
    steps: pressSteps(press.url),
    onError: () => undefined,
    checkpoint: (place) => atPlace(place),
  });
});

afterEach(async () => {
  await rig.stop();
  await press.stop();
});

afterAll(async () => {
  await postgres.stop();
  process.env[TEMPLATE_URL] = SHARED_TEMPLATE;
});

describe("PostgreSQL killed by SIGKILL", () => {
  const places: ["hold" | "job", string][] = [
    ["hold", "sent"],
    ["job", "submitted"],
  ];

  test.each(places)(
    "while a %s call is %s loses no paid answer and buys nothing twice",
    async (behaviour, status) => {
      const id = await rig.engine.create(
        newExecution([pressStep(1, "a", { parameters: { behaviour } }), pressStep(2, "b {step1_output}")], {
          capNanoUsd: 5_000,
        }),
      );
      while ((await listAttempts(rig.db, id))[0]?.status !== status) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      await press.waitForOrders(1);
      const { restarted } = postgres.crash();
      // The vendor answers while nothing can be written.
      press.release();
      await restarted;
      const execution = await rig.waitFor(id, ["completed", "failed", "waiting"]);
      expect(execution).toMatchObject({ status: "completed", totalCostNanoUsd: 2 * PRINT_COST_NANO_USD });
      expect((await listAttempts(rig.db, id)).map((attempt) => attempt.status)).toEqual([
        "succeeded",
        "succeeded",
      ]);
      expect(press.paid()).toBe(2);
      expect(await getBudget(rig.db, budgetOf(id))).toMatchObject({
        reservedNanoUsd: 0,
        spentNanoUsd: 2 * PRINT_COST_NANO_USD,
      });
    },
  );

  const everywhere = (["print", "job"] as const).flatMap((behaviour) =>
    (
      [
        "before_reserve",
        "after_reserve",
        "after_sent",
        "after_submitted",
        "after_answer",
        "after_stored",
        "after_settled",
      ] as const
    )
      .filter((place) => behaviour === "job" || place !== "after_submitted")
      .map((place) => [behaviour, place] as const),
  );

  test.each(everywhere)("under a %s call at %s loses and repeats nothing", async (behaviour, place) => {
    let passages = 0;
    const back = Promise.withResolvers<void>();
    atPlace = async (reached) => {
      if (reached !== place || ++passages !== 2) return;
      const crash = postgres.crash();
      crash.restarted.then(back.resolve, back.reject);
      await crash.down;
    };
    const parameters = { behaviour };
    const id = await rig.engine.create(
      newExecution(
        [
          pressStep(1, "a", { parameters }),
          pressStep(2, "b {step1_output}", { parameters }),
          pressStep(3, "c {step2_output}", { parameters }),
        ],
        { capNanoUsd: 5_000 },
      ),
    );
    await back.promise;
    const execution = await rig.waitFor(id, ["completed", "failed", "waiting"]);
    expect(execution).toMatchObject({ status: "completed", totalCostNanoUsd: 3 * PRINT_COST_NANO_USD });
    expect(press.paid()).toBe(3);
    const attempts = await listAttempts(rig.db, id);
    expect(attempts.map(({ status }) => status).filter((status) => status !== "released")).toEqual([
      "succeeded",
      "succeeded",
      "succeeded",
    ]);
    expect(await getBudget(rig.db, budgetOf(id))).toMatchObject({
      reservedNanoUsd: 0,
      spentNanoUsd: 3 * PRINT_COST_NANO_USD,
    });
    const numbers = (await listEvents(rig.db, id, 0)).map((event) => event.number);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });
});
