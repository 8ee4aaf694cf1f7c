import type { ExecutionSummary } from "../../api/types.ts";

/** What both forms of the history show, the table and the cards. */
export interface ExecutionListProps {
  executions: readonly ExecutionSummary[];
  /** Null: nothing can be selected at present. */
  selected: ReadonlySet<number> | null;
  onSelect: (id: number, isRange: boolean) => void;
  onSelectAll: () => void;
  onDelete: (execution: ExecutionSummary) => void;
  onRerun: (execution: ExecutionSummary) => void;
}
