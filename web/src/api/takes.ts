import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useLanguage } from "../language.ts";
import { callApi } from "./client.ts";
import { postOnce } from "./post-once.ts";
import type { ComparableModels, CompareAnswer, CompareBody, Take, TakeList } from "./types.ts";

/** A place whose takes are meant. */
export interface TakePlace {
  executionId: number;
  stepNumber: number;
  /** One item of a step that maps over a list. */
  item?: number | undefined;
}

/** How often takes that are under way are looked at again. */
const POLL_MS = 2_000;

const keyOf = ({ executionId, stepNumber, item }: TakePlace) => [
  "takes",
  executionId,
  stepNumber,
  item ?? null,
];

/** What the family of an execution has made of a step, newest first, page by page. */
export function useTakes(place: TakePlace, { isWanted }: { isWanted: boolean }) {
  const language = useLanguage();
  const { executionId, stepNumber, item } = place;
  return useInfiniteQuery({
    queryKey: [...keyOf(place), language],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams();
      if (item !== undefined) query.set("item", String(item));
      if (pageParam !== null) query.set("cursor", pageParam);
      const path = `/executions/${executionId}/steps/${stepNumber}/takes?${query.toString()}`;
      return callApi<TakeList>(path, { language, signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    enabled: isWanted,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ takes }) => takes.some(isUnderWay)) === true ? POLL_MS : false,
  });
}

/** Whether it goes on by itself. */
function isUnderWay({ status, result }: Take): boolean {
  return result === null && (status === "pending" || status === "running");
}

/** The models that could make a step, with their prices. */
export function useComparableModels({ executionId, stepNumber }: TakePlace) {
  const language = useLanguage();
  return useQuery({
    queryKey: ["comparable-models", executionId, stepNumber, language],
    queryFn: ({ signal }) =>
      callApi<ComparableModels>(`/executions/${executionId}/steps/${stepNumber}/models`, {
        language,
        signal,
      }),
    staleTime: 60_000,
  });
}

/** Makes a step again with other models. */
export function useCompare(place: TakePlace) {
  const language = useLanguage();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: CompareBody) =>
      postOnce<CompareAnswer>(`/executions/${place.executionId}/compare`, body, language),
    onSuccess: () => client.invalidateQueries({ queryKey: keyOf(place) }),
  });
}
