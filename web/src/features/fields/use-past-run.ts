import { useQuery } from "@tanstack/react-query";
import { isFinal } from "../../../../src/workflow/statuses.ts";
import { ApiProblem, callApi } from "../../api/client.ts";
import type { Execution, ExecutionSummary } from "../../api/types.ts";
import { queryKeys } from "../../api/queries.ts";
import { useLanguage } from "../../language.ts";
import { readStored, writeStored } from "../../storage.ts";
import type { PastRun } from "./past-values.ts";

/** How the executions of what is edited are found. */
export interface RunOrigin {
  /** Names the source in this browser, such as `blank`: changed steps run without the name of where they come from. */
  sourceKey: string;
  /** The template or saved workflow that it is; null where it is neither. */
  start: { template_id: string } | { workflow_id: number } | null;
}

const STORAGE_PREFIX = "relais.last-run.";

/** Keeps which execution was started last from a source. */
export function rememberRun(sourceKey: string, executionId: number): void {
  writeStored(STORAGE_PREFIX + sourceKey, String(executionId));
}

/** How often what still runs is looked at. */
const POLL_MS = 3_000;

/** The last execution of what is edited; undefined while that is not known, null where there is none. */
export function usePastRun({ sourceKey, start }: RunOrigin): PastRun | null | undefined {
  const language = useLanguage();
  const { data } = useQuery({
    // Under the executions: it is asked for again once another one has been started.
    queryKey: [...queryKeys.executions, "last", sourceKey, start],
    queryFn: async ({ signal }) => {
      const started = Math.max(
        Number(readStored(STORAGE_PREFIX + sourceKey) ?? 0),
        // What is edited may itself have been taken from an execution.
        Number(/^execution:(\d+)$/.exec(sourceKey)?.[1] ?? 0),
      );
      const completed = start === null ? 0 : await lastCompleted(start, { language, signal });
      if (started > completed) {
        const run = await runOrNull(started, { language, signal });
        if (run !== null) return run;
        writeStored(STORAGE_PREFIX + sourceKey, null);
      }
      return completed > 0 ? runOrNull(completed, { language, signal }) : null;
    },
    refetchInterval: ({ state }) => (state.data && !isFinal(state.data.status) ? POLL_MS : false),
    staleTime: 10_000,
    retry: false,
  });
  return data;
}

type Asked = Pick<Parameters<typeof callApi>[1], "language" | "signal">;

/** Null where it has been deleted since. */
async function runOrNull(id: number, asked: Asked): Promise<Execution | null> {
  try {
    return await callApi<Execution>(`/executions/${id}`, asked);
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}

async function lastCompleted(start: NonNullable<RunOrigin["start"]>, asked: Asked): Promise<number> {
  const [[name, value] = ["", ""]] = Object.entries(start);
  const query = new URLSearchParams({ status: "completed", limit: "1", [name]: String(value) });
  const { executions } = await callApi<{ executions: ExecutionSummary[] }>(`/executions?${query}`, asked);
  return executions[0]?.id ?? 0;
}
