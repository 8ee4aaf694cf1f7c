import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useLanguage } from "../language.ts";
import { callApi } from "./client.ts";
import type { CapList, CapsBody } from "./types.ts";

/** The cache's name of the caps, whose workflows have names in the language of the page. */
const capsKey = (language: string) => ["caps", language];

/** The caps as they stand. Asked for again while the page is open: what runs changes them. */
export function useCaps() {
  const language = useLanguage();
  return useQuery({
    queryKey: capsKey(language),
    queryFn: ({ signal }) => callApi<CapList>("/caps", { language, signal }),
    refetchInterval: 5_000,
  });
}

export function useSetCaps() {
  const language = useLanguage();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: CapsBody) => callApi<CapList>("/caps", { method: "PUT", body, language }),
    onSuccess: (caps) => {
      client.setQueryData(capsKey(language), caps);
    },
  });
}
