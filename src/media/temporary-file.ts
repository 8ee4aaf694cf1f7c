import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Hands a new temporary path to `make`, and removes whatever is there when `make` fails or is aborted. On success the
 * file stays, for whoever takes it over.
 * @param extension without the dot.
 */
export async function makeTemporaryFile<Made>(
  extension: string,
  make: (path: string) => Promise<Made>,
): Promise<{ path: string; made: Made }> {
  const path = join(tmpdir(), `relais-${randomUUID()}.${extension}`);
  try {
    return { path, made: await make(path) };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}
