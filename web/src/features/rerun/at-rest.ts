import { isFinal } from "../../../../src/workflow/statuses.ts";
import type { Execution } from "../../api/types.ts";

/** Whether an execution can be run again: nothing of it is under way, or will be by itself once a cap leaves room. */
export function isAtRest({ status, waiting_for }: Pick<Execution, "status" | "waiting_for">): boolean {
  return isFinal(status) || (status === "waiting" && waiting_for?.reason !== "cap");
}
