import { describe, expect, test } from "vitest";
import { fairGroupOf } from "../db/party.ts";
import { shareOut } from "./turns.ts";

const party = (executionId: number, workflowId: number | null = null, userId: string | null = null) => ({
  executionId,
  workflowId,
  userId,
  templateId: null,
  batchId: null,
});
const wait = (
  executionId: number,
  rest: { workflowId?: number; userId?: string; steps?: number; since?: string } = {},
) => ({
  ...party(executionId, rest.workflowId, rest.userId),
  steps: rest.steps ?? 1,
  since: rest.since ?? "2026-11-22T10:00:00.000Z",
  worker: "one",
});
const given = (options: Omit<Parameters<typeof shareOut>[0], "provider">) =>
  shareOut({ ...options, provider: "press" }).map(({ executionId, places }) => [executionId, places]);

describe("turns", () => {
  test("go to the workflow with the fewest calls under way, though others have waited longer", () => {
    const batch = Array.from({ length: 500 }, (_, index) => wait(index + 1, { workflowId: 1 }));
    const single = wait(501, { workflowId: 2, since: "2026-11-22T10:05:00.000Z" });
    const underWay = [{ ...party(1, 1), calls: 4 }];
    expect(given({ places: 1, underWay, waiting: [...batch, single] })).toEqual([[501, 1]]);
  });

  test("leave an execution of many items no more than another of the same workflow", () => {
    const many = wait(1, { workflowId: 1, steps: 500 });
    const single = wait(2, { workflowId: 1, since: "2026-11-22T10:05:00.000Z" });
    const underWay = [{ ...party(1, 1), calls: 3 }];
    expect(given({ places: 1, underWay, waiting: [many, single] })).toEqual([[2, 1]]);
    expect(given({ places: 4, underWay, waiting: [many, single] })).toEqual([
      [1, 3],
      [2, 1],
    ]);
  });

  test("count a user with ten workflows as one", () => {
    const waiting = [
      ...Array.from({ length: 10 }, (_, index) => wait(index + 1, { workflowId: index + 1, userId: "ann" })),
      ...Array.from({ length: 10 }, (_, index) => wait(index + 11, { workflowId: 11, userId: "bob" })),
    ];
    const turns = given({ places: 6, underWay: [], waiting });
    expect(turns.filter(([id]) => (id ?? 0) > 10)).toHaveLength(3);
  });

  test("go to the oldest among equals", () => {
    const waiting = [wait(7, { since: "2026-11-22T10:00:01.000Z" }), wait(9)];
    expect(given({ places: 1, underWay: [], waiting })).toEqual([[9, 1]]);
  });

  test("are given to all where there is room for all, and to nobody where there is none", () => {
    const waiting = [wait(1, { steps: 3 }), wait(2)];
    expect(given({ places: Infinity, underWay: [], waiting })).toEqual([
      [1, 3],
      [2, 1],
    ]);
    expect(given({ places: 0, underWay: [], waiting })).toEqual([]);
    expect(given({ places: -2, underWay: [], waiting })).toEqual([]);
  });
});

describe("what stands together", () => {
  test("is a batch, a workflow, a template or steps of one's own, each of one user", () => {
    const groups = [
      { workflowId: 3, templateId: null, userId: null, batchId: null },
      { workflowId: null, templateId: "ebook", userId: null, batchId: null },
      { workflowId: null, templateId: null, userId: null, batchId: null },
      { workflowId: 3, templateId: null, userId: "ann", batchId: null },
      { workflowId: 3, templateId: null, userId: null, batchId: 1 },
      { workflowId: 3, templateId: null, userId: null, batchId: 2 },
    ].map(fairGroupOf);
    expect(new Set(groups).size).toBe(6);
  });
});
