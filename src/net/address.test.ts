import { describe, expect, test } from "vitest";
import { isAddressLiteral, isNearbyHost, isPublicAddress } from "./address.ts";

describe("isPublicAddress", () => {
  test.each(["8.8.8.8", "104.18.6.192", "2606:4700::6812:6c0", "[2606:4700::6812:6c0]"])(
    "allows %s",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  test.each([
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "224.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "::",
    "::1",
    "[::1]",
    "fe80::1",
    "fd00:ec2::254",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "::7f00:1",
    "[::7f00:1]",
    "::127.0.0.1",
    "::a9fe:a9fe",
    "::8.8.8.8",
    "::ffff:0:7f00:1",
    "64:ff9b:1::a9fe:a9fe",
    "2001:0:7f00:1::",
    "2606:4700::5efe:7f00:1",
    "2606:4700::200:5efe:a9fe:a9fe",
    "fec0::1",
    "100::1",
    "5f00::1",
    "4000::1",
    "168.63.129.16",
    "::ffff:168.63.129.16",
    "localhost",
    "",
  ])("refuses %s", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe("isAddressLiteral", () => {
  test("tells addresses from names", () => {
    expect(isAddressLiteral("127.0.0.1")).toBe(true);
    expect(isAddressLiteral("[::1]")).toBe(true);
    expect(isAddressLiteral("localhost")).toBe(false);
    expect(isAddressLiteral("api.openai.com")).toBe(false);
  });
});

describe("isNearbyHost", () => {
  test.each([
    "localhost",
    "127.0.0.1",
    "[::1]",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.10.1",
    "[fe80::1]",
    "[fd12:3456::1]",
    "[::ffff:192.168.1.1]",
    "studio.local",
    "Studio.LOCAL",
    "box.localhost",
    "host.docker.internal",
    "ollama",
  ])("takes %s for one", (host) => {
    expect(isNearbyHost(host)).toBe(true);
  });

  test.each([
    "ollama.com",
    "8.8.8.8",
    "172.32.0.1",
    "100.64.0.1",
    "[2606:4700::1]",
    "local.example.com",
    "10.1.2.3.example.com",
    "localhost.example.com",
    "evil-host.docker.internal",
    "",
  ])("does not take “%s” for one", (host) => {
    expect(isNearbyHost(host)).toBe(false);
  });
});
