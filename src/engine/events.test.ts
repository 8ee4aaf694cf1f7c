import { describe, expect, test } from "vitest";
import { EventHub, type HubEvent, type LiveEvent } from "./events.ts";

const written = (offset: number, text: string): LiveEvent => ({
  type: "text",
  executionId: 1,
  stepNumber: 1,
  item: -1,
  offset,
  text,
});

function two(): { here: EventHub; there: EventHub } {
  const there = new EventHub();
  return { here: new EventHub((event) => there.receive(event)), there };
}

describe("the hubs of two processes", () => {
  test("tell the same, and what came from another process is not told again", () => {
    const told: HubEvent[] = [];
    const heard: HubEvent[] = [];
    const hub = new EventHub((event) => event.type === "stored" && told.push(event));
    hub.subscribe(1, (event) => heard.push(event));
    hub.receive({ type: "stored", executionId: 1 });
    hub.publishStored(1);
    expect(heard).toHaveLength(2);
    expect(told).toHaveLength(1);
  });

  test("hold the same text so far, until it is cleared", () => {
    const { here, there } = two();
    here.publishLive(written(0, "one "));
    here.publishLive(written(4, "two"));
    expect(there.current(1)).toEqual([written(0, "one two")]);
    expect(there.current(1)).toEqual(here.current(1));
    here.clearLive(1, 1, -1);
    expect(there.current(1)).toEqual([]);
  });

  test("forget what a process had written that is no more", () => {
    const { here, there } = two();
    there.receive(written(0, "by a dead worker"));
    here.forgetLive(1);
    expect(there.current(1)).toEqual([]);
  });
});

describe("a hub that has not heard a text from its start", () => {
  test("holds what it has heard, from there", () => {
    const hub = new EventHub();
    hub.receive(written(10, "later "));
    hub.receive(written(16, "on"));
    expect(hub.current(1)).toEqual([written(10, "later on")]);
  });

  test("puts no pieces together between which some are missing", () => {
    const hub = new EventHub();
    hub.receive(written(0, "start"));
    hub.receive(written(50, "end"));
    expect(hub.current(1)).toEqual([written(50, "end")]);
  });

  test("begins again where the step does", () => {
    const hub = new EventHub();
    hub.receive(written(0, "first try"));
    hub.receive(written(0, "second"));
    expect(hub.current(1)).toEqual([written(0, "second")]);
  });
});
