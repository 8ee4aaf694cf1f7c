import { readdirSync, readFileSync } from "node:fs";

/** What Linux counts processor time in. */
const TICK_MS = 10;

interface Usage {
  parent: number;
  ownMs: number;
  /** Of children that have ended. */
  endedMs: number;
}

/** How long processors worked for a process, in milliseconds; with `withChildren` for those that it started too. NaN where `/proc` is not. */
export function processorTimeMs(pid: number, options: { withChildren: boolean }): number {
  const usage = usageOf(pid);
  if (!usage) return Number.NaN;
  if (!options.withChildren) return usage.ownMs;
  let sum = usage.ownMs + usage.endedMs;
  for (const entry of readdirSync("/proc")) {
    const child = /^\d+$/.test(entry) ? usageOf(Number(entry)) : null;
    if (child?.parent === pid) sum += child.ownMs;
  }
  return sum;
}

/** The parent of a process; 0 where it is not known. */
export function parentOf(pid: number): number {
  return usageOf(pid)?.parent ?? 0;
}

/** From `/proc/PID/stat`, as proc(5) describes it. */
function usageOf(pid: number): Usage | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return null;
  }
  // The name, in brackets, may hold anything.
  const fields = text
    .slice(text.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  const [parent = 0, user = 0, system = 0, endedUser = 0, endedSystem = 0] = [1, 11, 12, 13, 14].map(
    (index) => fields[index],
  );
  return { parent, ownMs: (user + system) * TICK_MS, endedMs: (endedUser + endedSystem) * TICK_MS };
}
