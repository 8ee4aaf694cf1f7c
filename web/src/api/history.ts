import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { isFinal } from "../../../src/workflow/statuses.ts";
import { isSettling } from "../features/execution/settling.ts";
import { mergeHead } from "../features/history/merge-head.ts";
import { useLanguage } from "../language.ts";
import { callApi, callDelete } from "./client.ts";
import { queryKeys } from "./queries.ts";
import type { ExecutionSummary } from "./types.ts";

interface ExecutionPage {
  executions: ExecutionSummary[];
  next_cursor: string | null;
}

const PAGE = 100;
const HEAD = 50;
/** How long what was scrolled through is kept for who comes back to it. */
const KEPT_MS = 30 * 60_000;
const DELETED_AT_ONCE = 4;

const historyKey = (filter: string) => ["history", filter];

/**
 * The history that passes a filter, as far as it was scrolled. What was read stays as it is; only its newest entries, where
 * something happens, are asked for again.
 * @param filter the query of the API.
 */
export function useHistory(filter: string) {
  const language = useLanguage();
  const client = useQueryClient();
  const list = useInfiniteQuery({
    queryKey: historyKey(filter),
    queryFn: ({ signal, pageParam }) =>
      callApi<ExecutionPage>(`/executions?${pageQuery(filter, PAGE, pageParam)}`, { language, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: KEPT_MS,
  });
  const head = useQuery({
    // Under the name that everything which changes executions makes stale.
    queryKey: [...queryKeys.executions, "head", filter],
    queryFn: ({ signal }) =>
      callApi<ExecutionPage>(`/executions?${pageQuery(filter, HEAD, null)}`, { language, signal }),
    enabled: list.isSuccess && !list.isPlaceholderData,
    refetchInterval: ({ state: { data } }) => {
      const executions = data?.executions ?? [];
      if (executions.some(({ status }) => !isFinal(status))) {
        return 3_000;
      }
      return executions.some(isSettling) ? 15_000 : false;
    },
  });
  const merged = useMemo(() => {
    const read = list.data?.pages.flatMap(({ executions }) => executions) ?? [];
    return mergeHead(read, head.data?.executions ?? null, head.data?.next_cursor === null);
  }, [list.data, head.data]);
  useEffect(() => {
    if (merged.hasGap) {
      void client.resetQueries({ queryKey: historyKey(filter) });
    }
  }, [client, filter, merged.hasGap]);
  return { list, executions: merged.executions };
}

export interface Removal {
  removed: number;
  /** What the first refusal said; null where all were removed. */
  problem: Error | null;
}

/** Removes executions, a few at a time; one that is refused keeps no other from being removed. */
export function useDeleteExecutions() {
  const language = useLanguage();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (ids: readonly number[]): Promise<Removal> => {
      const waiting = [...ids];
      let removed = 0;
      let problem: Error | null = null;
      const work = async () => {
        for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
          try {
            await callDelete(`/executions/${id}`, language);
            removed += 1;
          } catch (error) {
            problem ??= error instanceof Error ? error : new Error(String(error));
          }
        }
      };
      await Promise.all(Array.from({ length: DELETED_AT_ONCE }, work));
      return { removed, problem };
    },
    onSettled: async () => {
      await client.resetQueries({ queryKey: ["history"] });
      await client.invalidateQueries({ queryKey: queryKeys.executions });
    },
  });
}

/** The newest result of a saved workflow that is to be seen, as an execution of the history; null where there is none. */
export function useLastResult(workflowId: number) {
  const language = useLanguage();
  return useQuery({
    queryKey: [...queryKeys.executions, "last", workflowId],
    queryFn: ({ signal }) =>
      callApi<ExecutionPage>(`/executions?limit=1&status=completed&workflow_id=${workflowId}`, {
        language,
        signal,
      }),
    select: (page) => page.executions[0] ?? null,
    staleTime: 60_000,
  });
}

function pageQuery(filter: string, limit: number, cursor: string | null): string {
  const query = new URLSearchParams(filter);
  query.set("limit", String(limit));
  if (cursor !== null) {
    query.set("cursor", cursor);
  }
  return query.toString();
}
