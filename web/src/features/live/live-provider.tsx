import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState, type ReactNode } from "react";
import { useLocation } from "wouter";
import { isFinal } from "../../../../src/workflow/statuses.ts";
import { queryKeys } from "../../api/queries.ts";
import type { Execution } from "../../api/types.ts";
import { useLanguage } from "../../language.ts";
import { applyEvents } from "./apply-events.ts";
import { EventConnection, type ConnectionState } from "./event-connection.ts";
import { LiveContext, LiveRunsContext } from "./live-context.ts";
import type { LiveEvent } from "./live-event.ts";
import { liveRunOf, tabStateOf, turnOf, withEvent, type LiveRun } from "./live-run.ts";
import { useNotifier } from "./use-notifier.ts";
import { useFavicon } from "./use-favicon.ts";
import { RUNS_KEY, useRunsUnderWay } from "./use-live-runs.ts";

/** Follows what is under way with one stream for the whole tab, and says how it goes wherever it is asked. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const language = useLanguage();
  const [location] = useLocation();
  const [connection, setConnection] = useState<ConnectionState>("live");
  const [shown, setShown] = useState<ReadonlySet<number>>(new Set());
  const [lastEnded, setEnded] = useState<{ run: LiveRun; location: string } | null>(null);
  const runs = useRunsUnderWay();
  const tell = useNotifier(shown);

  const [events] = useState(
    () =>
      new EventConnection({
        lastEventOf: (id) => client.getQueryData<Execution>(queryKeys.execution(id))?.last_event,
        onState: setConnection,
        onFailedAgain: () => void client.invalidateQueries({ queryKey: RUNS_KEY }),
      }),
  );
  useEffect(() => {
    events.deliverTo((heard) => {
      for (const turn of takeIn(client, heard)) {
        if (turn.kind === "ended") {
          setEnded({ run: turn.run, location });
        }
        tell(turn);
      }
    });
  }, [events, client, location, tell]);
  useEffect(() => events.start(), [events]);
  useEffect(() => {
    events.speak(language);
  }, [events, language]);

  const ids = runs.map(({ id }) => id).join(",");
  useEffect(() => {
    const releases = ids === "" ? [] : ids.split(",").map((id) => events.follow(Number(id)));
    return () => {
      for (const release of releases) release();
    };
  }, [events, ids]);

  // Whoever goes on to something else has seen that it ended.
  const ended = lastEnded?.location === location ? lastEnded.run : null;
  const follow = useCallback((id: number) => events.follow(id), [events]);
  const show = useCallback((id: number) => {
    setShown((known) => new Set([...known, id]));
    return () => {
      setShown((known) => new Set([...known].filter((other) => other !== id)));
    };
  }, []);
  const live = useMemo(() => ({ connection, follow, show }), [connection, follow, show]);
  const state = useMemo(
    () => ({ runs, shown, tab: tabStateOf(runs, { shown, ended }) }),
    [runs, shown, ended],
  );
  useFavicon(state.tab.kind);
  return (
    <LiveContext value={live}>
      <LiveRunsContext value={state}>{children}</LiveRunsContext>
    </LiveContext>
  );
}

interface Turn {
  kind: "ended" | "asks";
  run: LiveRun;
}

/** Takes events into what the page knows, and gives what a person wants to be told of. */
function takeIn(client: QueryClient, events: readonly LiveEvent[]): Turn[] {
  const before = new Map((client.getQueryData<LiveRun[]>(RUNS_KEY) ?? []).map((run) => [run.id, run]));
  for (const id of new Set(events.map(({ data }) => data.execution_id))) {
    const opened = client.getQueryData<Execution>(queryKeys.execution(id));
    if (!before.has(id) && opened !== undefined && !isFinal(opened.status)) {
      before.set(id, liveRunOf(opened));
    }
  }
  const after = new Map(before);
  for (const event of events) {
    const run = after.get(event.data.execution_id);
    if (run !== undefined) {
      after.set(run.id, withEvent(run, event));
    }
  }
  client.setQueryData<LiveRun[]>(RUNS_KEY, (known) =>
    known === undefined
      ? undefined
      : [...after.values()]
          .filter(({ status }) => !isFinal(status))
          .toSorted((one, other) => other.id - one.id),
  );
  applyEvents(client, events);
  return [...before.values()].flatMap((run): Turn[] => {
    const next = after.get(run.id) ?? run;
    const kind = turnOf(run, next);
    return kind === null ? [] : [{ kind, run: next }];
  });
}
