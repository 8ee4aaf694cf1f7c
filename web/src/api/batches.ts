import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useLanguage } from "../language.ts";
import { callApi } from "./client.ts";
import { postOnce } from "./post-once.ts";
import { queryKeys } from "./queries.ts";
import type {
  BatchAnswer,
  BatchBody,
  BatchDetail,
  BatchEstimate,
  BatchEstimateBody,
  BatchList,
  BatchRerunAnswer,
  BatchState,
} from "./types.ts";

const BATCHES = ["batches"];

function batchKey(id: number) {
  return ["batch", id];
}

/** What a live run of all rows is likely to cost. The last answer stays until the next one is there. */
export function useBatchEstimate(body: BatchEstimateBody | null) {
  const language = useLanguage();
  return useQuery({
    queryKey: ["batch-estimate", body, language],
    queryFn: ({ signal }) =>
      callApi<BatchEstimate>("/batches/estimate", { method: "POST", body, language, signal }),
    enabled: body !== null,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    // A thousand topics are a large key to keep.
    gcTime: 10_000,
    retry: false,
  });
}

export function useCreateBatch() {
  const language = useLanguage();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: BatchBody) => postOnce<BatchAnswer>("/batches", body, language),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: BATCHES });
      void client.invalidateQueries({ queryKey: queryKeys.executions });
    },
  });
}

/** The newest batches. */
export function useBatches() {
  const language = useLanguage();
  return useQuery({
    queryKey: BATCHES,
    queryFn: ({ signal }) => callApi<BatchList>("/batches?limit=20", { language, signal }),
    select: ({ batches }) => batches,
  });
}

/** What a batch is, and how it stood when it was asked for; what happens then comes as events. */
export function useBatch(id: number) {
  const language = useLanguage();
  return useQuery({
    queryKey: batchKey(id),
    queryFn: ({ signal }) => callApi<BatchDetail>(`/batches/${id}?limit=1`, { language, signal }),
  });
}

export function useCancelBatch(id: number) {
  const language = useLanguage();
  return useMutation({
    mutationFn: () => callApi<unknown>(`/batches/${id}/cancel`, { method: "POST", language }),
  });
}

export function useSetBatchCap(id: number) {
  const language = useLanguage();
  return useMutation({
    mutationFn: (capUsd: number | null) =>
      callApi<BatchState>(`/batches/${id}/cap`, { method: "POST", body: { cap_usd: capUsd }, language }),
  });
}

/** Runs rows again; all that failed where none are named. */
export function useRerunBatch(id: number) {
  const language = useLanguage();
  return useMutation({
    mutationFn: (rows: number[] | null) =>
      postOnce<BatchRerunAnswer>(`/batches/${id}/rerun`, rows === null ? {} : { rows }, language),
  });
}
