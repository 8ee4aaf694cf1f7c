import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTestStore, type TestStore } from "../../test/support/test-store.ts";
import type { Db } from "./database.ts";
import {
  claimIdempotencyKey,
  forgetIdempotencyKeysBefore,
  freeIdempotencyKey,
  keepAnswer,
} from "./idempotency-store.ts";

const KEY = { key: "k", route: "POST /x" };
const REQUEST = { hash: "h", now: "2026-11-22T10:00:00.000Z" };
const ANSWER = { body: "{}", contentType: "application/json", location: "/x/1" };

let store: TestStore;
let db: Db;

beforeEach(async () => {
  store = await openTestStore();
  db = store.db;
});

afterEach(() => store.remove());

describe("idempotency store", () => {
  test("gives a key to exactly one of several requests at once", async () => {
    const claims = await Promise.all([1, 2, 3, 4, 5].map(() => claimIdempotencyKey(db, KEY, REQUEST)));
    const states = claims.map(({ state }) => state);
    expect(states.toSorted()).toEqual(["new", "unanswered", "unanswered", "unanswered", "unanswered"]);
  });

  test("gives the kept answer to the same request only", async () => {
    await claimIdempotencyKey(db, KEY, REQUEST);
    await keepAnswer(db, KEY, { ...ANSWER, status: 201 });
    expect(await claimIdempotencyKey(db, KEY, REQUEST)).toEqual({
      state: "answered",
      status: 201,
      answer: ANSWER,
    });
    expect(await claimIdempotencyKey(db, KEY, { ...REQUEST, hash: "other" })).toEqual({
      state: "other_request",
    });
    expect(await claimIdempotencyKey(db, { ...KEY, route: "POST /y" }, REQUEST)).toEqual({ state: "new" });
  });

  test("can use a freed key again", async () => {
    await claimIdempotencyKey(db, KEY, REQUEST);
    await freeIdempotencyKey(db, KEY);
    expect(await claimIdempotencyKey(db, KEY, { ...REQUEST, hash: "other" })).toEqual({ state: "new" });
  });

  test("forgets old keys and keeps young ones", async () => {
    await claimIdempotencyKey(db, KEY, REQUEST);
    await forgetIdempotencyKeysBefore(db, REQUEST.now);
    expect(await claimIdempotencyKey(db, KEY, REQUEST)).toEqual({ state: "unanswered" });
    await forgetIdempotencyKeysBefore(db, "2026-12-22T10:00:00.000Z");
    expect(await claimIdempotencyKey(db, KEY, REQUEST)).toEqual({ state: "new" });
  });
});
