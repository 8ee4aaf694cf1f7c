import { createServer, type RequestListener, type Server } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import {
  ConnectionFailure,
  createOutbound,
  OutboundRefusal,
  type NameLookup,
  type Outbound,
  type OutboundOptions,
} from "./outbound.ts";

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function serve(listener: RequestListener): Promise<{ url: string; requests: string[] }> {
  const requests: string[] = [];
  const server: Server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not listening");
  return { url: `http://127.0.0.1:${address.port}`, requests };
}

function outbound(options: OutboundOptions = {}): Outbound {
  const client = createOutbound(options);
  closing.push(() => client.close());
  return client;
}

/** A name server that says every name is at `address`. */
function nameServer(address: string): NameLookup {
  return (_name, _options, callback) => callback(null, [{ address, family: 4 }]);
}

async function refusalOf(promise: Promise<unknown>): Promise<OutboundRefusal> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof OutboundRefusal) return cause;
  }
  throw new Error(`not refused: ${String(error)}`);
}

describe("outbound addresses", () => {
  test("refuses loopback, and does not connect", async () => {
    const server = await serve((_request, response) => response.end("secret"));
    const refusal = await refusalOf(outbound().fetch(`${server.url}/`));
    expect(refusal.reason).toBe("address");
    expect(refusal.hasSent).toBe(false);
    expect(server.requests).toEqual([]);
  });

  test("reaches loopback where configuration trusts that origin, and only there", async () => {
    const trusted = await serve((_request, response) => response.end("hello"));
    const other = await serve((_request, response) => response.end("secret"));
    const client = outbound({ trustedOrigins: [`${trusted.url}/v1`] });
    expect(await (await client.fetch(`${trusted.url}/x`)).text()).toBe("hello");
    await refusalOf(client.fetch(`${other.url}/x`));
    expect(other.requests).toEqual([]);
  });

  test.each([
    "http://169.254.169.254/latest/meta-data/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://[::1]/",
    "http://[::ffff:10.0.0.1]/",
  ])("refuses %s", async (url) => {
    expect((await refusalOf(outbound().fetch(url))).reason).toBe("address");
  });

  test("refuses a name that resolves to a private address, when it connects", async () => {
    const server = await serve((_request, response) => response.end("secret"));
    const client = outbound({ lookup: nameServer("127.0.0.1") });
    const refusal = await refusalOf(client.fetch(server.url.replace("127.0.0.1", "vendor.example")));
    expect(refusal).toMatchObject({ reason: "address", hasSent: false });
    expect(server.requests).toEqual([]);
  });

  test("refuses other protocols", async () => {
    expect((await refusalOf(outbound().fetch("ftp://vendor.example/file"))).reason).toBe("protocol");
  });
});

describe("outbound redirects", () => {
  test("refuses a redirect from a trusted origin to another loopback port", async () => {
    const inner = await serve((_request, response) => response.end("secret"));
    const outer = await serve((_request, response) => {
      response.writeHead(302, { location: `${inner.url}/` }).end();
    });
    const client = outbound({ trustedOrigins: [outer.url] });
    expect(await refusalOf(client.fetch(outer.url))).toMatchObject({ reason: "address", hasSent: true });
    expect(inner.requests).toEqual([]);
  });

  test("follows a redirect and leaves the key behind where the origin changes", async () => {
    const seen: unknown[] = [];
    const second = await serve((request, response) => {
      seen.push(request.headers.authorization, request.headers["x-vendor-key"], request.headers.accept);
      response.end("there");
    });
    const first = await serve((_request, response) => {
      response.writeHead(307, { location: `${second.url}/there` }).end();
    });
    const client = outbound({ trustedOrigins: [first.url, second.url] });
    const answer = await client.fetch(first.url, {
      headers: { authorization: "Bearer key", "x-vendor-key": "key", accept: "image/png" },
    });
    expect(await answer.text()).toBe("there");
    expect(seen).toEqual([undefined, undefined, "image/png"]);
  });

  test("sends a body again on 307 and drops it on 303", async () => {
    const bodies: string[] = [];
    const server = await serve((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        bodies.push(`${request.method} ${body}`);
        if (request.url === "/a") response.writeHead(307, { location: "/b" }).end();
        else if (request.url === "/b") response.writeHead(303, { location: "/c" }).end();
        else response.end();
      });
    });
    const client = outbound({ trustedOrigins: [server.url] });
    await client.fetch(`${server.url}/a`, { method: "POST", body: "text" });
    expect(bodies).toEqual(["POST text", "POST text", "GET "]);
  });

  test("gives up on a redirect that never ends", async () => {
    const server = await serve((_request, response) => response.writeHead(302, { location: "/" }).end());
    const client = outbound({ trustedOrigins: [server.url] });
    expect((await refusalOf(client.fetch(server.url))).reason).toBe("redirects");
    expect(server.requests).toHaveLength(6);
  });
});

async function causeOf(promise: Promise<unknown>): Promise<unknown> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof Error ? error.cause : undefined;
}

/** An address where nobody listens any more. */
async function deserted(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("not listening");
  return `http://127.0.0.1:${address.port}`;
}

