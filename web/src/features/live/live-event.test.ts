import { describe, expect, test } from "vitest";
import { readEvent, readHeard, waitBeforeTryMs, writeHeard } from "./live-event.ts";

describe("the id of an event of several executions", () => {
  test("is written as it is read, without what was not heard of", () => {
    expect(
      writeHeard([
        [1, 5],
        [2, 0],
        [3, 7],
      ]),
    ).toBe("1:5,3:7");
    expect([...readHeard("1:5,3:7")]).toEqual([
      [1, 5],
      [3, 7],
    ]);
  });

  test("says nothing where it is not one", () => {
    expect(readHeard("").size).toBe(0);
    expect(readHeard("12,a:1,1:b").size).toBe(0);
  });
});

describe("an event", () => {
  test("has the number that its id gives for its own execution", () => {
    const event = readEvent("step", '{"execution_id":2,"step_number":1}', "1:5,2:9");
    expect(event).toMatchObject({ name: "step", number: 9, data: { execution_id: 2 } });
  });

  test("of text has no number, whatever the last id was", () => {
    expect(readEvent("text", '{"execution_id":2,"offset":0,"text":"a"}', "2:9").number).toBe(0);
  });
});

describe("the pause before the next try", () => {
  test("grows, and never beyond a quarter of a minute", () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 50].map((failures) => waitBeforeTryMs(failures, 1));
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  });

  test("is spread over its second half", () => {
    expect(waitBeforeTryMs(3, 0)).toBe(1_000);
    expect(waitBeforeTryMs(3, 0.5)).toBe(1_500);
  });
});
