import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import type { Step } from "../../../src/workflow/definition.ts";
import type { Modality } from "../../../src/workflow/media.ts";
import { isFinal } from "../../../src/workflow/statuses.ts";
import { startedExecution } from "../features/execution/started-execution.ts";
import { newerOf } from "../features/execution/merge-events.ts";
import { settlingPollMs } from "../features/execution/settling.ts";
import { useLanguage } from "../language.ts";
import { callApi, callDelete } from "./client.ts";
import { postOnce } from "./post-once.ts";
import type {
  CostGrouping,
  CostReport,
  DecisionBody,
  Estimate,
  EstimateBody,
  ExecuteAnswer,
  ExecuteBody,
  Execution,
  ProviderList,
  Template,
  Workflow,
  WorkflowBody,
} from "./types.ts";

interface WorkflowPage {
  workflows: Workflow[];
  next_cursor: string | null;
}

/** The cache's names. What the server words in a language is kept per language. */
export const queryKeys = {
  templates: (language: string) => ["templates", language],
  providers: (language: string) => ["providers", language],
  estimate: (body: EstimateBody, language: string) => ["estimate", body, language],
  workflows: ["workflows"],
  workflow: (id: number) => ["workflow", id],
  executions: ["executions"],
  execution: (id: number) => ["execution", id],
  liveOutput: (id: number) => ["live-output", id],
  costs: (query: string, language: string) => ["costs", query, language],
};

export function useTemplates() {
  const language = useLanguage();
  return useQuery({
    queryKey: queryKeys.templates(language),
    queryFn: ({ signal }) => callApi<{ templates: Template[] }>("/templates", { language, signal }),
    select: (answer) => answer.templates,
    staleTime: 60_000,
  });
}

/** What a live run is likely to cost. The last answer stays until the next one is there. Null: nothing can be asked. */
export function useEstimate(body: EstimateBody | null) {
  const language = useLanguage();
  return useQuery({
    queryKey: queryKeys.estimate(body ?? {}, language),
    queryFn: ({ signal }) =>
      callApi<Estimate>("/estimate", { method: "POST", body: body ?? {}, language, signal }),
    enabled: body !== null,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });
}

export function useProviders() {
  const language = useLanguage();
  return useQuery({
    queryKey: queryKeys.providers(language),
    queryFn: ({ signal }) => callApi<ProviderList>("/providers", { language, signal }),
    staleTime: 60_000,
  });
}

export function useWorkflows() {
  const language = useLanguage();
  return useInfiniteQuery({
    queryKey: queryKeys.workflows,
    queryFn: ({ signal, pageParam }) =>
      callApi<WorkflowPage>(`/workflows?limit=12${cursorQuery(pageParam)}`, { language, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function useWorkflow(id: number | null) {
  const language = useLanguage();
  return useQuery({
    queryKey: queryKeys.workflow(id ?? 0),
    queryFn: ({ signal }) => callApi<Workflow>(`/workflows/${id}`, { language, signal }),
    enabled: id !== null,
  });
}

/**
 * @param pollMs how often to ask again while the execution is under way; false never asks again by itself, not even for
 * what a cancelled execution still has to pay.
 */
export function useExecution(id: number, pollMs: number | false) {
  const language = useLanguage();
  return useQuery({
    queryKey: queryKeys.execution(id),
    queryFn: async ({ client, queryKey, signal }) => {
      const answer = await callApi<Execution>(`/executions/${id}`, { language, signal });
      return newerOf(client.getQueryData<Execution>(queryKey), answer);
    },
    refetchInterval: ({ state: { data } }) => {
      const isEnded = data !== undefined && isFinal(data.status);
      return isEnded && pollMs !== false ? settlingPollMs(data, Date.now()) : pollMs;
    },
  });
}

/** What was spent in a period. The last answer stays until the next one is there. */
export function useCosts(
  period: { from: string; to: string },
  { by, split }: { by: CostGrouping; split?: CostGrouping },
) {
  const language = useLanguage();
  const query = new URLSearchParams({ ...period, by, ...(split !== undefined && { split }) }).toString();
  return useQuery({
    queryKey: queryKeys.costs(query, language),
    queryFn: ({ signal }) => callApi<CostReport>(`/costs?${query}`, { language, signal }),
    placeholderData: keepPreviousData,
  });
}

/** What is started, and what is known of it before the server tells more. */
export interface ExecuteOrder {
  request: ExecuteBody;
  title: string | null;
  steps: readonly Step[];
  modalityOf: (step: Step) => Modality | null;
}

export function useExecute() {
  const language = useLanguage();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ request }: ExecuteOrder) => postOnce<ExecuteAnswer>("/execute", request, language),
    onSuccess: (answer, order) => {
      client.setQueryData(
        queryKeys.execution(answer.execution_id),
        // A repeated request gets the first answer again, for an execution that may be known already.
        (known: Execution | undefined) => known ?? startedExecution({ answer, ...order }),
      );
      return client.invalidateQueries({ queryKey: queryKeys.executions });
    },
  });
}

export function useSaveWorkflow() {
  const language = useLanguage();
  const client = useQueryClient();
  return useMutation({
    /** Changes the workflow `id`, or saves a new one. */
    mutationFn: ({ id, body }: { id: number | null; body: WorkflowBody }) =>
      id === null
        ? callApi<Workflow>("/workflows", { method: "POST", body, language })
        : callApi<Workflow>(`/workflows/${id}`, { method: "PUT", body, language }),
    onSuccess: (workflow) => {
      client.setQueryData(queryKeys.workflow(workflow.id), workflow);
      return client.invalidateQueries({ queryKey: queryKeys.workflows });
    },
  });
}

export function useDeleteWorkflow() {
  const language = useLanguage();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => callDelete(`/workflows/${id}`, language),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.workflows }),
  });
}

export function useCancel(id: number) {
  const language = useLanguage();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => callApi<unknown>(`/executions/${id}/cancel`, { method: "POST", language }),
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.execution(id) }),
  });
}

export function useDecide(id: number) {
  const language = useLanguage();
  const client = useQueryClient();
  return useMutation({
    // An answer that buys a call again is not given twice because the network was cut.
    mutationFn: (body: DecisionBody) => postOnce<unknown>(`/executions/${id}/decision`, body, language),
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.execution(id) }),
  });
}

function cursorQuery(cursor: string | null): string {
  return cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
}
