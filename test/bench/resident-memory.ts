import { readFile } from "node:fs/promises";

/** From /proc, so on Linux only; elsewhere NaN, which the table shows as such. */
export async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return Number(kilobytes ?? Number.NaN) / 1024;
}
