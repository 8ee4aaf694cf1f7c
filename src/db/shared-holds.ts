import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { isArtifactNamed } from "./artifact-store.ts";
import type { Trx } from "./database.ts";
import { insertHold, takeHoldAway } from "./hold-store.ts";
import type { Writer } from "./writer.ts";

/**
 * Holds on stored content that all processes on one PostgreSQL database see. Holding and removing the same content take turns
 * under a lock of PostgreSQL, in transactions: either the removal sees the hold and lets be, or the content is stored after it.
 */
export class SharedHolds {
  readonly #writer: Writer;
  /** Ids of the holds of this process, by content. */
  readonly #held = new Map<string, string[]>();

  constructor(writer: Writer) {
    this.#writer = writer;
  }

  async hold(hash: string): Promise<void> {
    const id = randomUUID();
    await this.#writer.write(async (trx) => {
      await lockContent(trx, hash);
      await insertHold(trx, { id, hash });
    });
    this.#held.set(hash, [...(this.#held.get(hash) ?? []), id]);
  }

  release(hash: string): void {
    const [id, ...others] = this.#held.get(hash) ?? [];
    if (id === undefined) return;
    if (others.length > 0) this.#held.set(hash, others);
    else this.#held.delete(hash);
    void takeHoldAway(this.#writer, id);
  }

  async unlessNeeded(hash: string, remove: () => Promise<void>): Promise<void> {
    await this.#writer.write(async (trx) => {
      await lockContent(trx, hash);
      const hold = await trx
        .selectFrom("artifact_holds")
        .select("id")
        .where("hash", "=", hash)
        .where("held_until", ">=", new Date().toISOString())
        .limit(1)
        .executeTakeFirst();
      // In this order: a hold is given up after the row is there.
      if (hold || (await isArtifactNamed(trx, hash))) return;
      await remove();
    });
  }
}

/** Until the end of the transaction. Two contents that share a number wait for each other, which does no harm. */
async function lockContent(trx: Trx, hash: string): Promise<void> {
  const number = BigInt.asIntN(64, BigInt(`0x${hash.slice(0, 16)}`));
  await sql`select pg_advisory_xact_lock(${String(number)}::bigint)`.execute(trx);
}
