import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { hc } from "hono/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openHttpRig, type HttpRig } from "../../test/support/http-rig.ts";
import type { AppType, ProblemBody } from "./app.ts";

interface OpenApiDocument {
  openapi: string;
  paths: Record<
    string,
    Record<string, { operationId?: string; responses: Record<string, { content?: object }> }>
  >;
  components: { schemas: Record<string, object>; securitySchemes: object };
}

const SCRIPT = `console.log("${"x".repeat(4_000)}")`;

let rig: HttpRig;
let webFolder: string;

beforeAll(async () => {
  webFolder = await mkdtemp(path.join(tmpdir(), "relais-web-"));
  await mkdir(path.join(webFolder, "assets"));
  await writeFile(path.join(webFolder, "index.html"), "<!doctype html><title>Relais</title>");
  await writeFile(path.join(webFolder, "assets", "index-abc123.js"), SCRIPT);
  await writeFile(path.join(webFolder, "favicon.svg"), "<svg/>");
  await writeFile(path.join(webFolder, "assets", ".hidden.js"), "secret");
  rig = await openHttpRig({ webFolder });
});

afterAll(async () => {
  await rig.close();
  await rm(webFolder, { recursive: true });
});

describe("the page", () => {
  test("is where / leads", async () => {
    const response = await rig.send("GET", "/");
    expect([response.status, response.headers.get("Location")]).toEqual([302, "/combinations"]);
  });

  test.each(["/combinations", "/combinations/executions/3", "/combinations/anything"])(
    "is served at %s, to be asked for again each time",
    async (address) => {
      const response = await rig.send("GET", address);
      expect(response.status).toBe(200);
      expect(response.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
      expect(response.headers.get("Cache-Control")).toBe("no-cache");
      expect(await response.text()).toContain("<title>Relais</title>");
    },
  );

  test("has assets that may be kept for ever, compressed", async () => {
    const headers = { "Accept-Encoding": "gzip" };
    const response = await rig.send("GET", "/assets/index-abc123.js", undefined, headers);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": expect.stringMatching(/^text\/javascript/),
      "cache-control": "public, max-age=31536000, immutable",
      "content-encoding": "gzip",
    });
    const text = await new Response(response.body?.pipeThrough(new DecompressionStream("gzip"))).text();
    expect(text).toBe(SCRIPT);
  });

  test("has files beside it", async () => {
    const response = await rig.send("GET", "/favicon.svg");
    expect([response.status, response.headers.get("Content-Type")]).toEqual([
      200,
      "image/svg+xml; charset=utf-8",
    ]);
  });

  test.each([
    "/assets/nothing.js",
    "/assets/..%2Findex.html",
    "/assets/%2e%2e%2findex.html",
    "/assets/..%5Cindex.html",
    "/assets/.hidden.js",
    "/assets/%00",
    "/index.html",
    "/package.json",
    "/%2e%2e/package.json",
  ])("gives nothing at %s", async (address) => {
    const response = await rig.send("GET", address);
    expect(response.status).toBe(404);
    expect(JSON.parse(await response.text())).toMatchObject({ code: "not_found" });
  });

  test("says what to do where it is not built, in both languages", async () => {
    const bare = await openHttpRig();
    const french = await bare.send("GET", "/combinations");
    expect(french.status).toBe(503);
    expect(await french.text()).toContain("npm run build");
    const english = await bare.send("GET", "/combinations?lang=en");
    expect(await english.text()).toContain("The page is not built");
    await bare.close();
  });
});

describe("health", () => {
  test("says that it is alive and ready", async () => {
    for (const address of ["/healthz", "/readyz"]) {
      const response = await rig.send("GET", address);
      expect([response.status, JSON.parse(await response.text())]).toEqual([
        200,
        { status: "ok", version: "0.0.0" },
      ]);
    }
  });

  test("says that it is not ready when the database is gone", async () => {
    const broken = await openHttpRig();
    await broken.close();
    expect((await broken.send("GET", "/readyz")).status).toBe(503);
    expect((await broken.send("GET", "/healthz")).status).toBe(200);
  });

  test("counts for Prometheus", async () => {
    const step = { step_number: 1, ai_provider: "gpt-4", prompt: "x" };
    await rig.waitFor(await rig.execute({ steps: [step], mode: "rehearsal" }), "completed");
    const response = await rig.send("GET", "/metrics");
    expect(response.headers.get("Content-Type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const text = await response.text();
    expect(text).toMatch(/^relais_executions\{status="completed"\} 1$/m);
    // Those of a rehearsal are free.
    expect(text).toMatch(/^relais_attempts\{status="succeeded"\} 0$/m);
    expect(text).toMatch(/^relais_event_subscribers 0$/m);
    expect(text).toMatch(/^process_resident_memory_bytes \d{7,}$/m);
    for (const line of text.trimEnd().split("\n"))
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{.*\})? [\d.]+)$/);
  });
});

