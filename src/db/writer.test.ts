import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTestStore, type TestStore } from "../../test/support/test-store.ts";
import type { Db } from "./database.ts";
import { insertExecution } from "./execution-store.ts";
import type { Writer } from "./writer.ts";

let store: TestStore;
let db: Db;
let writer: Writer;

beforeEach(async () => {
  store = await openTestStore();
  ({ db, writer } = store);
});

afterEach(() => store.remove());

const insert = async (scope: string): Promise<string> =>
  await writer.write(async (trx) => {
    await trx.insertInto("budgets").values({ scope, period: "", cap_nano_usd: null }).execute();
    return scope;
  });

const scopes = async (): Promise<string[]> =>
  (await db.selectFrom("budgets").select("scope").orderBy("scope").execute()).map(({ scope }) => scope);

const addOne = async (executionId: number): Promise<void> =>
  await writer.write(
    async (trx) => {
      const row = await trx.selectFrom("budgets").select("spent_nano_usd as spent").executeTakeFirstOrThrow();
      await trx
        .updateTable("budgets")
        .set({ spent_nano_usd: row.spent + 1 })
        .execute();
    },
    { executionId },
  );

const newExecution = async (): Promise<number> =>
  await writer.write((trx) =>
    insertExecution(trx, {
      workflowId: null,
      templateId: null,
      title: null,
      mode: "live",
      steps: [],
      initialInput: "",
      inputs: {},
      estimate: null,
      unpriced: "refuse",
      createdAt: "2026-11-22T10:00:00.000Z",
    }),
  );

describe("a writer", () => {
  test("gives each write its own answer", async () => {
    expect(await Promise.all([insert("a"), insert("b"), insert("c")])).toEqual(["a", "b", "c"]);
    expect(await scopes()).toEqual(["a", "b", "c"]);
  });

  test("undoes only the write that throws", async () => {
    const results = await Promise.allSettled([insert("a"), insert("a"), insert("b")]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "fulfilled", "rejected"]);
    expect(await scopes()).toEqual(["a", "b"]);
  });

  test("undoes what a throwing write had done before it threw", async () => {
    const broken = writer.write(async (trx) => {
      await trx.insertInto("budgets").values({ scope: "half", period: "", cap_nano_usd: null }).execute();
      throw new Error("no");
    });
    const results = await Promise.allSettled([insert("a"), broken]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(await scopes()).toEqual(["a"]);
  });

  test("takes writes that arrive while it commits", async () => {
    const first = insert("a");
    const second = first.then(() => insert("b"));
    expect(await Promise.all([first, second, insert("c")])).toEqual(["a", "b", "c"]);
  });

  test("runs writes about one execution one after the other, so that each sees those before", async () => {
    await insert("x");
    const id = await newExecution();
    await Promise.all(Array.from({ length: 50 }, () => addOne(id)));
    const row = await db.selectFrom("budgets").select("spent_nano_usd as spent").executeTakeFirstOrThrow();
    expect(row.spent).toBe(50);
  });
});
