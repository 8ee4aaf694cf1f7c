import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createDatabase, dropDatabase, openShared } from "../../test/support/test-store.ts";
import { insertExecution } from "./execution-store.ts";
import type { SharedStore } from "./shared-store.ts";

let url: string;
let opened: SharedStore[];

beforeEach(async () => {
  url = await createDatabase();
  opened = [await openShared(url), await openShared(url)];
});

afterEach(async () => {
  for (const store of opened) await store.close();
  await dropDatabase(url);
});

async function add(templateId: string, ...before: number[]): Promise<number> {
  const [store] = opened;
  if (!store) throw new Error("no store is open");
  return await store.writer.write(async (trx) => {
    const [known] = before;
    const id = known ?? (await insertExecution(trx, { ...EXECUTION, templateId }));
    await store.queue.add(trx, id);
    return id;
  });
}

const EXECUTION = {
  workflowId: null,
  title: null,
  mode: "live" as const,
  steps: [],
  initialInput: "t",
  inputs: {},
  estimate: null,
  unpriced: "refuse" as const,
  createdAt: "2026-11-22T00:00:00.000Z",
};

describe("what processes take from the queue", () => {
  test("is each entry once, those of a group in their order and groups in turn", async () => {
    const many = [await add("many"), await add("many"), await add("many")];
    const single = await add("single");
    const taken = await Promise.all(opened.map(({ queue }) => queue.take(2)));
    const ids = taken.flat().map(({ executionId }) => executionId);
    expect(ids.toSorted((one, other) => one - other)).toEqual([...many, single]);
    expect(await opened[0]?.queue.take(1)).toEqual([]);
  });

  test("is nothing of an execution of which an entry is out, and the next one after that", async () => {
    const id = await add("t");
    await add("t", id);
    const [queue, other] = opened.map((store) => store.queue);
    const [first] = (await queue?.take(5)) ?? [];
    if (!first) throw new Error("nothing was taken");
    expect(await other?.take(5)).toEqual([]);
    await queue?.finish(first);
    const [second] = (await other?.take(5)) ?? [];
    expect(second).toMatchObject({ executionId: id, retryCount: 0 });
    expect(second?.id).not.toBe(first.id);
  });

  test("is an entry that was given back before one that came later, and as another taking of it", async () => {
    const id = await add("t");
    await add("t", id);
    const [queue, other] = opened.map((store) => store.queue);
    const [first] = (await queue?.take(1)) ?? [];
    if (!first) throw new Error("nothing was taken");
    await queue?.giveBack(first);
    expect(await other?.take(5)).toEqual([{ ...first, retryCount: first.retryCount + 1 }]);
  });

  test("leaves out groups that are named", async () => {
    await add("many");
    const single = await add("single");
    const guests = await opened[0]?.queue.take(5, { withoutGroups: ["/template:many"] });
    expect(guests?.map(({ executionId }) => executionId)).toEqual([single]);
  });
});
