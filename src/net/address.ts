import ipaddr from "ipaddr.js";

/**
 * Whether an IP address is one of the open internet. Private, loopback, link-local (which holds the metadata services of
 * clouds), multicast, documentation and tunnel addresses are not, nor is an IPv4 address of these dressed as IPv6.
 */
export function isPublicAddress(address: string): boolean {
  const bare = address.startsWith("[") ? address.slice(1, -1) : address;
  if (!ipaddr.isValid(bare)) return false;
  return ipaddr.process(bare).range() === "unicast";
}

/** Whether the host of a URL is written as an IP address, so that no name look-up will happen. */
export function isAddressLiteral(hostname: string): boolean {
  return ipaddr.isValid(hostname.startsWith("[") ? hostname.slice(1, -1) : hostname);
}
