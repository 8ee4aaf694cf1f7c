import { describe, expect, test } from "vitest";
import type { Execution, StepData } from "../../api/types.ts";
import { isMoving, lightOf } from "./execution-states.ts";

const STEP: StepData = {
  step_number: 2,
  name: "picture",
  ai_provider: "dall-e",
  modality: "image",
  status: "running",
  attempts: 1,
  model: null,
  performed_by: null,
  started_at: "2026-11-22T10:00:00.000Z",
  completed_at: null,
  decide_by: null,
  repaired: false,
  cost: 0,
  cost_basis: "free",
  error: null,
  reused_from: null,
  saved_usd: null,
  waiting_reason: null,
  items_total: null,
  items_done: null,
  items_failed: null,
  items: null,
};
const PICTURE = {
  name: "picture",
  type: "image",
  cost: 0,
  cost_basis: "free",
  performed_by: "local",
} as const;

function light(step: Partial<StepData>, results: Execution["results"] = []) {
  const output = { texts: {}, fractions: { "2": 0.4 } };
  return lightOf({ ...STEP, ...step }, { results, output, now: "2026-11-22T10:00:07.000Z" });
}

describe("the light of a step", () => {
  test("is how far it is and how long it has worked, while it works", () => {
    expect(light({})).toMatchObject({ state: "running", fraction: 0.4, items: null, pictureUrl: null });
    expect(light({}).time).toMatch(/^7\s?s$/);
    expect(light({ status: "pending", started_at: null })).toMatchObject({ fraction: null, time: null });
  });

  test("stands still once it is over", () => {
    const over = light({ status: "failed", completed_at: "2026-11-22T10:00:02.000Z" });
    expect(over).toMatchObject({ state: "failed", fraction: null });
    expect(over.time).toMatch(/^2\s?s$/);
  });

  test("tells what was taken over from what was made", () => {
    expect(light({ status: "completed", reused_from: 7 }).state).toBe("reused");
    expect(light({ status: "completed", reused_from: null }).state).toBe("completed");
  });

  test("counts items, and shows the first picture that is there", () => {
    const counted = light({ items_total: 5, items_done: 3, items_failed: 1 });
    expect(counted.items).toEqual({ done: 3, total: 5, failed: 1 });
    const none = { ...PICTURE, step_number: 1, url: "/1.png" };
    const some = { ...PICTURE, step_number: 2, url: "/2.png" };
    expect(light({}, [none]).pictureUrl).toBeNull();
    expect(light({}, [none, some]).pictureUrl).toBe("/2.png");
    const film = { ...PICTURE, type: "video" as const, step_number: 2, url: "/2.mp4" };
    expect(light({}, [film]).pictureUrl).toBe("/2.mp4");
    const list = { ...PICTURE, step_number: 2, items: [{ ...PICTURE, item: 0, url: "/item.png" }] };
    expect(light({}, [list]).pictureUrl).toBe("/item.png");
  });

  test("moves only along wires into a step that works", () => {
    const edge = { id: "e", source: "step:1", medium: "text", places: [] } as const;
    expect(isMoving({ ...edge, places: [], target: "step:2" }, [STEP])).toBe(true);
    expect(isMoving({ ...edge, places: [], target: "step:3" }, [STEP])).toBe(false);
    expect(isMoving({ ...edge, places: [], target: "step:2" }, [{ ...STEP, status: "completed" }])).toBe(
      false,
    );
  });
});
