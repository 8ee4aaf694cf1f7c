import { isFinal } from "../../../../src/workflow/statuses.ts";
import type { StepData } from "../../api/types.ts";
import { liveKey, type LiveOutput } from "./merge-events.ts";

/** How far a step is, by its own word or by its items, those under way in part; undefined where nothing says so. */
export function fractionOf(step: StepData, { fractions }: LiveOutput): number | undefined {
  if (step.items === null || step.items_total === null || step.items_total === 0) {
    return fractions[step.step_number];
  }
  const parts = step.items.map(({ item, status }) => {
    if (isFinal(status)) return 1;
    return status === "running" ? (fractions[liveKey({ step_number: step.step_number, item })] ?? 0) : 0;
  });
  return parts.reduce((sum: number, part) => sum + part, 0) / step.items_total;
}
