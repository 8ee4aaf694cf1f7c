import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTestStore, type TestStore } from "../../test/support/test-store.ts";
import type { Db } from "./database.ts";
import { deleteWorkflow, getWorkflow, insertWorkflow, listWorkflows } from "./workflow-store.ts";

const NOW = "2026-11-22T10:00:00.000Z";
const VALUES = { name: "Un", description: "", steps: [], inputs: [], isTemplate: false, createdAt: NOW };

let store: TestStore;
let db: Db;

beforeEach(async () => {
  store = await openTestStore();
  db = store.db;
});

afterEach(() => store.remove());

describe("workflow store", () => {
  test("gives back what was saved", async () => {
    const saved = await insertWorkflow(db, { ...VALUES, isTemplate: true });
    expect(saved).toEqual({ ...VALUES, isTemplate: true, id: 1, executionCount: 0, updatedAt: NOW });
    expect(await getWorkflow(db, saved.id)).toEqual(saved);
  });

  test("lists the newest first, page by page", async () => {
    for (const name of ["a", "b", "c"]) await insertWorkflow(db, { ...VALUES, name });
    const first = await listWorkflows(db, { limit: 2 });
    expect(first.map(({ name }) => name)).toEqual(["c", "b"]);
    const second = await listWorkflows(db, { limit: 2, beforeId: 2 });
    expect(second.map(({ name }) => name)).toEqual(["a"]);
  });

  test("lists templates only when asked to", async () => {
    await insertWorkflow(db, VALUES);
    await insertWorkflow(db, { ...VALUES, name: "t", isTemplate: true });
    expect((await listWorkflows(db, { limit: 9, templatesOnly: true })).map(({ name }) => name)).toEqual([
      "t",
    ]);
  });

  test("hides a deleted workflow, keeps its row and never gives its id again", async () => {
    const { id } = await insertWorkflow(db, VALUES);
    expect(await deleteWorkflow(db, id, NOW)).toBe(true);
    expect(await deleteWorkflow(db, id, NOW)).toBe(false);
    expect(await getWorkflow(db, id)).toBeUndefined();
    expect(await listWorkflows(db, { limit: 9 })).toEqual([]);
    const rows = await db.selectFrom("workflows").select(["id", "deleted_at"]).execute();
    expect(rows).toEqual([{ id, deleted_at: NOW }]);
    expect((await insertWorkflow(db, VALUES)).id).toBe(id + 1);
  });
});
