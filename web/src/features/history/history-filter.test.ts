import { describe, expect, test } from "vitest";
import { isFiltered, NO_FILTER, readHistoryFilter, writeHistoryFilter } from "./history-filter.ts";

const read = (query: string) => readHistoryFilter(new URLSearchParams(query));

describe("the filter of the history in an address", () => {
  test.each([
    "q=r%C3%A9cit+%25_%22&status=failed&mode=live&workflow_id=7&from=2026-01-02&to=2026-02-03",
    "template_id=creation-contenu",
    "",
  ])("comes back as it was written (%s)", (query) => {
    expect(writeHistoryFilter(read(query))).toBe(query);
  });

  test.each([
    "status=lost&mode=other&workflow_id=x&from=2026-13-40&to=yesterday",
    "from=2026-02-03&to=2026-02-02",
    "q=+++",
  ])("leaves out what makes no sense (%s)", (query) => {
    expect(isFiltered(read(query))).toBe(false);
  });

  test("is empty where nothing is asked for", () => {
    expect(read("")).toEqual(NO_FILTER);
  });
});
