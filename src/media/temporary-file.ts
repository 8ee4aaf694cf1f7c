import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * Hands a new temporary path to `make`, and removes whatever is there when `make` fails or is aborted. On success the
 * file stays, for whoever takes it over.
 * @param place.folder is made where it is not there; the folder of files under way is emptied at the start, so that what a
 * killed process left does not stay.
 * @param place.extension without the dot.
 */
export async function makeTemporaryFile<Made>(
  { folder, extension }: { folder: string; extension: string },
  make: (path: string) => Promise<Made>,
): Promise<{ path: string; made: Made }> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `relais-${randomUUID()}.${extension}`);
  try {
    return { path, made: await make(path) };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}
