import type { ExecutionSummary } from "../../api/types.ts";

/**
 * What was read of a list, newest first, with its newest entries as they are now: `head`, null where they were not asked for
 * again. `hasGap`: so many are new that some between them and the rest are missing.
 */
export function mergeHead<Entry extends Pick<ExecutionSummary, "id">>(
  read: readonly Entry[],
  head: readonly Entry[] | null,
  isWhole: boolean,
): { executions: readonly Entry[]; hasGap: boolean } {
  if (head === null) {
    return { executions: read, hasGap: false };
  }
  const oldest = head.at(-1)?.id;
  if (isWhole || oldest === undefined) {
    return { executions: head, hasGap: false };
  }
  const rest = read.filter(({ id }) => id < oldest);
  const newest = read[0]?.id;
  return { executions: [...head, ...rest], hasGap: newest !== undefined && newest < oldest };
}
