import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useLanguage } from "../language.ts";
import { callApi, callDelete, sendApi } from "./client.ts";
import type { About, KeyTest } from "./types.ts";

/** Stores a key. Whatever the page knows may hang on it, so all of it is asked for again. */
export function useStoreKey(variable: string) {
  const language = useLanguage();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (value: string) => sendApi(`/keys/${variable}`, { method: "PUT", body: { value }, language }),
    // The key is forgotten with the request.
    gcTime: 0,
    onSuccess: () => client.invalidateQueries(),
  });
}

export function useRemoveKey(variable: string) {
  const language = useLanguage();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => callDelete(`/keys/${variable}`, language),
    onSuccess: () => client.invalidateQueries(),
  });
}

/** Asks the vendor something that costs nothing. */
export function useTestKey(providerId: string) {
  const language = useLanguage();
  return useMutation({
    mutationFn: () => callApi<KeyTest>(`/providers/${providerId}/test`, { method: "POST", language }),
  });
}

export function useAbout() {
  const language = useLanguage();
  return useQuery({
    queryKey: ["about"],
    queryFn: ({ signal }) => callApi<About>("/about", { language, signal }),
    staleTime: Infinity,
  });
}
