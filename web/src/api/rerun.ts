import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useLanguage } from "../language.ts";
import { callApi } from "./client.ts";
import { postOnce } from "./post-once.ts";
import { queryKeys } from "./queries.ts";
import type { RerunAnswer, RerunBody, RerunEstimate, Upload } from "./types.ts";

/** What running an execution again would keep and buy. The last answer stays until the next one is there. */
export function useRerunEstimate(id: number, body: RerunBody) {
  const language = useLanguage();
  return useQuery({
    queryKey: ["rerun-estimate", id, body, language],
    queryFn: ({ signal }) =>
      callApi<RerunEstimate>(`/executions/${id}/rerun/estimate`, { method: "POST", body, language, signal }),
    placeholderData: keepPreviousData,
    retry: false,
  });
}

export function useRerun(id: number) {
  const language = useLanguage();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: RerunBody) => postOnce<RerunAnswer>(`/executions/${id}/rerun`, body, language),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.executions }),
  });
}

/** Stores a file of this machine. */
export function useUpload() {
  const language = useLanguage();
  return useMutation({
    mutationFn: async (file: File) => {
      const form = new FormData();
      form.append("file", file);
      const { artifacts } = await callApi<Upload>("/artifacts", { method: "POST", body: form, language });
      return artifacts[0];
    },
  });
}
