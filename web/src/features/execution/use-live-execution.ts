import { useQuery } from "@tanstack/react-query";
import { isFinal } from "../../../../src/workflow/statuses.ts";
import { ApiProblem } from "../../api/client.ts";
import { queryKeys, useExecution } from "../../api/queries.ts";
import type { ConnectionState } from "../live/event-connection.ts";
import { useFollowing } from "../live/live-context.ts";
import { NO_OUTPUT, type LiveOutput } from "./merge-events.ts";

const POLL_MS: Record<ConnectionState, number> = { live: 20_000, lost: 2_000 };

/** An execution that follows what happens on the server, as events or, where these fail, by polling. */
export function useLiveExecution(id: number) {
  const { data: known, error } = useExecution(id, false);
  const isGone = error instanceof ApiProblem && error.status === 404;
  const isUnderWay = known !== undefined && !isFinal(known.status) && !isGone;
  const connection = useFollowing(id, isUnderWay);
  const query = useExecution(id, POLL_MS[connection]);
  const output = useQuery<LiveOutput>({
    queryKey: queryKeys.liveOutput(id),
    queryFn: () => NO_OUTPUT,
    initialData: NO_OUTPUT,
    enabled: false,
  });
  return { query, output: output.data, isBroken: isUnderWay && connection === "lost" };
}
