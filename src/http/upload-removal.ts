import type { ArtifactStore } from "../artifacts/store.ts";
import { deleteUploadsBefore } from "../db/artifact-store.ts";
import type { Db } from "../db/database.ts";

/** How long an uploaded file waits to be used. Whoever uses it makes a row of its own for it. */
const KEPT_MS = 24 * 60 * 60 * 1000;

/** Removes what was uploaded more than a day ago; what executions use stays. */
export async function removeOldUploads(db: Db, artifacts: ArtifactStore): Promise<void> {
  const before = new Date(Date.now() - KEPT_MS).toISOString();
  const hashes = await db.transaction().execute((trx) => deleteUploadsBefore(trx, before));
  for (const hash of hashes) await artifacts.remove(hash);
}