describe("the list of errors", () => {
  test("stands where the type of a problem leads", async () => {
    const problem: ProblemBody = JSON.parse(await (await rig.send("GET", "/nothing")).text());
    const [address = "", code] = problem.type.split("#");
    const list = await rig.send("GET", address);
    expect(list.status).toBe(200);
    expect(await list.text()).toContain(`### ${code}`);
  });
});

describe("a typed client", () => {
  test("knows the routes and their answers", async () => {
    const client = hc<AppType>("http://localhost/api/combinations", {
      fetch: (input: RequestInfo | URL, init?: RequestInit) => rig.app.request(input, init),
    });
    const step = { step_number: 1, ai_provider: "gpt-4", prompt: "x" };
    const saved = await client.workflows.$post({ json: { name: "typed", steps: [step] }, header: {} });
    expect(saved.status).toBe(201);
    const page = await client.workflows.$get({ query: { limit: "1" } });
    if (page.status !== 200) throw new Error(`status ${page.status}`);
    const { workflows } = await page.json();
    expect(workflows[0]?.name satisfies string | undefined).toBe("typed");
  });
});

describe("an unforeseen error", () => {
  test("is answered without its text and goes to the log", async () => {
    const broken = await openHttpRig();
    const { app } = broken;
    await broken.db.schema.dropTable("artifacts").execute();
    const response = await app.request("/api/combinations/artifacts/x?lang=en");
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ code: "internal", title: "Internal error" });
    expect(text).not.toMatch(/no such table|SQL|\.ts/);
    await expect(broken.close()).rejects.toThrow("errors that no rule foresees");
  });
});

describe("the OpenAPI document", () => {
  let document: OpenApiDocument;

  beforeAll(async () => {
    document = JSON.parse(await (await rig.send("GET", "/api/openapi.json")).text());
  });

  test("is version 3.1 and holds every route of the API", () => {
    expect(document.openapi).toBe("3.1.0");
    const routes = Object.entries(document.paths).flatMap(([address, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${address}`),
    );
    expect(routes.toSorted()).toEqual(
      [
        "GET /api/combinations/about",
        "PUT /api/combinations/keys/{variable}",
        "DELETE /api/combinations/keys/{variable}",
        "POST /api/combinations/providers/{provider}/test",
        "POST /api/combinations/artifacts",
        "GET /api/combinations/artifacts",
        "GET /api/combinations/artifacts/{id}",
        "DELETE /api/combinations/artifacts/{id}",
        "GET /api/combinations/archive",
        "GET /api/combinations/batches",
        "GET /api/combinations/batches/{id}",
        "GET /api/combinations/batches/{id}/archive",
        "GET /api/combinations/batches/{id}/events",
        "GET /api/combinations/batches/{id}/results.csv",
        "POST /api/combinations/batches",
        "POST /api/combinations/batches/estimate",
        "POST /api/combinations/batches/{id}/cancel",
        "POST /api/combinations/batches/{id}/cap",
        "POST /api/combinations/batches/{id}/rerun",
        "GET /api/combinations/costs",
        "GET /api/combinations/costs.csv",
        "GET /api/combinations/caps",
        "PUT /api/combinations/caps",
        "GET /api/combinations/events",
        "GET /api/combinations/executions",
        "GET /api/combinations/executions/{id}",
        "GET /api/combinations/executions/{id}/archive",
        "DELETE /api/combinations/executions/{id}",
        "POST /api/combinations/executions/{id}/cancel",
        "POST /api/combinations/executions/{id}/decision",
        "POST /api/combinations/executions/{id}/rerun",
        "POST /api/combinations/executions/{id}/rerun/estimate",
        "POST /api/combinations/executions/{id}/compare",
        "GET /api/combinations/executions/{id}/steps/{step_number}/models",
        "GET /api/combinations/executions/{id}/steps/{step_number}/takes",
        "GET /api/combinations/executions/{id}/events",
        "POST /api/combinations/estimate",
        "POST /api/combinations/execute",
        "GET /api/combinations/providers",
        "GET /api/combinations/templates",
        "GET /api/combinations/workflows",
        "POST /api/combinations/workflows",
        "GET /api/combinations/workflows/{id}",
        "DELETE /api/combinations/workflows/{id}",
        "PUT /api/combinations/workflows/{id}",
        "GET /api/combinations/workflows/{id}/versions",
        "POST /api/combinations/workflows/{id}/versions/{version}/restore",
        "GET /healthz",
        "GET /metrics",
        "GET /readyz",
      ].toSorted(),
    );
  });

  test("says for every route how it fails, and names every operation once", () => {
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    for (const { responses } of operations) {
      expect(responses["500"]?.content).toHaveProperty(["application/problem+json"]);
      expect(responses["403"]?.content).toHaveProperty(["application/problem+json"]);
    }
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(operations.length);
    expect(ids).not.toContain(undefined);
  });

  test("refers only to schemas that it holds", () => {
    const referred = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name,
    );
    expect(referred.length).toBeGreaterThan(10);
    for (const name of referred) expect(document.components.schemas).toHaveProperty([name ?? ""]);
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining([
        "Step",
        "Workflow",
        "Execution",
        "Result",
        "Problem",
        "ExecutionEvent",
        "TextEvent",
      ]),
    );
  });
});
