import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import {
  executeAnswerSchema,
  executionListSchema,
  executionSchema,
  type ExecuteBody,
  type Execution,
  type ExecutionSummary,
  type WorkflowBody,
} from "../../src/http/schemas.ts";
import { openBrowser, type Screen, type ScreenOptions, type TestBrowser } from "../support/browser.ts";
import { startRelais, type RelaisServer } from "../support/relais-process.ts";

/** A real server with a data folder of its own, and a browser: one of each for a test file. */
export interface Stage {
  readonly server: RelaisServer;
  readonly dataFolder: string;
  open(options?: Omit<ScreenOptions, "url">): Promise<Screen>;
  /** Starts an execution without the page, and gives its id. */
  execute(body: ExecuteBody): Promise<number>;
  /** Asks the API for anything else, without the page. */
  post(address: string, body: unknown): Promise<Response>;
  /** Saves a workflow without the page. */
  save(body: WorkflowBody): Promise<void>;
  /** The newest executions, as the API lists them. */
  executions(): Promise<ExecutionSummary[]>;
  /** An execution as the API gives it. */
  execution(id: number): Promise<Execution>;
  /** Resolves when an execution has ended. */
  finished(id: number): Promise<Execution>;
  /** Stops the server and starts it again at the same address. */
  restart(): Promise<void>;
}

/**
 * Sets the stage for the tests of a file, and strikes it. After each test every window is closed, and had no trouble.
 * @param environment gives the settings of the server, once, before it is started.
 */
export function useStage(
  environment: () => Promise<Record<string, string>> = () => Promise.resolve({}),
): Stage {
  const screens: Screen[] = [];
  let dataFolder = "";
  let settings: Record<string, string> = {};
  let server: RelaisServer;
  let browser: TestBrowser;

  beforeAll(async () => {
    dataFolder = mkdtempSync(path.join(tmpdir(), "relais-e2e-"));
    settings = await environment();
    [server, browser] = await Promise.all([
      startRelais({ dataFolder, withPage: true, env: settings }),
      openBrowser(),
    ]);
  });
  afterEach(async () => {
    const opened = screens.splice(0);
    await Promise.all(opened.map((screen) => screen.close()));
    expect(opened.flatMap((screen) => screen.surprises())).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    await server.kill();
    rmSync(dataFolder, { recursive: true });
  });

  const call = async (address: string, body?: unknown): Promise<Response> => {
    const response = await fetch(`${server.url}/api/combinations/${address}`, {
      ...(body !== undefined && {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
    if (!response.ok) throw new Error(`${address}: ${response.status} ${await response.text()}`);
    return response;
  };
  const execution = async (id: number): Promise<Execution> =>
    executionSchema.parse(await (await call(`executions/${id}`)).json());

  return {
    get server() {
      return server;
    },
    get dataFolder() {
      return dataFolder;
    },
    async open(options = {}) {
      const screen = await browser.open({ url: server.url, ...options });
      screens.push(screen);
      return screen;
    },
    async execute(body) {
      return executeAnswerSchema.parse(await (await call("execute", body)).json()).execution_id;
    },
    post: call,
    async save(body) {
      await call("workflows", body);
    },
    async executions() {
      return executionListSchema.parse(await (await call("executions")).json()).executions;
    },
    execution,
    async finished(id) {
      // The stream of events closes after the last one.
      await (await call(`executions/${id}/events`)).text();
      return execution(id);
    },
    async restart() {
      await server.stop();
      const { port } = new URL(server.url);
      server = await startRelais({ dataFolder, env: { ...settings, PORT: port } });
    },
  };
}
