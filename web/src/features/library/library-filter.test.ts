import { describe, expect, test } from "vitest";
import {
  readLibraryFilter,
  WHOLE_LIBRARY,
  writeLibraryFilter,
  type LibraryFilter,
} from "./library-filter.ts";

const read = (query: string) => readLibraryFilter(new URLSearchParams(query));

describe("the filter of the library in an address", () => {
  test("comes back as it was written", () => {
    const filter: LibraryFilter = {
      q: "bees & honey",
      kind: "image",
      isUpload: true,
      workflowId: "12",
      from: "2026-11-01",
      to: "2026-11-22",
    };
    expect(read(writeLibraryFilter(filter))).toEqual(filter);
  });

  test("leaves out what makes no sense", () => {
    expect(read("kind=smell&workflow_id=all&from=tomorrow&uploads=yes")).toEqual(WHOLE_LIBRARY);
    expect(writeLibraryFilter({ ...WHOLE_LIBRARY, q: "  " })).toBe("");
  });
});