describe("outbound connections", () => {
  test("say that nothing was sent where nobody listens", async () => {
    const url = await deserted();
    const client = outbound({ trustedOrigins: [url] });
    const cause = await causeOf(client.fetch(url, { method: "POST", body: "text" }));
    expect(cause).toBeInstanceOf(ConnectionFailure);
    expect(cause).toHaveProperty("cause.code", "ECONNREFUSED");
  });

  test("say that nothing was sent where the handshake fails", async () => {
    const server = await serve((_request, response) => response.end());
    const url = server.url.replace("http:", "https:");
    const client = outbound({ trustedOrigins: [url] });
    const cause = await causeOf(client.fetch(url, { method: "POST", body: "text" }));
    expect(cause).toBeInstanceOf(ConnectionFailure);
    expect(server.requests).toEqual([]);
  });

  test("do not say so of one that is lost after sending", async () => {
    const server = await serve((request) => request.socket.destroy());
    const client = outbound({ trustedOrigins: [server.url] });
    const cause = await causeOf(client.fetch(server.url, { method: "POST", body: "text" }));
    expect(cause).toBeInstanceOf(Error);
    expect(cause).not.toBeInstanceOf(ConnectionFailure);
    expect(server.requests).toHaveLength(1);
  });

  test("do not say so behind a redirect, since something was sent before it", async () => {
    const url = await deserted();
    const first = await serve((_request, response) => response.writeHead(307, { location: url }).end());
    const client = outbound({ trustedOrigins: [first.url, url] });
    const refusal = await refusalOf(client.fetch(first.url, { method: "POST", body: "text" }));
    expect(refusal).toMatchObject({ reason: "redirects", hasSent: true });
    expect(first.requests).toHaveLength(1);
  });
});

describe("outbound downloads", () => {
  test("lead to no other server of the person’s own, at once or by a redirect", async () => {
    const inner = await serve((_request, response) => response.end("secret"));
    const outer = await serve((request, response) => {
      if (request.url === "/file") response.end("file");
      else response.writeHead(302, { location: `${inner.url}/view` }).end();
    });
    const client = outbound({ trustedOrigins: [outer.url, inner.url] });
    const limits = { maxBytes: 10, trusts: outer.url };
    expect((await client.download(`${outer.url}/file`, limits)).bytes).toHaveLength(4);
    expect(await refusalOf(client.download(`${inner.url}/view`, limits))).toMatchObject({
      reason: "address",
    });
    expect(await refusalOf(client.download(`${outer.url}/away`, limits))).toMatchObject({ hasSent: true });
    expect(inner.requests).toEqual([]);
  });

  test("come whole where the sender has gone before they are read", async () => {
    // As much as is taken in unread, after which the client waits for its reader.
    const film = Buffer.alloc(128 * 1024, "film");
    const server = await serve((_request, response) => {
      response.writeHead(200, { "content-length": film.byteLength, connection: "close" });
      response.flushHeaders();
      setImmediate(() => response.end(film));
    });
    const client = outbound({ trustedOrigins: [server.url] });
    const response = await client.fetch(server.url);
    await pause(200);
    expect(Buffer.from(await response.arrayBuffer()).equals(film)).toBe(true);
  });

  test("trust no address that was not configured, and none at all where they are to trust none", async () => {
    const server = await serve((_request, response) => response.end("secret"));
    const file = `${server.url}/file`;
    await refusalOf(outbound().download(file, { maxBytes: 10, trusts: server.url }));
    const client = outbound({ trustedOrigins: [server.url] });
    await refusalOf(client.download(file, { maxBytes: 10, trusts: null }));
    expect(server.requests).toEqual([]);
  });
});

describe("outbound limits", () => {
  test("breaks off an answer that is too large", async () => {
    const server = await serve((_request, response) => response.end(Buffer.alloc(2_000)));
    const client = outbound({ trustedOrigins: [server.url] });
    expect((await refusalOf(client.download(server.url, { maxBytes: 1_000 }))).reason).toBe("size");
    const { bytes } = await client.download(server.url, { maxBytes: 2_000 });
    expect(bytes).toHaveLength(2_000);
  });

  test("stops waiting when the signal is aborted", async () => {
    const server = await serve(() => {});
    const client = outbound({ trustedOrigins: [server.url] });
    const controller = new AbortController();
    const answer = client.fetch(server.url, { signal: controller.signal });
    const abort = setInterval(() => server.requests.length > 0 && controller.abort(), 5);
    await expect(answer).rejects.toThrow(/abort/i);
    clearInterval(abort);
  });

  test("gives up by itself where no signal is given", async () => {
    const server = await serve(() => {});
    const client = outbound({ trustedOrigins: [server.url], timeoutMs: 50 });
    await expect(client.fetch(server.url)).rejects.toThrow(/timeout/i);
  });

  test("says so when a file is not there", async () => {
    const server = await serve((_request, response) => response.writeHead(404).end());
    const client = outbound({ trustedOrigins: [server.url] });
    expect((await refusalOf(client.download(server.url, { maxBytes: 10 }))).reason).toBe("status");
  });

  test("sends a form with its files", async () => {
    let received = "";
    const server = await serve((request, response) => {
      request.on("data", (chunk: Buffer) => (received += chunk.toString()));
      request.on("end", () => response.end());
    });
    const client = outbound({ trustedOrigins: [server.url] });
    const body = new FormData();
    body.append("image", new Blob(["pixels"], { type: "image/png" }));
    await client.fetch(server.url, { method: "POST", body });
    expect(received).toContain("pixels");
    expect(received).toContain("image/png");
  });
});
