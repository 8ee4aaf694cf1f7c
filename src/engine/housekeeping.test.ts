import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFileStore } from "../artifacts/file-store.ts";
import { MemoryHolds } from "../artifacts/memory-holds.ts";
import type { ArtifactStore } from "../artifacts/store.ts";
import { insertArtifact, isArtifactNamed } from "../db/artifact-store.ts";
import { insertAttempt } from "../db/attempt-store.ts";
import { sumCostsBy } from "../db/cost-report.ts";
import { claimIdempotencyKey } from "../db/idempotency-store.ts";
import { lapseAllHolds, writeHoldDown } from "../db/hold-store.ts";
import { getExecution } from "../db/execution-store.ts";
import { newExecution, pressStep } from "../../test/support/engine-rig.ts";
import { openTestStore, type TestStore } from "../../test/support/test-store.ts";
import { createExecution } from "./decisions.ts";
import { Housekeeping } from "./housekeeping.ts";

const NOW = new Date("2026-11-22T12:00:00.000Z");
const ANOTHER = new TextEncoder().encode("another picture");

let store: TestStore;
let folder: string;
let artifacts: ArtifactStore;

beforeEach(async () => {
  store = await openTestStore();
  folder = await mkdtemp(path.join(tmpdir(), "relais-old-"));
  artifacts = createFileStore(folder);
});

afterEach(async () => {
  await store.remove();
  await rm(folder, { recursive: true });
});

function housekeeping(options: { retentionDays: number | null; isAlone?: boolean }): Housekeeping {
  const { retentionDays, isAlone } = options;
  return new Housekeeping({
    ...store,
    ...(isAlone === false && { isAloneUntilCommit: () => Promise.resolve(false) }),
    artifacts,
    retentionDays,
    onError: unforeseen,
    now: () => NOW,
  });
}

/** An execution that ended so many days ago, with a paid call and, where one is given, a file. */
async function endedBefore(
  days: number,
  file?: Uint8Array,
  rest: { isOpen?: boolean } = {},
): Promise<number> {
  const time = new Date(NOW.getTime() - days * 86_400_000).toISOString();
  const stored = file && (await artifacts.put({ bytes: file }));
  const id = await store.db.transaction().execute(async (trx) => {
    const made = await createExecution(trx, newExecution([pressStep(1, "secret words")]), time);
    await insertAttempt(trx, {
      id: `call-${made}`,
      executionId: made,
      stepNumber: 1,
      item: -1,
      number: 1,
      epoch: 1,
      provider: "press",
      model: "press:text",
      requestHash: "x",
      reservedNanoUsd: 1_000,
      reservedBasis: "metered",
      batchId: null,
      budgetScope: null,
      createdAt: time,
    });
    await trx
      .updateTable("attempts")
      .set(
        rest.isOpen === true
          ? { status: "sent" }
          : { status: "succeeded", cost_nano_usd: 700, cost_basis: "metered" },
      )
      .where("execution_id", "=", made)
      .execute();
    await trx
      .updateTable("workflow_executions")
      .set({ status: rest.isOpen === true ? "cancelled" : "completed", completed_at: time })
      .where("id", "=", made)
      .execute();
    if (stored) {
      const described = { mediaType: "image/png", width: null, height: null, durationSeconds: null };
      const place = { executionId: made, stepNumber: 1, item: null, createdAt: time };
      await insertArtifact(trx, { id: `file-${made}`, ...stored, ...described, ...place });
    }
    return made;
  });
  if (stored) artifacts.release(stored.hash);
  return id;
}

async function files(): Promise<number> {
  const places = await readdir(folder, { recursive: true, withFileTypes: true });
  return places.filter((place) => place.isFile()).length;
}

