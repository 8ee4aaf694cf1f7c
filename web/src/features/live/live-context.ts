import { createContext, useContext, useEffect } from "react";
import type { ConnectionState } from "./event-connection.ts";
import type { LiveRun, TabState } from "./live-run.ts";

/** How a part of the page hears of executions. Each function gives the one that ends what it began. */
export interface Live {
  connection: ConnectionState;
  follow: (id: number) => () => void;
  /** Says that an execution is on the screen. */
  show: (id: number) => () => void;
}

/** What runs, wherever it was started. */
export interface LiveRuns {
  runs: readonly LiveRun[];
  /** Ids of the executions on the screen. */
  shown: ReadonlySet<number>;
  tab: TabState;
}

const nothing = () => () => undefined;

export const LiveContext = createContext<Live>({ connection: "live", follow: nothing, show: nothing });
export const LiveRunsContext = createContext<LiveRuns>({
  runs: [],
  shown: new Set(),
  tab: { kind: "none" },
});

export function useLiveRuns(): LiveRuns {
  return useContext(LiveRunsContext);
}

/** Follows an execution that is on the screen. */
export function useFollowing(id: number, isUnderWay: boolean): ConnectionState {
  const { connection, follow, show } = useContext(LiveContext);
  useEffect(() => show(id), [show, id]);
  useEffect(() => (isUnderWay ? follow(id) : undefined), [follow, id, isUnderWay]);
  return connection;
}
