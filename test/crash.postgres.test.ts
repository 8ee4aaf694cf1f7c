import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listAttempts } from "../src/db/attempt-store.ts";
import { getBudget } from "../src/db/budget-store.ts";
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

beforeEach(async () => {
  press = await startPress();
  postgres = await startPostgres({ isDurable: true });
  process.env[TEMPLATE_URL] = await makeTemplate(postgres.url);
  rig = await startEngine({ steps: pressSteps(press.url), onError: () => undefined });
});

afterEach(async () => {
  await rig.stop();
  await postgres.stop();
  await press.stop();
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
});
