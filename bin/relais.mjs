#!/usr/bin/env node
// Starts Relais on Node 24, which comes with its dependencies, whatever Node the machine has. Plain JavaScript without
// dependencies, so that it runs on old Nodes and can still say what is missing.
import { spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import nodeModule from "node:module";
import { fileURLToPath } from "node:url";

const NEEDED_MAJOR = 24;
const NOT_INSTALLED = {
  fr: "Relais n’est pas installé : ses dépendances manquent. Lancez « npm ci » dans son dossier, puis recommencez.",
  en: "Relais is not installed: its dependencies are missing. Run “npm ci” in its folder, then try again.",
};

const NO_NODE = {
  fr: "Relais a besoin de Node 24, que npm n’a pas pu installer sur cette machine. Installez Node 24, puis recommencez.",
  en: "Relais needs Node 24, which npm could not install on this machine. Install Node 24, then try again.",
};

const modules = new URL("../node_modules/", import.meta.url);
const bundledNode = fileURLToPath(
  new URL(process.platform === "win32" ? "node/bin/node.exe" : "node/bin/node", modules),
);

const isOldNode = Number.parseInt(process.versions.node, 10) < NEEDED_MAJOR;

if (!existsSync(new URL("commander/", modules))) {
  stop(NOT_INSTALLED);
} else if (isOldNode && !existsSync(bundledNode)) {
  // npm has no package of this Node for every platform.
  stop(NO_NODE);
} else if (isOldNode && !runsOnBundledNode()) {
  runOn(bundledNode);
} else {
  keepQuietAboutExperiments();
  // In the environment too, for the processes that Relais starts.
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL(".cache/relais/code", modules));
  nodeModule.enableCompileCache(process.env.NODE_COMPILE_CACHE);
  const { main } = await import("../src/cli/main.ts");
  await main(process.argv);
}

function stop(sentence) {
  const locale = process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || "";
  process.stderr.write(`${locale.toLowerCase().startsWith("fr") ? sentence.fr : sentence.en}\n`);
  process.exitCode = 1;
}

/** Whatever its version says, the bundled Node is never started a second time: a damaged one would start itself for ever. */
function runsOnBundledNode() {
  return realpathSync(process.execPath) === realpathSync(bundledNode);
}

/** Runs this very command again on another Node, and is as good as it: same streams, same signals, same exit code. */
function runOn(node) {
  const command = fileURLToPath(import.meta.url);
  const child = spawn(node, [command, ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    process.stderr.write(`${node}: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    if (signal === null) {
      process.exitCode = code ?? 1;
      return;
    }
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** Node says of `node:sqlite` on every start that it is experimental; nobody who starts Relais can do anything with it. */
function keepQuietAboutExperiments() {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = (warning, ...rest) => {
    const type = typeof rest[0] === "object" && rest[0] !== null ? rest[0].type : rest[0];
    if (type !== "ExperimentalWarning") emitWarning(warning, ...rest);
  };
}
