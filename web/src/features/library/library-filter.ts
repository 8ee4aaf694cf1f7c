import { ARTIFACT_KINDS, type ArtifactKind } from "../../../../src/workflow/media.ts";
import { readDays, readWorkflowId, writeQuery } from "../history/history-filter.ts";

/** What the library is narrowed to. Empty texts and nulls: by nothing. */
export interface LibraryFilter {
  q: string;
  kind: ArtifactKind | null;
  /** Only what was uploaded. */
  isUpload: boolean;
  /** Id of a saved workflow. */
  workflowId: string | null;
  from: string;
  to: string;
}

export const WHOLE_LIBRARY: LibraryFilter = {
  q: "",
  kind: null,
  isUpload: false,
  workflowId: null,
  from: "",
  to: "",
};

const MAX_SEARCH = 200;

/** Reads the query of an address; what makes no sense there is left out. */
export function readLibraryFilter(query: URLSearchParams): LibraryFilter {
  return {
    q: (query.get("q") ?? "").slice(0, MAX_SEARCH),
    kind: ARTIFACT_KINDS.find((kind) => kind === query.get("kind")) ?? null,
    isUpload: query.get("uploads") === "1",
    workflowId: readWorkflowId(query),
    ...readDays(query),
  };
}

/** The filter as a query, of the address and of the API alike. */
export function writeLibraryFilter({ q, kind, isUpload, workflowId, from, to }: LibraryFilter): string {
  return writeQuery({
    q: q.trim() === "" ? "" : q,
    kind,
    uploads: isUpload ? "1" : null,
    workflow_id: workflowId,
    from,
    to,
  });
}
