import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CommandFailure } from "./command-failure.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PAGE = path.join(ROOT, "web", "dist");
const STAMP = ".stamp";
const VITE = path.join(ROOT, "node_modules", "vite", "bin", "vite.js");
/** On the same disk as the page, so that a finished build is moved there in one step; git ignores it. */
const SCRATCH = path.join(ROOT, "node_modules", ".cache", "relais");
const SOURCES = ["web", "src/workflow", "src/errors.ts", "package-lock.json"];
const MAX_OUTPUT_CHARACTERS = 2_000;

/** Whether the built page is missing or was built from other sources. */
export function isPageStale(): boolean {
  const stamp = path.join(PAGE, STAMP);
  return !existsSync(stamp) || readFileSync(stamp, "utf8") !== stampOfSources();
}

/**
 * Builds the page in a process of its own, so that its memory is not the server's, and puts it in place in one step: two
 * builds at once do no harm.
 * @throws CommandFailure when the builder is not installed or refuses.
 */
export async function buildPage(): Promise<void> {
  if (!existsSync(VITE)) throw notInstalled();
  const stamp = stampOfSources();
  const target = path.join(SCRATCH, `page-${process.pid}`);
  mkdirSync(target, { recursive: true });
  try {
    await runVite(target);
    writeFileSync(path.join(target, STAMP), stamp);
    putInPlace(target);
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
}

async function runVite(target: string): Promise<void> {
  const args = [
    VITE,
    "build",
    path.join(ROOT, "web"),
    "--outDir",
    target,
    "--emptyOutDir",
    "--logLevel",
    "warn",
  ];
  try {
    await promisify(execFile)(process.execPath, args, {
      cwd: ROOT,
      env: { ...process.env, NODE_ENV: "production" },
    });
  } catch (error) {
    const output = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    throw buildFailed(output.trim().slice(0, MAX_OUTPUT_CHARACTERS));
  }
}

/** Two renames, so that whoever is being served the page meanwhile hardly ever finds it missing. */
function putInPlace(built: string): void {
  const old = `${built}-old`;
  for (let tries = 3; ; tries -= 1) {
    if (existsSync(PAGE)) renameSync(PAGE, old);
    try {
      renameSync(built, PAGE);
      return;
    } catch (error) {
      // Another build was put in place at the same moment.
      if (tries === 0) throw error;
    } finally {
      rmSync(old, { recursive: true, force: true });
    }
  }
}

/** A hash of all that the page is built from. */
function stampOfSources(): string {
  const hash = createHash("sha256");
  for (const file of SOURCES.flatMap((source) => filesUnder(path.join(ROOT, source)))) {
    const content = readFileSync(file);
    hash.update(`${path.relative(ROOT, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

function filesUnder(place: string): string[] {
  if (place === PAGE || !existsSync(place)) return [];
  if (place.includes(".test.")) return [];
  try {
    return readdirSync(place)
      .toSorted()
      .flatMap((name) => filesUnder(path.join(place, name)));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOTDIR") return [place];
    throw error;
  }
}

function notInstalled(): CommandFailure {
  return new CommandFailure({
    fr: "La page ne peut pas être construite, car Vite manque : Relais a été installé sans ses dépendances de développement. Lancez « npm ci » sans --omit=dev, puis recommencez\u202f; ou démarrez l’API sans la page par « npm start -- --no-build ».",
    en: "The page cannot be built, because Vite is missing: Relais was installed without its development dependencies. Run “npm ci” without --omit=dev, then try again; or start the API without the page with “npm start -- --no-build”.",
  });
}

function buildFailed(output: string): CommandFailure {
  return new CommandFailure({
    fr: `La construction de la page a échoué. Voici ce que dit Vite :\n${output}`,
    en: `The page could not be built. This is what Vite says:\n${output}`,
  });
}
