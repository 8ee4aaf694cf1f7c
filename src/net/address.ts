import ipaddr from "ipaddr.js";

/**
 * Whether an IP address is one of the open internet. Private, loopback, link-local (which holds the metadata services of
 * clouds), multicast, documentation and tunnel addresses are not, nor is an IPv4 address of these dressed as IPv6.
 */
export function isPublicAddress(address: string): boolean {
  const bare = address.startsWith("[") ? address.slice(1, -1) : address;
  // The library takes `::8.8.8.8`, an address of `::/96`, for the IPv4 address in it.
  if (!ipaddr.isValid(bare) || /^::\d+\./.test(bare)) return false;
  const parsed = ipaddr.process(bare);
  if (parsed.range() !== "unicast" || parsed.toString() === AZURE_HOST) return false;
  return !(parsed instanceof ipaddr.IPv6) || isGlobalIpv6(parsed);
}

/** Answers every machine in Azure with what its host knows, metadata included, though it looks public. */
const AZURE_HOST = "168.63.129.16";

/**
 * IPv6 gives out `2000::/3` only; outside it lie IPv4 addresses in other dress (`::7f00:1` is 127.0.0.1). Inside it, ISATAP
 * hides one behind `0:5efe` in any network.
 */
function isGlobalIpv6(address: ipaddr.IPv6): boolean {
  const { parts } = address;
  const isIsatap = parts[5] === 0x5efe && (parts[4] === 0 || parts[4] === 0x200);
  return address.match(ipaddr.IPv6.parseCIDR("2000::/3")) && !isIsatap;
}

/** Whether the host of a URL is written as an IP address, so that no name look-up will happen. */
export function isAddressLiteral(hostname: string): boolean {
  return ipaddr.isValid(hostname.startsWith("[") ? hostname.slice(1, -1) : hostname);
}

/** Names that mean a machine nearby: this one, one found by multicast, the host of a container. */
const NEARBY_NAME = /(?:^|\.)(?:localhost|local)$|^host\.docker\.internal$/i;

/**
 * Whether the host of a URL is this machine or one in a private network, as far as it can be told without asking: by a
 * private, loopback or link-local address, or by a name that only a local network knows, such as one without a dot.
 */
export function isNearbyHost(hostname: string): boolean {
  const bare = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
  if (ipaddr.isValid(bare)) {
    return ["loopback", "private", "linkLocal", "uniqueLocal"].includes(ipaddr.process(bare).range());
  }
  return NEARBY_NAME.test(bare) || /^[a-z0-9_-]+$/i.test(bare);
}
