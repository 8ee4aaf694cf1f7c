import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { executeAnswerSchema, executionSchema, type Execution } from "../src/http/schemas.ts";
import { FAKE_BFL_KEY, startFakeBlackForestLabs } from "./support/fake-black-forest-labs.ts";
import { FAKE_S3, fakeS3Settings, startFakeS3, type FakeS3 } from "./support/fake-s3.ts";
import type { FakeServer } from "./support/fake-server.ts";
import { startCommand, startRelais, type Exit, type RelaisServer } from "./support/relais-process.ts";

const DYING_SERVER = fileURLToPath(new URL("support/dying-server.ts", import.meta.url));
const PICTURE = { step_number: 1, ai_provider: "black-forest-labs:flux-pro-1.1", prompt: "The sea at rest." };

let s3: FakeS3;
let bfl: FakeServer;
let dataFolder: string;
let server: RelaisServer | null = null;

beforeEach(async () => {
  s3 = await startFakeS3();
  bfl = await startFakeBlackForestLabs();
  dataFolder = await mkdtemp(path.join(tmpdir(), "relais-s3-program-"));
});

afterEach(async () => {
  await server?.kill();
  server = null;
  await Promise.all([s3.stop(), bfl.stop()]);
  await rm(dataFolder, { recursive: true, force: true });
});

async function start({ dieAt = "", env = {} }: { dieAt?: string; env?: Record<string, string> } = {}) {
  server = await startRelais({
    dataFolder,
    script: DYING_SERVER,
    env: {
      ...fakeS3Settings(s3),
      DIE_AT: dieAt,
      BFL_BASE_URL: `${bfl.url}/v1`,
      BFL_API_KEY: FAKE_BFL_KEY,
      ...env,
    },
  });
  return server;
}

const address = (place: string): string => `${server?.url}${place}`;

