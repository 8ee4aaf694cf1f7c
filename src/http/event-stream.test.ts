import { describe, expect, test } from "vitest";
import { EventHub } from "../engine/events.ts";
import { eventStream, type EventStreamOptions, type OutgoingEvent } from "./event-stream.ts";

/** Rows as a store would give them, and a stream over them. */
function follow(options: Partial<EventStreamOptions> = {}, hub = new EventHub()) {
  const rows = new Map<number, OutgoingEvent[]>();
  const store = (executionId: number, event: Partial<OutgoingEvent> = {}): void => {
    const events = rows.get(executionId) ?? [];
    rows.set(executionId, events);
    events.push({
      number: events.length + 1,
      type: "execution",
      data: { of: executionId },
      isLast: false,
      ends: null,
      ...event,
    });
    hub.publishStored(executionId);
  };
  const stream = eventStream({
    hub,
    after: new Map([[1, 0]]),
    ended: new Set(),
    read: (executionId, afterNumber) =>
      Promise.resolve((rows.get(executionId) ?? []).filter(({ number }) => number > afterNumber)),
    writeId: (sent, executionId) => String(sent.get(executionId)),
    ...options,
  });
  return { hub, store, reader: stream.pipeThrough(new TextDecoderStream()).getReader() };
}

async function readUntil(reader: ReadableStreamDefaultReader<string>, text: string): Promise<string> {
  let seen = "";
  while (!seen.includes(text)) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`ended without ${text}: ${seen}`);
    seen += value;
  }
  return seen;
}

async function readAll(reader: ReadableStreamDefaultReader<string>): Promise<string> {
  let seen = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return seen;
    seen += value;
  }
}

function stepEvent(number: number, isLast: boolean): OutgoingEvent {
  return { number, type: "step", data: null, isLast, ends: null };
}

const LAST = { isLast: true };

describe("event stream", () => {
  test("replays stored events, follows new ones and ends after the last", async () => {
    const { store, reader, hub } = follow();
    store(1);
    expect(await readUntil(reader, "id: 1")).toContain('id: 1\nevent: execution\ndata: {"of":1}\n\n');
    store(1);
    store(1, LAST);
    const rest = await readAll(reader);
    expect(rest.match(/^id: .*$/gm)).toEqual(["id: 2", "id: 3"]);
    expect(hub.subscriberCount).toBe(0);
  });

  test("loses nothing that is stored while it reads", async () => {
    const rows: OutgoingEvent[] = [];
    const hub = new EventHub();
    const { reader } = follow(
      {
        read: async (_id, afterNumber) => {
          const found = rows.filter(({ number }) => number > afterNumber);
          if (rows.length < 3) {
            rows.push(stepEvent(rows.length + 1, rows.length === 2));
            hub.publishStored(1);
          }
          await Promise.resolve();
          return found;
        },
      },
      hub,
    );
    expect((await readAll(reader)).match(/^id: .*$/gm)).toEqual(["id: 1", "id: 2", "id: 3"]);
  });

  test("resumes after the last number heard", async () => {
    const { store, reader } = follow({ after: new Map([[1, 2]]) });
    store(1);
    store(1);
    store(1, LAST);
    expect((await readAll(reader)).match(/^id: .*$/gm)).toEqual(["id: 3"]);
  });

  test("ends for a listener that has heard everything of an ended execution", async () => {
    const { reader, hub } = follow({ ended: new Set([1]) });
    expect(await readAll(reader)).not.toContain("id:");
    expect(hub.subscriberCount).toBe(0);
  });

  test("follows several executions to the end of each", async () => {
    const { store, reader } = follow({
      after: new Map([
        [1, 0],
        [2, 0],
      ]),
      writeId: (sent) => [...sent].map(([id, number]) => `${id}:${number}`).join(","),
    });
    store(1, LAST);
    await readUntil(reader, "id: 1:1,2:0");
    store(2);
    store(2, LAST);
    expect((await readAll(reader)).match(/^id: .*$/gm)).toEqual(["id: 1:1,2:1", "id: 1:1,2:2"]);
  });

  test("sends text without an id, first what a late listener has missed", async () => {
    const hub = new EventHub();
    const text = (offset: number, added: string): void =>
      hub.publishLive({ type: "text", executionId: 1, stepNumber: 1, item: -1, offset, text: added });
    text(0, "Il était ");
    text(9, "une fois");
    const { reader, store } = follow({}, hub);
    const seen = await readUntil(reader, "event: text");
    expect(seen).toContain('{"execution_id":1,"step_number":1,"offset":0,"text":"Il était une fois"}');
    expect(seen).not.toContain("id:");
    store(1, LAST);
    await readAll(reader);
  });

  test("puts the text of one interval together and sends it once", async () => {
    const { reader, hub, store } = follow({ liveIntervalMs: 30 });
    const text = (offset: number): void =>
      hub.publishLive({
        type: "text",
        executionId: 1,
        stepNumber: 1,
        item: -1,
        offset,
        text: String(offset),
      });
    text(0);
    await readUntil(reader, "event: text");
    for (let offset = 1; offset < 10; offset++) text(offset);
    const next = await readUntil(reader, "event: text");
    expect(next).toContain('"offset":1,"text":"123456789"');
    expect(next.match(/event: text/g)).toHaveLength(1);
    store(1, LAST);
    await readAll(reader);
  });

  test("drops text that waits when its step has ended", async () => {
    const { reader, hub, store } = follow({ liveIntervalMs: 60_000 });
    const text = (offset: number): void =>
      hub.publishLive({ type: "text", executionId: 1, stepNumber: 1, item: -1, offset, text: "x" });
    text(0);
    await readUntil(reader, "event: text");
    text(1);
    store(1, { type: "step", ends: { stepNumber: 1, item: -1 } });
    store(1, LAST);
    expect(await readAll(reader)).not.toContain("event: text");
  });

  test("says that it is still there while nothing happens", async () => {
    const { reader, store } = follow({ heartbeatMs: 5 });
    await readUntil(reader, ": still here\n\n");
    store(1, LAST);
    expect(await readAll(reader)).toContain("id: 1");
  });

  test("leaves no listener when it is cancelled while it waits", async () => {
    const { reader, hub } = follow();
    await readUntil(reader, "retry:");
    const waiting = reader.read();
    expect(hub.subscriberCount).toBe(1);
    await reader.cancel();
    await waiting;
    expect(hub.subscriberCount).toBe(0);
  });

  test("ends when the server closes", async () => {
    const closing = new AbortController();
    const { reader, hub } = follow({ closing: closing.signal });
    await readUntil(reader, "retry:");
    const rest = readAll(reader);
    closing.abort();
    expect(await rest).toBe("");
    expect(hub.subscriberCount).toBe(0);
  });
});
