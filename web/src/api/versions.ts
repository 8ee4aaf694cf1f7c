import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useLanguage } from "../language.ts";
import { callApi } from "./client.ts";
import { queryKeys } from "./queries.ts";
import type { Workflow, WorkflowVersion } from "./types.ts";

interface VersionPage {
  versions: WorkflowVersion[];
  next_cursor: string | null;
}

const keyOf = (workflowId: number) => ["versions", workflowId];

/** What a workflow was each time that it was saved, newest first. */
export function useVersions(workflowId: number) {
  const language = useLanguage();
  return useInfiniteQuery({
    queryKey: keyOf(workflowId),
    queryFn: ({ signal, pageParam }) => {
      const cursor = pageParam === null ? "" : `?cursor=${encodeURIComponent(pageParam)}`;
      return callApi<VersionPage>(`/workflows/${workflowId}/versions${cursor}`, { language, signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function useRestoreVersion(workflowId: number) {
  const language = useLanguage();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (version: number) =>
      callApi<Workflow>(`/workflows/${workflowId}/versions/${version}/restore`, { method: "POST", language }),
    onSuccess: (workflow) => {
      client.setQueryData(queryKeys.workflow(workflow.id), workflow);
      return Promise.all([
        client.invalidateQueries({ queryKey: keyOf(workflowId) }),
        client.invalidateQueries({ queryKey: queryKeys.workflows }),
      ]);
    },
  });
}
