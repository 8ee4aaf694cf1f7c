import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useLanguage } from "../language.ts";
import { callApi, callDelete } from "./client.ts";
import type { ArtifactList } from "./types.ts";

const PAGE = 60;
const KEPT_MS = 30 * 60_000;
const LIBRARY = ["library"];

/** The stored files that pass a filter, newest first. @param filter the query of the API. */
export function useLibrary(filter: string) {
  const language = useLanguage();
  return useInfiniteQuery({
    queryKey: [...LIBRARY, filter],
    queryFn: ({ signal, pageParam }) => {
      const query = new URLSearchParams(filter);
      query.set("limit", String(PAGE));
      if (pageParam !== null) {
        query.set("cursor", pageParam);
      }
      return callApi<ArtifactList>(`/artifacts?${query}`, { language, signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    // Long lists are not read anew for whoever comes back to them soon.
    staleTime: 15_000,
    gcTime: KEPT_MS,
  });
}

export function useDeleteUpload() {
  const language = useLanguage();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => callDelete(`/artifacts/${id}`, language),
    onSuccess: () => client.invalidateQueries({ queryKey: LIBRARY }),
  });
}
