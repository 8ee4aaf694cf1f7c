import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { PROVIDER_SETTINGS } from "../providers/registry.ts";
import { createProviders } from "./providers.ts";

let outbound: Outbound;

beforeEach(() => {
  outbound = createOutbound({ trustedOrigins: [] });
});
afterEach(() => outbound.close());

describe("the providers", () => {
  test("are those of providers.json, each once", () => {
    const listed = PROVIDER_SETTINGS.map(({ id }) => id);
    const made = createProviders(outbound).map(({ id }) => id);
    expect(made.toSorted()).toEqual(listed.toSorted());
  });
});