describe("retention", () => {
  test("removes what old executions say and made, and keeps what they cost", async () => {
    const shared = new TextEncoder().encode("a picture");
    const old = await endedBefore(31, shared);
    const older = await endedBefore(400, ANOTHER);
    const recent = await endedBefore(29, shared);
    await housekeeping({ retentionDays: 30 }).tidy();

    expect(await getExecution(store.db, old)).toBeUndefined();
    expect(await getExecution(store.db, older)).toBeUndefined();
    expect(await getExecution(store.db, recent)).toMatchObject({ status: "completed" });
    // The content that a recent execution shares with an old one stays.
    expect(await files()).toBe(1);
    const texts = await store.db.selectFrom("workflow_executions").select("steps").execute();
    expect(texts.filter(({ steps }) => steps.includes("secret words"))).toHaveLength(1);
    const [sums] = await sumCostsBy(store.db, { from: "2000-01-01", to: "2999-12-31" }, ["provider"]);
    expect(sums).toMatchObject({ calls: 3, chargedNanoUsd: 2_100 });
    expect(await store.db.selectFrom("attempts").select("id").execute()).toHaveLength(3);
  });

  test("keeps everything where no time is set", async () => {
    const id = await endedBefore(4_000);
    await housekeeping({ retentionDays: null }).tidy();
    expect(await getExecution(store.db, id)).toBeDefined();
  });

  test("leaves alone what has not ended, and what still has a call out, and goes on behind it", async () => {
    const out = await endedBefore(90, undefined, { isOpen: true });
    const waiting = await endedBefore(90);
    await store.db
      .updateTable("workflow_executions")
      .set({ status: "waiting", completed_at: null })
      .where("id", "=", waiting)
      .execute();
    for (let number = 0; number < 45; number++) await endedBefore(60);
    await housekeeping({ retentionDays: 30 }).tidy();
    const left = await store.db
      .selectFrom("workflow_executions")
      .select("id")
      .where("deleted_at", "is", null)
      .orderBy("id")
      .execute();
    expect(left.map(({ id }) => id)).toEqual([out, waiting]);
  });

  test("removes nothing while another process is at it", async () => {
    const id = await endedBefore(90, ANOTHER);
    await housekeeping({ retentionDays: 30, isAlone: false }).tidy();
    expect(await getExecution(store.db, id)).toBeDefined();
    expect(await files()).toBe(1);
  });

  test("lets others write between its batches, and stops when told to", async () => {
    for (let number = 0; number < 60; number++) await endedBefore(60);
    const keeper = housekeeping({ retentionDays: 30 });
    const tidied = keeper.tidy();
    const added = await endedBefore(1);
    await keeper.stop();
    await tidied;
    expect(await getExecution(store.db, added)).toBeDefined();
    const left = await store.db
      .selectFrom("workflow_executions")
      .select("id")
      .where("deleted_at", "is", null)
      .execute();
    expect(left.length).toBeGreaterThan(1);
  });
});

function unforeseen(error: unknown): never {
  throw error;
}

/** A store of files as a process has it: what it holds is written down, and forgotten with it. */
function storeOfProcess(): ArtifactStore {
  const holds = new MemoryHolds({
    isNamed: (hash) => isArtifactNamed(store.db, hash),
    writeDown: (hash) => writeHoldDown(store.writer, hash),
  });
  return createFileStore(folder, { holds });
}

describe("content that was stored by a process which has died", () => {
  test("is removed where no row names it, and stays where one does, or where it is held again", async () => {
    const before = storeOfProcess();
    const [named, again] = [ANOTHER, new TextEncoder().encode("a picture")];
    await before.put({ bytes: new TextEncoder().encode("nobody's picture") });
    artifacts = before;
    await endedBefore(1, named);
    await before.put({ bytes: named });
    await before.put({ bytes: again });
    await lapseAllHolds(store.db);

    artifacts = storeOfProcess();
    const { hash } = await artifacts.put({ bytes: again });
    await new Housekeeping({ ...store, artifacts, retentionDays: null, onError: unforeseen }).tidy();
    expect(await files()).toBe(2);
    const held = await store.db.selectFrom("artifact_holds").select("hash").execute();
    expect(held).toEqual([{ hash }]);
    expect(Buffer.from(await artifacts.read(hash)).toString()).toBe("a picture");
  });
});

describe("answers that would be given again", () => {
  test("are forgotten after thirty days", async () => {
    const claim = (key: string, now: string) =>
      claimIdempotencyKey(store.db, { key, route: "POST /x" }, { hash: "h", now });
    await claim("old", "2026-10-22T12:00:00.000Z");
    await claim("new", "2026-10-24T12:00:00.000Z");
    await housekeeping({ retentionDays: null }).tidy();
    const left = await store.db.selectFrom("idempotency_keys").select("key").execute();
    expect(left).toEqual([{ key: "new" }]);
  });
});
