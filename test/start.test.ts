import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { executeAnswerSchema, executionSchema, type Execution } from "../src/http/schemas.ts";
import { listenOnLoopback } from "./support/listen.ts";
import { runCommand, startCommand, startRelais, type RelaisServer } from "./support/relais-process.ts";

const PAGE = new URL("../web/dist/", import.meta.url);
const READY = /^Relais est prêt : (http:\/\/127\.0\.0\.1:\d+)\n$/;
const FAKES_OLD_NODE =
  "--import=data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.20.2'})";

let folder: string;
const servers: RelaisServer[] = [];

async function start(options: Omit<Parameters<typeof startRelais>[0], "dataFolder"> = {}) {
  const server = await startRelais({ dataFolder: folder, ...options });
  servers.push(server);
  return server;
}

beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(tmpdir(), "relais-start-")), "data");
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.kill()));
  rmSync(path.dirname(folder), { recursive: true });
});

describe("a start", () => {
  test("prints one line with an address that answers", async () => {
    const server = await start();
    const { stdout } = server.output();
    expect(stdout).toMatch(READY);
    expect(READY.exec(stdout)?.[1]).toBe(server.url);
    const ready = await fetch(`${server.url}/readyz`);
    expect(ready.status).toBe(200);
    const { stderr } = server.output();
    expect(stderr).toBe("");
  });

  test("speaks English where the terminal does", async () => {
    const server = await start({ env: { LANG: "en_US.UTF-8" } });
    expect(server.output().stdout).toBe(`Relais is ready: ${server.url}\n`);
  });

  test("keeps the data folder to this account and says there where it answers, until it stops", async () => {
    const server = await start();
    const file = path.join(folder, "server.json");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ url: server.url, pid: server.pid });
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await server.stop();
    expect(existsSync(file)).toBe(false);
  });

  test("builds the page where it is not built from these sources, and only then", async () => {
    writeFileSync(new URL(".stamp", await builtPage()), "other sources");
    const first = await start({ withPage: true });
    expect(first.output().stderr).toContain("Construction de la page");
    const page = await fetch(`${first.url}/combinations`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("<script");
    await first.stop();

    // What it says and not the files: other tests start servers meanwhile, which may have found the page stale as well.
    const second = await start({ withPage: true });
    expect(second.output().stderr).toBe("");
  });

  test("is refused on a folder that another process owns, with its address", async () => {
    const first = await start();
    const { code, stdout, stderr } = await runCommand(["serve", "--no-build"], { dataFolder: folder });
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain(folder);
    expect(stderr).toContain(first.url);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
  });

  test("takes over the folder of a process that was killed", async () => {
    const first = await start();
    await first.kill();
    expect(existsSync(path.join(folder, "server.json"))).toBe(true);
    const second = await start();
    expect((await fetch(`${second.url}/readyz`)).status).toBe(200);
  });

  test("says that its port is taken", async () => {
    const other = createServer();
    const port = new URL(await listenOnLoopback(other)).port;
    const exit = await runCommand(["serve", "--no-build"], { dataFolder: folder, env: { PORT: port } });
    other.close();
    expect(exit.code).toBe(1);
    expect(exit.stdout).toBe("");
    expect(exit.stderr).toContain(`Le port ${port} est déjà pris`);
    expect(exit.stderr.trim().split("\n")).toHaveLength(1);
  });

  test.each([
    ["PORT", "eight thousand"],
    ["RELAIS_MAX_EXECUTIONS", "many"],
    ["OPENAI_BASE_URL", "api.openai.com"],
  ])("is refused by a wrong %s, which it names", async (name, value) => {
    const exit = await runCommand(["serve", "--no-build"], { dataFolder: folder, env: { [name]: value } });
    expect(exit.code).toBe(2);
    expect(exit.stdout).toBe("");
    expect(exit.stderr).toContain(`${name}=`);
    expect(exit.stderr.trim().split("\n")).toHaveLength(1);
    expect(existsSync(folder)).toBe(false);
  });

  test("is refused on an open network without an access token", async () => {
    const open = { HOST: "0.0.0.0", PORT: "0" };
    const refused = await runCommand(["serve", "--no-build"], { dataFolder: folder, env: open });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("RELAIS_ACCESS_TOKEN");

    const server = await start({ env: { ...open, RELAIS_ACCESS_TOKEN: "token-of-this-test" } });
    const address = server.url.replace("0.0.0.0", "127.0.0.1");
    expect((await fetch(`${address}/api/combinations/templates`)).status).toBe(401);
    const headers = { Authorization: "Bearer token-of-this-test" };
    expect((await fetch(`${address}/api/combinations/templates`, { headers })).status).toBe(200);
    expect(JSON.stringify(server.output())).not.toContain("token-of-this-test");
  });

  test("runs on the Node that comes with it where the machine's own is too old", async () => {
    const old = path.join(folder, "..", "node");
    copyFileSync(process.execPath, old);
    const options = { dataFolder: folder, node: old, env: { NODE_OPTIONS: FAKES_OLD_NODE } };
    const help = await runCommand(["--help"], options);
    expect(help).toMatchObject({ code: 0, stderr: "" });
    expect(help.stdout).toContain("relais");
    expect(await runCommand(["no-such-command"], options)).toMatchObject({ code: 2 });

    const server = await start({ node: old, env: options.env });
    const { pid } = JSON.parse(readFileSync(path.join(folder, "server.json"), "utf8"));
    expect(pid).not.toBe(server.pid);
    expect(await server.stop()).toMatchObject({ code: 0 });
  });
});

describe("a stop", () => {
  test.each(["SIGTERM", "SIGINT"] as const)(
    "on %s ends within 4 seconds with exit code 0",
    async (signal) => {
      const server = await start();
      const events = await fetch(`${server.url}/api/combinations/executions`);
      expect(events.status).toBe(200);
      const asked = performance.now();
      server.signal(signal);
      const { code } = await server.exited;
      expect(code).toBe(0);
      expect(performance.now() - asked).toBeLessThan(4_000);
    },
  );

  test("leaves what is under way to the next start", async () => {
    const first = await start();
    const body = { template_id: "creation-contenu", initial_input: "Blockchain", mode: "rehearsal" };
    const answer = await fetch(`${first.url}/api/combinations/execute`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const { execution_id } = executeAnswerSchema.parse(await answer.json());
    const asked = performance.now();
    const { code } = await first.stop();
    expect(code).toBe(0);
    expect(performance.now() - asked).toBeLessThan(5_000);

    const second = await start();
    const execution = await untilCompleted(second, execution_id);
    expect(execution.results).toHaveLength(3);
  });
});

async function untilCompleted(server: RelaisServer, id: number): Promise<Execution> {
  const events = await fetch(`${server.url}/api/combinations/executions/${id}/events`);
  // The stream closes after the last event.
  await events.text();
  const answer = await fetch(`${server.url}/api/combinations/executions/${id}`);
  const execution = executionSchema.parse(await answer.json());
  expect(execution.status).toBe("completed");
  return execution;
}

async function builtPage(): Promise<URL> {
  const { code, stderr } = await startCommand(["build"], { dataFolder: folder }).exited;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return PAGE;
}
