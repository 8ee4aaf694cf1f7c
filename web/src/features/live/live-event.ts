import type { ExecutionEvent, ProgressEvent, StepEvent, TextEvent } from "../../api/types.ts";

/** What the server sends, by the name of the event. */
interface EventData {
  execution: ExecutionEvent;
  step: StepEvent;
  text: TextEvent;
  progress: ProgressEvent;
}

/** An event as it came. `number` is 0 for text and progress, which are not numbered. */
export type LiveEvent = {
  [Name in keyof EventData]: { name: Name; data: EventData[Name]; number: number };
}[keyof EventData];

export const EVENT_NAMES = ["execution", "step", "text", "progress"] as const satisfies LiveEvent["name"][];

/** Reads an event as the browser gives it. */
export function readEvent(name: LiveEvent["name"], text: string, lastEventId: string): LiveEvent {
  switch (name) {
    case "execution":
    case "step": {
      const data = JSON.parse(text);
      return { name, data, number: readHeard(lastEventId).get(data.execution_id) ?? 0 };
    }
    case "text":
      return { name, data: JSON.parse(text), number: 0 };
    case "progress":
    default:
      return { name, data: JSON.parse(text), number: 0 };
  }
}

/** Reads `1:5,2:7`, the id of an event of a stream of several executions: how far each has been heard. */
export function readHeard(text: string): Map<number, number> {
  return new Map(
    text
      .split(",")
      .filter((part) => /^\d+:\d+$/.test(part))
      .map((part) => {
        const [id, number] = part.split(":");
        return [Number(id), Number(number)];
      }),
  );
}

/** Writes what `readHeard` reads; what nothing was heard of is left out. */
export function writeHeard(heard: Iterable<readonly [number, number]>): string {
  return [...heard]
    .filter(([, number]) => number > 0)
    .map(([id, number]) => `${id}:${number}`)
    .join(",");
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/**
 * How long to wait before the next try, after so many in a row that failed: twice as long each time, and spread, so that
 * all pages of a server that starts again do not come in the same moment.
 * @param spread between 0 and 1, chosen at random.
 */
export function waitBeforeTryMs(failures: number, spread: number): number {
  const whole = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, failures - 1));
  return Math.round(whole * (0.5 + spread / 2));
}
