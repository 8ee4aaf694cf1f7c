import { describe, expect, test } from "vitest";
import { ConnectionFailure, OutboundRefusal } from "../net/outbound.ts";
import { failureOf, retryAfterMs, TruncatedAnswer, type FailedCall } from "./failure.ts";
import { SecondPurchase } from "./tracked-fetch.ts";

const NOW = Date.parse("2026-11-22T10:00:00Z");

function failed(change: Partial<FailedCall> & { status?: number | null; body?: object }): FailedCall {
  const { status = null, body, error = new Error("something"), ...rest } = change;
  const thrown = body
    ? Object.assign(new Error("failed"), { statusCode: status, responseBody: JSON.stringify(body) })
    : error;
  return {
    error: thrown,
    provider: "Vendor",
    keySetting: "VENDOR_API_KEY",
    apiKey: "secret-key-1234",
    track: { hasStarted: true, status, hasEarlierSuccess: false, headers: null },
    signal: new AbortController().signal,
    hasOutput: false,
    ...rest,
  };
}

const network = (code: string, more: object = {}): Error =>
  new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code, ...more }) });

describe("failureOf", () => {
  test.each([
    [400, { error: { message: "no", type: "invalid_request_error" } }, "bad_request", "no", false],
    [400, { error: { message: "no", code: "content_policy_violation" } }, "content_refused", "no", false],
    [400, { error: { message: "Your credit balance is too low" } }, "quota", "no", false],
    [401, { detail: { status: "quota_exceeded", message: "no" } }, "quota", "no", false],
    [401, { error: { message: "no" } }, "auth", "no", false],
    [402, {}, "quota", "no", false],
    [403, {}, "auth", "no", false],
    [404, { detail: "Not Found" }, "bad_request", "no", false],
    [408, {}, "timeout", "unknown", false],
    [409, {}, "unavailable", "no", true],
    [413, {}, "bad_request", "no", false],
    [422, { detail: [{ msg: "too long" }] }, "bad_request", "no", false],
    [429, { error: { message: "slow down", type: "rate_limit_error" } }, "rate_limited", "no", true],
    [429, { error: { message: "no", code: "insufficient_quota" } }, "quota", "no", false],
    [500, {}, "unavailable", "no", true],
    [502, {}, "unavailable", "no", true],
    [503, {}, "unavailable", "no", true],
    [504, {}, "timeout", "unknown", false],
    [520, {}, "unavailable", "unknown", false],
    [529, {}, "unavailable", "no", true],
  ])("reads %i %j as %s, billed: %s, transient: %s", (status, body, code, billed, isTransient) => {
    expect(failureOf(failed({ status, body }))).toMatchObject({ code, billed, isTransient });
  });

  test.each([
    ["ECONNREFUSED", "connect"],
    ["EHOSTUNREACH", "connect"],
    ["ENETUNREACH", "connect"],
    ["EADDRNOTAVAIL", "connect"],
    ["ETIMEDOUT", "connect"],
    ["ENOTFOUND", "getaddrinfo"],
    ["EAI_AGAIN", "getaddrinfo"],
    ["UND_ERR_CONNECT_TIMEOUT", undefined],
    ["CERT_HAS_EXPIRED", undefined],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", undefined],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", undefined],
    ["ERR_TLS_CERT_ALTNAME_INVALID", undefined],
  ])("is unbilled and transient where nothing was sent: %s in %s", (code, syscall) => {
    const error = network(code, syscall === undefined ? {} : { syscall });
    expect(failureOf(failed({ error }))).toMatchObject({ billed: "no", isTransient: true });
  });

  test("is unbilled where every address of a name was refused", () => {
    const refused = Object.assign(new Error("no"), { code: "ECONNREFUSED", syscall: "connect" });
    const error = new TypeError("fetch failed", { cause: new AggregateError([refused, refused]) });
    expect(failureOf(failed({ error }))).toMatchObject({ billed: "no", isTransient: true });
  });

  test("is unbilled where the handshake is known to have failed, whatever the code", () => {
    const cause = Object.assign(new Error("no"), { code: "ERR_SSL_WRONG_VERSION_NUMBER" });
    const error = new TypeError("fetch failed", { cause: new ConnectionFailure(cause) });
    expect(failureOf(failed({ error }))).toMatchObject({ billed: "no", isTransient: true });
  });

  test.each([
    ["EHOSTUNREACH", "read"],
    ["ENETUNREACH", "write"],
    ["ECONNREFUSED", "read"],
    ["ETIMEDOUT", "read"],
    ["ENOTFOUND", undefined],
    ["ECONNRESET", undefined],
    ["EPIPE", "write"],
    ["UND_ERR_SOCKET", undefined],
    ["ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC", undefined],
    ["ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR", undefined],
    ["ERR_SSL_WRONG_VERSION_NUMBER", undefined],
    ["ERR_TLS_INVALID_STATE", undefined],
  ])("is in doubt where something may have been sent: %s in %s", (code, syscall) => {
    const error = network(code, syscall === undefined ? {} : { syscall });
    const expected = { code: "unavailable", billed: "unknown", isTransient: false };
    expect(failureOf(failed({ error }))).toMatchObject(expected);
    expect(failureOf(failed({ error, status: 200 }))).toMatchObject(expected);
  });

  test("is in doubt where an answer ended half-way, and billed where it was whole and unreadable", () => {
    expect(failureOf(failed({ error: new TruncatedAnswer(), status: 200 }))).toMatchObject({
      billed: "unknown",
    });
    expect(failureOf(failed({ error: new SyntaxError("not JSON"), status: 200 }))).toMatchObject({
      code: "unknown",
      billed: "yes",
      isTransient: false,
    });
  });

  test("believes an error inside a stream only while nothing had come out", () => {
    const error = Object.assign(new Error("Overloaded"), { statusCode: 529 });
    expect(failureOf(failed({ error, status: 200 }))).toMatchObject({ billed: "no", isTransient: true });
    expect(failureOf(failed({ error, status: 200, hasOutput: true }))).toMatchObject({
      billed: "unknown",
      isTransient: false,
    });
  });

  test.each([
    ["was answered with 500", { status: 500, body: {} }],
    ["was answered with 429", { status: 429, body: {} }],
    ["was not connected", { error: network("ECONNREFUSED", { syscall: "connect" }) }],
  ])("is in doubt where work was done before a request that %s", (_case, change) => {
    const expected = { billed: "unknown", isTransient: false };
    expect(failureOf(failed({ ...change, hasOutput: true }))).toMatchObject(expected);
    const { track } = failed(change);
    const later = { ...change, track: { ...track, hasEarlierSuccess: true } };
    expect(failureOf(failed(later))).toMatchObject(expected);
  });

  test("is in doubt where the SDK would have bought a second time, whatever it makes of that", () => {
    const error = new Error("no output", { cause: new SecondPurchase() });
    expect(failureOf(failed({ error, status: 200 }))).toMatchObject({
      code: "unavailable",
      billed: "unknown",
      isTransient: false,
    });
  });

  test("is unbilled where our own client refused the address, in doubt where a redirect led there", () => {
    const [before, after] = [false, true].map(
      (hasSent) => new OutboundRefusal("address", "private", hasSent),
    );
    const expected = { code: "unavailable", isTransient: false };
    expect(failureOf(failed({ error: before }))).toMatchObject({ ...expected, billed: "no" });
    expect(failureOf(failed({ error: after }))).toMatchObject({ ...expected, billed: "unknown" });
  });

  test("is unbilled where the request could not even be made", () => {
    const track = { hasStarted: false, status: null, hasEarlierSuccess: false, headers: null };
    expect(failureOf(failed({ track }))).toMatchObject({ code: "bad_request", billed: "no" });
  });

  test("keeps the vendor’s words, without any key and not too long", () => {
    const message = `Wrong key secret-key-1234 or sk-proj-abcdefgh. ${"blah ".repeat(200)}`;
    const failure = failureOf(failed({ status: 401, body: { error: { message } } }));
    expect(failure.detail.en).toContain("Wrong key ••• or •••.");
    expect(failure.detail.en.length).toBeLessThan(500);
    expect(failure.detail.fr).toContain("Vérifiez VENDOR_API_KEY, puis relancez.");
    expect(failure.cause).toBeUndefined();
  });

  test.each([
    ["See your billing details.", "It says: “See your billing details”. Nothing was billed."],
    ["Wait...", "It says: “Wait...”. Nothing was billed."],
    ["no", "It says: “no”. Nothing was billed."],
  ])("quotes %j without ending the sentence twice", (message, said) => {
    expect(failureOf(failed({ status: 400, body: { error: { message } } })).detail.en).toContain(said);
  });
});

describe("retryAfterMs", () => {
  test.each([
    [{ "retry-after": "7" }, 7_000],
    [{ "retry-after": "0.5" }, 500],
    [{ "retry-after": "Sun, 22 Nov 2026 10:00:30 GMT" }, 30_000],
    [{ "retry-after": "Sun, 22 Nov 2026 09:00:00 GMT" }, 0],
    [{ "retry-after-ms": "250", "retry-after": "7" }, 250],
    [{ "retry-after": "soon" }, null],
    [{}, null],
  ])("reads %j as %s", (headers, expected) => {
    expect(retryAfterMs(new Headers(headers), NOW)).toBe(expected);
  });

  test("has nothing to say without an answer", () => {
    expect(retryAfterMs(null, NOW)).toBeNull();
  });
});
