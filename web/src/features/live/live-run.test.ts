import { describe, expect, test } from "vitest";
import type { ExecutionEvent, StepEvent } from "../../api/types.ts";
import { doneOf, tabStateOf, turnOf, withEvent, type LiveRun, numberOf } from "./live-run.ts";

const RUN: LiveRun = {
  id: 1,
  title: "Bees",
  status: "running",
  mode: "live",
  current_step: 1,
  total_steps: 3,
  asks: false,
  askedBefore: false,
  stepName: null,
};

const EVENT: ExecutionEvent = {
  execution_id: 1,
  status: "running",
  current_step: 1,
  total_steps: 3,
  total_cost: 0,
  cost_basis: "free",
  waiting_for: null,
  error_message: null,
  started_at: null,
  completed_at: null,
};
const STEP: StepEvent = {
  execution_id: 1,
  step_number: 2,
  name: "picture",
  ai_provider: "dall-e",
  modality: "image",
  status: "running",
  attempts: 1,
  model: null,
  performed_by: null,
  started_at: null,
  completed_at: null,
  cost: null,
  cost_basis: "free",
  error: null,
  reused_from: null,
  saved_usd: null,
  waiting_reason: null,
  decide_by: null,
  repaired: false,
  items_total: null,
  items_done: null,
  items_failed: null,
  items: null,
  result: null,
};

function changed(changes: Partial<ExecutionEvent>, run = RUN): LiveRun {
  return withEvent(run, { name: "execution", data: { ...EVENT, ...changes }, number: 2 });
}

const WAITING = { status: "waiting", waiting_for: { reason: "approval", step_number: 1 } } as const;

describe("a run that is followed", () => {
  test("goes forward with its events, and not back", () => {
    expect(changed({ current_step: 2 }).current_step).toBe(2);
    const late = changed({ current_step: 2 }, { ...RUN, current_step: 3 });
    expect(late.current_step).toBe(3);
  });

  test("is over once it is over", () => {
    const ended: LiveRun = { ...RUN, status: "completed" };
    expect(changed({ status: "running" }, ended)).toBe(ended);
  });

  test("names the step that works", () => {
    expect(withEvent(RUN, { name: "step", data: STEP, number: 3 }).stepName).toBe("picture");
    expect(withEvent(RUN, { name: "step", data: { ...STEP, item: 4 }, number: 3 })).toBe(RUN);
  });

  test("is told of when it ends and when it asks, each once", () => {
    expect(turnOf(RUN, changed({ status: "failed" }))).toBe("ended");
    const asking = changed(WAITING);
    expect(turnOf(RUN, asking)).toBe("asks");
    expect(turnOf(asking, asking)).toBeNull();
    expect(turnOf(RUN, changed({ current_step: 2 }))).toBeNull();
  });
});

describe("the title of the tab", () => {
  const nothing = { shown: new Set<number>(), ended: null };
  const other: LiveRun = { ...RUN, id: 2 };

  test("is about the only run, or how many there are", () => {
    expect(tabStateOf([], nothing)).toEqual({ kind: "none" });
    expect(tabStateOf([RUN], nothing)).toEqual({ kind: "running", run: RUN });
    expect(tabStateOf([other, RUN], nothing)).toEqual({ kind: "several", count: 2 });
  });

  test("is about the run on the screen, of several", () => {
    expect(tabStateOf([other, RUN], { ...nothing, shown: new Set([1]) })).toEqual({
      kind: "running",
      run: RUN,
    });
  });

  test("puts first what waits for a person", () => {
    const asking = changed(WAITING);
    expect(tabStateOf([other, asking], { shown: new Set([2]), ended: null })).toEqual({
      kind: "asks",
      run: asking,
    });
  });

  test("leaves alone what waits since before the tab was opened, unless it is on the screen", () => {
    const old: LiveRun = { ...changed(WAITING), askedBefore: true };
    expect(tabStateOf([old], nothing)).toEqual({ kind: "none" });
    expect(tabStateOf([old], { ...nothing, shown: new Set([1]) })).toEqual({ kind: "asks", run: old });
    const again = changed(WAITING, changed({}, old));
    expect(tabStateOf([again], nothing)).toEqual({ kind: "asks", run: again });
  });

  test("says what ended while others run elsewhere", () => {
    const ended: LiveRun = { ...RUN, status: "completed" };
    expect(tabStateOf([other], { shown: new Set([1]), ended })).toEqual({ kind: "ended", run: ended });
  });
});

test("how much of all runs is done goes by their steps", () => {
  expect(
    doneOf([
      { ...RUN, current_step: 3 },
      { ...RUN, total_steps: 1 },
    ]),
  ).toBe(0.5);
  expect(doneOf([])).toBe(0);
});

describe("numberOf", () => {
  test("says that there may be more where no more were asked for", () => {
    expect([1, 49, 50, 61].map(numberOf)).toEqual(["1", "49", "50+", "50+"]);
  });
});
