import { createOutbound, type Outbound } from "../../src/net/outbound.ts";
import type { FakeServer } from "./fake-server.ts";

export type { Outbound } from "../../src/net/outbound.ts";

/** The outbound client, which reaches these fakes as it reaches addresses that a person configured. */
export function outboundTo(...servers: FakeServer[]): Outbound {
  return createOutbound({ trustedOrigins: servers.map(({ url }) => url) });
}

/** The same, which saves files in a folder. */
export function savingOutbound(saveFolder: string, ...servers: FakeServer[]): Outbound {
  return createOutbound({ trustedOrigins: servers.map(({ url }) => url), saveFolder });
}
