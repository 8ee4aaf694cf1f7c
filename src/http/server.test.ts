import { connect } from "node:net";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openHttpRig, type HttpRig } from "../../test/support/http-rig.ts";
import { ListenError, startServer, type RunningServer } from "./server.ts";

const API = "/api/combinations";
const HELD = { step_number: 1, ai_provider: "gpt-4", prompt: "[hold]" };

let rig: HttpRig;
let server: RunningServer;

beforeEach(async () => {
  rig = await openHttpRig();
  server = await startServer({ app: rig.app, host: "127.0.0.1", port: 0 });
});

afterEach(async () => {
  await server.close();
  await rig.close();
});

/** Sends spaces in chunks, and gives the status of the answer. */
async function post(bytes: number): Promise<number> {
  // A stream has no length to announce, so it goes out in chunks.
  const request: RequestInit & { duplex: "half" } = {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: new Blob([" ".repeat(bytes)]).stream(),
    duplex: "half",
  };
  const response = await fetch(`${server.url}${API}/execute`, request);
  await response.text();
  return response.status;
}

describe("server", () => {
  test("answers as soon as it says where", async () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const response = await fetch(`${server.url}/healthz`);
    expect(response.status).toBe(200);
    await response.text();
  });

  test("says which port is taken and what to do", async () => {
    const port = Number(new URL(server.url).port);
    const second = startServer({ app: rig.app, host: "127.0.0.1", port });
    await expect(second).rejects.toThrow(ListenError);
    await expect(second).rejects.toMatchObject({
      detail: {
        fr: expect.stringMatching(new RegExp(`Le port ${port} est déjà pris.*PORT`)),
        en: expect.stringMatching(new RegExp(`Port ${port} is already taken.*PORT`)),
      },
    });
  });

  test("frees the listeners of a client that goes away", async () => {
    const id = await rig.execute({ steps: [HELD], mode: "rehearsal" });
    const leaving = new AbortController();
    const response = await fetch(`${server.url}${API}/executions/${id}/events`, { signal: leaving.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    expect(rig.engine.events.subscriberCount).toBe(1);
    leaving.abort();
    await expect.poll(() => rig.engine.events.subscriberCount).toBe(0);
    rig.studio.release();
    await rig.waitFor(id, "completed");
  });

  test("ends event streams when it closes", async () => {
    const id = await rig.execute({ steps: [HELD], mode: "rehearsal" });
    const response = await fetch(`${server.url}${API}/executions/${id}/events`);
    const text = response.text();
    await expect.poll(() => rig.engine.events.subscriberCount).toBe(1);
    await server.close();
    expect(await text).toContain("event: execution");
    expect(rig.engine.events.subscriberCount).toBe(0);
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow("fetch failed");
    rig.studio.release();
    await rig.waitFor(id, "completed");
  });

  test("refuses a chunked body over 1 MiB, and takes one under it", async () => {
    expect(await post(1024 * 1024 + 1)).toBe(413);
    expect(await post(1024)).toBe(400);
    expect((await rig.countRows())["workflow_executions"]).toBe(0);
  });

  test.each([
    ["a foreign Host", `GET ${API}/workflows HTTP/1.1\r\nHost: evil.example\r\n`],
    [
      "a foreign Host in the request line",
      `GET http://evil.example${API}/workflows HTTP/1.1\r\nHost: evil.example\r\n`,
    ],
    [
      "a request line that disagrees with Host",
      `GET http://evil.example/x HTTP/1.1\r\nHost: evil.example\r\n`,
    ],
  ])("refuses %s", async (_says, head) => {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.end(`${head}Connection: close\r\n\r\n`);
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    await once(socket, "close");
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 403 /);
  });
});
