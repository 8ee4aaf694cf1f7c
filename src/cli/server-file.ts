import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

const serverSchema = z.object({ url: z.url(), pid: z.int().min(1) });

/** Where the server that owns a data folder answers. */
export type ServerFile = z.output<typeof serverSchema>;

function placeOf(dataFolder: string): string {
  return path.join(dataFolder, "server.json");
}

/** Says in the data folder where its server answers: its owner does, or whoever of those that share it was started last. */
export function writeServerFile(dataFolder: string, server: ServerFile): void {
  writeFileSync(placeOf(dataFolder), `${JSON.stringify(server)}\n`, { mode: 0o600 });
}

/** Null where there is none. One that a killed server left behind is only worth reading while the folder has an owner. */
export function readServerFile(dataFolder: string): ServerFile | null {
  try {
    return serverSchema.parse(JSON.parse(readFileSync(placeOf(dataFolder), "utf8")));
  } catch {
    return null;
  }
}

/** With `pid`, only where it is of that process: others may share the folder. */
export function removeServerFile(dataFolder: string, pid?: number): void {
  if (pid !== undefined && readServerFile(dataFolder)?.pid !== pid) return;
  rmSync(placeOf(dataFolder), { force: true });
}
