import { expect, test } from "vitest";
import { isAtRest } from "./at-rest.ts";

const waitingFor = (reason: "cap" | "approval" | "in_doubt") =>
  ({ status: "waiting", waiting_for: { reason, step_number: 1, amount_usd: null } }) as const;

test("an execution can be run again once nothing of it is under way, or will be by itself", () => {
  expect(isAtRest({ status: "completed", waiting_for: null })).toBe(true);
  expect(isAtRest({ status: "running", waiting_for: null })).toBe(false);
  expect(isAtRest(waitingFor("approval"))).toBe(true);
  expect(isAtRest(waitingFor("in_doubt"))).toBe(true);
  expect(isAtRest(waitingFor("cap"))).toBe(false);
});