async function execute(body: object): Promise<number> {
  const response = await fetch(address("/api/combinations/execute"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return executeAnswerSchema.parse(await response.json()).execution_id;
}

async function read(id: number): Promise<Execution> {
  return executionSchema.parse(await (await fetch(address(`/api/combinations/executions/${id}`))).json());
}

/** Until the execution has ended. */
async function completed(id: number): Promise<Execution> {
  await expect.poll(async () => (await read(id)).status, { timeout: 60_000 }).toBe("completed");
  return read(id);
}

const fileOf = ({ results }: Execution): string => address(results[0]?.url ?? "");

/** Deletes an execution. */
async function remove(id: number): Promise<number> {
  return (await fetch(address(`/api/combinations/executions/${id}`), { method: "DELETE" })).status;
}

/** What `/readyz` says. */
async function ready(): Promise<string> {
  return (await fetch(address("/readyz"))).text();
}

/** The objects in the bucket that are content. */
async function contents(): Promise<string[]> {
  return (await s3.keys()).filter((key) => key !== "kept/here/relais.txt");
}

describe("a server that keeps its files in a bucket", () => {
  test("serves what a rehearsal makes, whole and in part, and keeps nothing on its own disk", async () => {
    await start();
    const drawn = { ...PICTURE, ai_provider: "dall-e" };
    const execution = await completed(await execute({ steps: [drawn], mode: "rehearsal" }));
    const whole = await fetch(fileOf(execution));
    const bytes = Buffer.from(await whole.arrayBuffer());
    expect([whole.status, whole.headers.get("content-type")]).toEqual([200, "image/png"]);
    expect(bytes.byteLength).toBe(execution.results[0]?.bytes);
    const etag = whole.headers.get("etag") ?? "";
    expect(await contents()).toEqual([`kept/here/${etag.slice(1, 3)}/${etag.slice(3, -1)}`]);

    const part = await fetch(fileOf(execution), { headers: { range: "bytes=1-3" } });
    expect([part.status, await part.text()]).toEqual([206, "PNG"]);
    expect(part.headers.get("content-range")).toBe(`bytes 1-3/${bytes.byteLength}`);
    const asked = s3.calls.length;
    const head = await fetch(fileOf(execution), { method: "HEAD" });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, String(bytes.byteLength)]);
    const known = await fetch(fileOf(execution), { headers: { "if-none-match": etag } });
    expect(known.status).toBe(304);
    expect(s3.calls).toHaveLength(asked);

    const left = await readdir(path.join(dataFolder, "artifacts"), { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile())).toEqual([]);
  });

  test("removes an object with the last execution that uses it, and not before", async () => {
    await start();
    const ids = [await execute({ steps: [PICTURE] }), await execute({ steps: [PICTURE] })];
    for (const id of ids) await completed(id);
    expect(await contents()).toHaveLength(1);
    expect(await remove(ids[0] ?? 0)).toBe(204);
    expect((await fetch(fileOf(await read(ids[1] ?? 0)))).status).toBe(200);
    expect(await contents()).toHaveLength(1);
    expect(await remove(ids[1] ?? 0)).toBe(204);
    expect(await contents()).toEqual([]);
  });

  test("that is killed once a file is stored names it after a restart, and buys nothing twice", async () => {
    const first = await start({ dieAt: "after_stored/1" });
    const id = await execute({ steps: [PICTURE] });
    expect((await first.exited).signal).toBe("SIGKILL");
    expect(await contents()).toHaveLength(1);
    await start();
    const execution = await completed(id);
    expect((await fetch(fileOf(execution))).status).toBe(200);
    expect(await contents()).toHaveLength(1);
    expect(bfl.paidCalls).toBe(1);
  });

  test("keeps a paid answer while the bucket is out of reach, and stores it after", async () => {
    const relais = await start({ env: { RELAIS_LOG_LEVEL: "error" } });
    // More than one storing tries by itself.
    s3.trouble("drop", 7, ({ method }) => method === "PUT");
    const execution = await completed(await execute({ steps: [PICTURE] }));
    expect((await fetch(fileOf(execution))).status).toBe(200);
    expect(bfl.paidCalls).toBe(1);
    expect(relais.output().stderr).toContain("the S3 store does not answer");
    expect(relais.output().stderr).not.toContain(FAKE_S3.secretAccessKey);
    expect(relais.output().stderr).not.toContain(FAKE_S3.accessKeyId);
  });

  test("says so where the bucket is out of reach, and is ready again after", async () => {
    await start();
    const execution = await completed(await execute({ steps: [PICTURE] }));
    let isAway = true;
    s3.trouble("drop", 1_000, () => isAway);
    const file = await fetch(fileOf(execution), { headers: { "accept-language": "en" } });
    expect(file.status).toBe(503);
    expect(await file.json()).toMatchObject({ code: "files_unavailable" });
    expect(await ready()).toContain("files_unavailable");
    isAway = false;
    await expect.poll(ready, { timeout: 20_000 }).toContain("ok");
    expect((await fetch(fileOf(execution))).status).toBe(200);
  });
});

const refused = async (env: Record<string, string>): Promise<Exit> => {
  const settings = { ...fakeS3Settings(s3), PORT: "0", LANG: "en_US.UTF-8", ...env };
  return await startCommand(["serve", "--no-build"], { dataFolder, env: settings }).exited;
};
const place = (bucket: string, region: string): Record<string, string> => ({
  RELAIS_ARTIFACTS: `s3://${bucket}?endpoint=${s3.url}&region=${region}`,
});

describe("a server that cannot use its bucket", () => {
  test.each([
    [
      "the secret is wrong",
      { AWS_SECRET_ACCESS_KEY: "wrong-secret" },
      "AWS_SECRET_ACCESS_KEY is not the one",
    ],
    ["the id is unknown", { AWS_ACCESS_KEY_ID: "AKIANOBODY" }, "does not know AWS_ACCESS_KEY_ID"],
    [
      "the secret is missing",
      { AWS_SECRET_ACCESS_KEY: "" },
      "is missing. Nothing was started or billed. Set both.",
    ],
  ])("does not start where %s, and says what to do", async (_what, env, sentence) => {
    const { code, stderr, stdout } = await refused(env);
    expect(code).not.toBe(0);
    expect(stderr).toContain(sentence);
    expect(stdout + stderr).not.toMatch(/wrong-secret|fake\/Secret|AKIANOBODY/);
  });

  test("does not start where there is no such bucket, or its region is another", async () => {
    expect((await refused(place("another", FAKE_S3.region))).stderr).toContain(
      "There is no such bucket: create it",
    );
    expect((await refused(place(FAKE_S3.bucket, "eu-west-9"))).stderr).toContain(
      "Its region is not “eu-west-9”",
    );
  });
});
