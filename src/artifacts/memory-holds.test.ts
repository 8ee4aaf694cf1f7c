import { describe, expect, test } from "vitest";
import { MemoryHolds } from "./memory-holds.ts";

const HASH = "ab".repeat(32);

describe("holds in memory", () => {
  test("let nobody remove content that a row names", async () => {
    const removed: string[] = [];
    const holds = new MemoryHolds({ isNamed: (hash) => Promise.resolve(hash === HASH) });
    for (const hash of [HASH, "cd".repeat(32)]) {
      await holds.unlessNeeded(hash, async () => {
        removed.push(hash);
        return Promise.resolve();
      });
    }
    expect(removed).toEqual(["cd".repeat(32)]);
  });

  test("wait for a removal that is under way, also for one that fails", async () => {
    const order: string[] = [];
    const going = Promise.withResolvers<void>();
    const holds = new MemoryHolds();
    const removal = holds
      .unlessNeeded(HASH, async () => {
        await going.promise;
        order.push("removed");
        throw new Error("no");
      })
      .catch(() => order.push("failed"));
    const holding = holds.hold(HASH).then(() => order.push("held"));
    going.resolve();
    await Promise.all([removal, holding]);
    expect(order).toEqual(expect.arrayContaining(["removed", "held", "failed"]));
    expect(order[0]).toBe("removed");
    await holds.unlessNeeded(HASH, () => Promise.resolve(void order.push("removed while it is held")));
    expect(order).toHaveLength(3);
  });

  test("are written down before their content is stored, until they are over", async () => {
    const written: string[] = [];
    const writeDown = (hash: string): Promise<() => void> => {
      written.push(hash);
      return Promise.resolve(() => void written.pop());
    };
    const holds = new MemoryHolds({ writeDown });
    await holds.hold(HASH);
    await holds.hold(HASH);
    expect(written).toEqual([HASH, HASH]);
    holds.release(HASH);
    expect(written).toEqual([HASH]);
    holds.release(HASH);
    holds.release(HASH);
    expect(written).toEqual([]);
  });

  test("that cannot be written down are none", async () => {
    const removed: string[] = [];
    const holds = new MemoryHolds({ writeDown: () => Promise.reject(new Error("the disk is full")) });
    await expect(holds.hold(HASH)).rejects.toThrow("the disk is full");
    await holds.unlessNeeded(HASH, () => Promise.resolve(void removed.push(HASH)));
    expect(removed).toEqual([HASH]);
  });

  test("put a removal off until the last of them is released, and then do what rows allow", async () => {
    const removed: string[] = [];
    const named = "cd".repeat(32);
    const holds = new MemoryHolds({ isNamed: (hash) => Promise.resolve(hash === named) });
    for (const hash of [HASH, named]) {
      await Promise.all([holds.hold(hash), holds.hold(hash)]);
      await holds.unlessNeeded(hash, () => Promise.resolve(void removed.push(hash)));
      holds.release(hash);
    }
    expect(removed).toEqual([]);
    holds.release(named);
    holds.release(HASH);
    await expect.poll(() => removed).toEqual([HASH]);
    // Done once: a later hold brings nothing of it back.
    await holds.hold(HASH);
    holds.release(HASH);
    await holds.hold(HASH);
    expect(removed).toEqual([HASH]);
  });
});
