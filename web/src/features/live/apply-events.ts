import { notifyManager, type QueryClient } from "@tanstack/react-query";
import { isFinal } from "../../../../src/workflow/statuses.ts";
import { queryKeys } from "../../api/queries.ts";
import type { Execution } from "../../api/types.ts";
import {
  mergeExecutionEvent,
  mergeProgressEvent,
  mergeStepEvent,
  mergeTextEvent,
  NO_OUTPUT,
  type LiveOutput,
} from "../execution/merge-events.ts";
import type { LiveEvent } from "./live-event.ts";

/** Merges events into what the page knows; the screen is drawn once for all of them. */
export function applyEvents(client: QueryClient, events: readonly LiveEvent[]): void {
  notifyManager.batch(() => {
    for (const [id, own] of Map.groupBy(events, ({ data }) => data.execution_id)) {
      client.setQueryData<Execution>(queryKeys.execution(id), (known) =>
        known === undefined ? undefined : own.reduce(withStored, known),
      );
      if (own.some(({ name }) => name === "text" || name === "progress")) {
        client.setQueryData<LiveOutput>(queryKeys.liveOutput(id), (known) =>
          own.reduce(withLive, known ?? NO_OUTPUT),
        );
      }
      if (own.some(isTurningPoint)) {
        // The whole of it once more: what the events do not carry, such as the price of a live run.
        void client.invalidateQueries({ queryKey: queryKeys.execution(id) });
        void client.invalidateQueries({ queryKey: queryKeys.executions });
      }
    }
  });
}

/** An event whose number is known already changes nothing. */
function withStored(known: Execution, { name, data, number }: LiveEvent): Execution {
  if (number <= known.last_event) {
    return known;
  }
  if (name === "execution") {
    return { ...mergeExecutionEvent(known, data), last_event: number };
  }
  return name === "step" ? { ...mergeStepEvent(known, data), last_event: number } : known;
}

function withLive(known: LiveOutput, { name, data }: LiveEvent): LiveOutput {
  if (name === "text") {
    return mergeTextEvent(known, data);
  }
  return name === "progress" ? mergeProgressEvent(known, data) : known;
}

function isTurningPoint({ name, data }: LiveEvent): boolean {
  return name === "execution" && (isFinal(data.status) || data.status === "waiting");
}
