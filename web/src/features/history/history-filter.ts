import { EXECUTION_STATUSES, type ExecutionStatus, type Mode } from "../../../../src/workflow/statuses.ts";

/** What the history is narrowed to. Empty texts and nulls: by nothing. */
export interface HistoryFilter {
  q: string;
  status: ExecutionStatus | null;
  mode: Mode | null;
  /** `workflow:7` or `template:creation-contenu`. */
  source: string | null;
  /** Days, YYYY-MM-DD. */
  from: string;
  to: string;
}

export const NO_FILTER: HistoryFilter = { q: "", status: null, mode: null, source: null, from: "", to: "" };

const MODES: readonly Mode[] = ["live", "rehearsal"];
const MAX_SEARCH = 200;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const WORKFLOW_ID = /^[1-9]\d{0,15}$/;

/** Reads the query of an address; what makes no sense there is left out. */
export function readHistoryFilter(query: URLSearchParams): HistoryFilter {
  const workflow = readWorkflowId(query);
  const template = query.get("template_id") ?? "";
  const ofTemplate = template === "" ? null : `template:${template.slice(0, 100)}`;
  return {
    q: (query.get("q") ?? "").slice(0, MAX_SEARCH),
    status: EXECUTION_STATUSES.find((status) => status === query.get("status")) ?? null,
    mode: MODES.find((mode) => mode === query.get("mode")) ?? null,
    source: workflow === null ? ofTemplate : `workflow:${workflow}`,
    ...readDays(query),
  };
}

/** The saved workflow that an address names; null where it names none. */
export function readWorkflowId(query: URLSearchParams): string | null {
  const id = query.get("workflow_id") ?? "";
  return WORKFLOW_ID.test(id) ? id : null;
}

/** Two days of an address; where the first comes after the second, both are left out. */
export function readDays(query: URLSearchParams): { from: string; to: string } {
  const [from = "", to = ""] = ["from", "to"].map((name) => {
    const day = query.get(name) ?? "";
    return DAY.test(day) && !Number.isNaN(Date.parse(day)) ? day : "";
  });
  return from !== "" && to !== "" && from > to ? { from: "", to: "" } : { from, to };
}

/** The filter as a query, of the address and of the API alike. */
export function writeHistoryFilter({ q, status, mode, source, from, to }: HistoryFilter): string {
  const [kind, id] = source?.split(/:(.*)/s) ?? [];
  return writeQuery({
    q: q.trim() === "" ? "" : q,
    status,
    mode,
    workflow_id: kind === "workflow" ? id : null,
    template_id: kind === "template" ? id : null,
    from,
    to,
  });
}

/** A query of the values that there are. */
export function writeQuery(values: Record<string, string | null | undefined>): string {
  const given = Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return new URLSearchParams(given).toString();
}

export function isFiltered(filter: HistoryFilter): boolean {
  return writeHistoryFilter(filter) !== "";
}
