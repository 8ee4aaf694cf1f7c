import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { isFinal } from "../../../../src/workflow/statuses.ts";
import { API } from "../../api/client.ts";
import { queryKeys, useExecution } from "../../api/queries.ts";
import type { Execution, ExecutionEvent, ProgressEvent, StepEvent, TextEvent } from "../../api/types.ts";
import { useLanguage } from "../../language.ts";
import {
  mergeExecutionEvent,
  mergeProgressEvent,
  mergeStepEvent,
  mergeTextEvent,
  NO_OUTPUT,
  type LiveOutput,
} from "./merge-events.ts";

/** `live`: events come; `broken`: they do not, so the page asks again and again until they do. */
type Connection = "live" | "broken";

/** What the server sends, by the name of the event. */
interface LiveEvents {
  execution: ExecutionEvent;
  step: StepEvent;
  text: TextEvent;
  progress: ProgressEvent;
}

const POLL_MS: Record<Connection, number> = { live: 20_000, broken: 2_000 };

/** An execution that follows what happens on the server, as events or, where these fail, by polling. */
export function useLiveExecution(id: number) {
  const client = useQueryClient();
  const language = useLanguage();
  const [connection, setConnection] = useState<Connection>("live");
  const query = useExecution(id, POLL_MS[connection]);
  const output = useQuery<LiveOutput>({
    queryKey: queryKeys.liveOutput(id),
    queryFn: () => NO_OUTPUT,
    initialData: NO_OUTPUT,
    enabled: false,
  });

  const isUnderWay = query.data !== undefined && !isFinal(query.data.status);
  useEffect(() => {
    if (!isUnderWay) {
      return undefined;
    }
    const source = new EventSource(`${API}/executions/${id}/events?lang=${language}`);
    source.addEventListener("open", () => {
      setConnection("live");
    });
    source.addEventListener("error", () => {
      setConnection("broken");
    });
    mergeInto(client, id, source);
    return () => {
      source.close();
    };
  }, [client, id, isUnderWay, language]);

  return { query, output: output.data, isBroken: isUnderWay && connection === "broken" };
}

/** Merges the events of a source into the cache, until the source is closed. */
function mergeInto(client: QueryClient, id: number, source: EventSource): void {
  const change = (number: number, merge: (execution: Execution) => Execution) => {
    client.setQueryData<Execution>(queryKeys.execution(id), (known) =>
      known === undefined || known.last_event >= number ? known : { ...merge(known), last_event: number },
    );
  };
  const write = (merge: (output: LiveOutput) => LiveOutput) => {
    client.setQueryData<LiveOutput>(queryKeys.liveOutput(id), (known) => merge(known ?? NO_OUTPUT));
  };
  const on = <Name extends keyof LiveEvents>(
    name: Name,
    handle: (data: LiveEvents[Name], number: number) => void,
  ) => {
    source.addEventListener(name, (event: MessageEvent<string>) => {
      handle(JSON.parse(event.data), Number(event.lastEventId));
    });
  };
  on("execution", (event, number) => {
    change(number, (execution) => mergeExecutionEvent(execution, event));
    if (isFinal(event.status) || event.status === "waiting") {
      // The whole of it once more: what the events do not carry, such as the price of a live run.
      void client.invalidateQueries({ queryKey: queryKeys.execution(id) });
      void client.invalidateQueries({ queryKey: queryKeys.executions });
    }
  });
  on("step", (event, number) => {
    change(number, (execution) => mergeStepEvent(execution, event));
  });
  on("text", (event) => {
    write((output) => mergeTextEvent(output, event));
  });
  on("progress", (event) => {
    write((output) => mergeProgressEvent(output, event));
  });
}
