import type { Db, Trx } from "./database.ts";

/** A key of a provider as it is kept: nobody reads it without the secret it was sealed with. */
export interface StoredKey {
  /** The environment variable whose place it takes. */
  variable: string;
  sealed: string;
  salt: string;
  /** Which secret it was sealed with. */
  secretId: string;
  updatedAt: string;
}

export async function listProviderKeys(db: Db): Promise<StoredKey[]> {
  return await db
    .selectFrom("provider_keys")
    .select(["variable", "sealed", "salt", "secret_id as secretId", "updated_at as updatedAt"])
    .orderBy("variable")
    .execute();
}

/** Keeps a key in place of the one before. */
export async function storeProviderKey(trx: Trx, key: StoredKey): Promise<void> {
  const { variable, sealed, salt, secretId, updatedAt } = key;
  const values = { sealed, salt, secret_id: secretId, updated_at: updatedAt };
  await trx
    .insertInto("provider_keys")
    .values({ variable, ...values })
    .onConflict((conflict) => conflict.column("variable").doUpdateSet(values))
    .execute();
}

/** Keeps the same key sealed with another secret; nothing, where it was changed in between. */
export async function resealProviderKey(trx: Trx, key: StoredKey, before: StoredKey): Promise<void> {
  await trx
    .updateTable("provider_keys")
    .set({ sealed: key.sealed, salt: key.salt, secret_id: key.secretId })
    .where("variable", "=", before.variable)
    .where("sealed", "=", before.sealed)
    .execute();
}

export async function removeProviderKey(trx: Trx, variable: string): Promise<void> {
  await trx.deleteFrom("provider_keys").where("variable", "=", variable).execute();
}
