import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { callApi } from "../../api/client.ts";
import { queryKeys } from "../../api/queries.ts";
import type { ExecutionSummary } from "../../api/types.ts";
import { useLanguage } from "../../language.ts";
import { AT_MOST, liveRunOf, type LiveRun } from "./live-run.ts";

export const RUNS_KEY = [...queryKeys.executions, "under-way"];
const UNDER_WAY = ["running", "waiting", "pending"];
/** Runs that another tab, the command line or another program has started are found so. */
const LOOK_AGAIN_MS = 60_000;

/** What the first screen asks for goes first. */
const FIRST_SCREEN_MS = 500;

/** The executions that are under way, newest first. Their events keep them up to date; see `LiveProvider`. */
export function useRunsUnderWay(): readonly LiveRun[] {
  const language = useLanguage();
  const isDrawn = useIsDrawn();
  const { data = [] } = useQuery({
    queryKey: RUNS_KEY,
    queryFn: async ({ client, signal }) => {
      const lists = await Promise.all(
        UNDER_WAY.map((status) =>
          callApi<{ executions: ExecutionSummary[] }>(`/executions?status=${status}&limit=${AT_MOST}`, {
            language,
            signal,
          }),
        ),
      );
      // One that moved on between two of the lists stands in both.
      const found = new Map(lists.flatMap(({ executions }) => executions.map((each) => [each.id, each])));
      const known = new Map((client.getQueryData<LiveRun[]>(RUNS_KEY) ?? []).map((run) => [run.id, run]));
      return [...found.values()]
        .toSorted((one, other) => other.id - one.id)
        .map((execution) => liveRunOf(execution, known.get(execution.id)));
    },
    enabled: isDrawn,
    refetchInterval: LOOK_AGAIN_MS,
  });
  return data;
}

function useIsDrawn(): boolean {
  const [isDrawn, setIsDrawn] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setIsDrawn(true);
    }, FIRST_SCREEN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return isDrawn;
}
