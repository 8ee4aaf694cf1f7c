import { randomUUID } from "node:crypto";
import type { Selectable } from "kysely";
import { mediumOfType } from "../workflow/media.ts";
import type { Db, Trx } from "./database.ts";
import type { ArtifactTable } from "./schema.ts";
import type { StoredFile } from "./stored-values.ts";

/** The row of a stored file. `id` is what the API hands out, `hash` (SHA-256, hex) is where the content lies. */
export interface ArtifactRow {
  id: string;
  hash: string;
  mediaType: string;
  bytes: number;
  width: number | null;
  height: number | null;
  durationSeconds: number | null;
  executionId: number | null;
  stepNumber: number | null;
  item: number | null;
  createdAt: string;
}

export function toArtifact(row: Selectable<ArtifactTable>): ArtifactRow {
  return {
    id: row.id,
    hash: row.hash,
    mediaType: row.media_type,
    bytes: row.bytes,
    width: row.width,
    height: row.height,
    durationSeconds: row.duration_seconds,
    executionId: row.execution_id,
    stepNumber: row.step_number,
    item: row.item,
    createdAt: row.created_at,
  };
}

/** A stored file as steps hand it on. */
export function fileOf({ id, hash, bytes, mediaType, ...row }: ArtifactRow): StoredFile {
  return {
    artifactId: id,
    hash,
    bytes,
    mediaType,
    medium: mediumOfType(mediaType),
    ...(row.width !== null && { width: row.width }),
    ...(row.height !== null && { height: row.height }),
    ...(row.durationSeconds !== null && { durationSeconds: row.durationSeconds }),
  };
}

export async function insertArtifact(trx: Trx, artifact: ArtifactRow): Promise<void> {
  await trx
    .insertInto("artifacts")
    .values({
      id: artifact.id,
      hash: artifact.hash,
      media_type: artifact.mediaType,
      bytes: artifact.bytes,
      width: artifact.width,
      height: artifact.height,
      duration_seconds: artifact.durationSeconds,
      execution_id: artifact.executionId,
      step_number: artifact.stepNumber,
      item: artifact.item,
      created_at: artifact.createdAt,
    })
    .execute();
}

export async function getArtifact(db: Db, id: string): Promise<ArtifactRow | undefined> {
  const row = await db.selectFrom("artifacts").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toArtifact(row);
}

/** Whether any row names this content. */
export async function isArtifactNamed(db: Db, hash: string): Promise<boolean> {
  const row = await db
    .selectFrom("artifacts")
    .select("id")
    .where("hash", "=", hash)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Takes the artifacts of an execution away and returns the hashes that nothing refers to any more. */
export async function deleteArtifactsOf(trx: Trx, executionId: number): Promise<string[]> {
  const rows = await trx
    .deleteFrom("artifacts")
    .where("execution_id", "=", executionId)
    .returning("hash")
    .execute();
  return await unreferenced(
    trx,
    rows.map(({ hash }) => hash),
  );
}

/** Takes away what was uploaded before a time and belongs to no execution; returns the hashes that nothing refers to any more. */
export async function deleteUploadsBefore(trx: Trx, time: string): Promise<string[]> {
  const rows = await trx
    .deleteFrom("artifacts")
    .where("execution_id", "is", null)
    .where("created_at", "<", time)
    .returning("hash")
    .execute();
  return await unreferenced(
    trx,
    rows.map(({ hash }) => hash),
  );
}

/**
 * Takes one uploaded file away that belongs to no execution; null where there is none of this id. `hashes`: what nothing refers
 * to any more.
 */
export async function deleteUpload(trx: Trx, id: string): Promise<{ hashes: string[] } | null> {
  const row = await trx
    .deleteFrom("artifacts")
    .where("id", "=", id)
    .where("execution_id", "is", null)
    .returning("hash")
    .executeTakeFirst();
  return row ? { hashes: await unreferenced(trx, [row.hash]) } : null;
}

/** Those of these hashes to which no row refers. */
async function unreferenced(trx: Trx, removed: string[]): Promise<string[]> {
  const hashes = [...new Set(removed)];
  if (hashes.length === 0) return [];
  const kept = await trx
    .selectFrom("artifacts")
    .select("hash")
    .distinct()
    .where("hash", "in", hashes)
    .execute();
  const keptHashes = new Set(kept.map(({ hash }) => hash));
  return hashes.filter((hash) => !keptHashes.has(hash));
}

/**
 * Makes a row of its own for a stored file that another row refers to already; null where that row is gone. Holds the
 * other row until the transaction ends, so that whoever removes it sees the new one and keeps the content.
 */
export async function copyArtifact(
  trx: Trx,
  sourceId: string,
  copy: Pick<ArtifactRow, "executionId" | "stepNumber" | "item" | "createdAt">,
): Promise<ArtifactRow | null> {
  const source = await trx
    .updateTable("artifacts")
    .set((eb) => ({ hash: eb.ref("hash") }))
    .where("id", "=", sourceId)
    .returningAll()
    .executeTakeFirst();
  if (!source) return null;
  const artifact: ArtifactRow = { ...toArtifact(source), ...copy, id: randomUUID() };
  await insertArtifact(trx, artifact);
  return artifact;
}
