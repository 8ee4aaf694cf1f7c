import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "relais-layers-"));
  await copyFile(path.join(ROOT, "oxlint.config.ts"), path.join(folder, "oxlint.config.ts"));
  await copyFile(path.join(ROOT, "tsconfig.json"), path.join(folder, "tsconfig.json"));
  await symlink(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  await plant("src/workflow/rule.ts", "export const rule = 1;\n");
  await plant("src/db/store.ts", "export const store = 1;\n");
  await plant("src/http/app.ts", "export const app = 1;\n");
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function plant(place: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(folder, place)), { recursive: true });
  await writeFile(path.join(folder, place), text);
}

/** What the linter says of the folder; empty where it finds nothing. */
async function complaints(): Promise<string> {
  const oxlint = path.join(ROOT, "node_modules/oxlint/bin/oxlint");
  try {
    await run(process.execPath, [oxlint, "src", "web"], { cwd: folder });
    return "";
  } catch (error) {
    return error instanceof Error && "stdout" in error ? String(error.stdout) : String(error);
  }
}

describe("the layers", () => {
  test("let a layer import what is below it", async () => {
    await plant("src/engine/plan.ts", 'export { store } from "../db/store.ts";\n');
    await mkdir(path.join(folder, "web"), { recursive: true });
    await plant("web/page.ts", 'export { rule } from "../src/workflow/rule.ts";\n');
    expect(await complaints()).toBe("");
  });

  test.each([
    ["src/workflow/rule.ts", 'export { store } from "../db/store.ts";\n'],
    ["src/db/store.ts", 'export { app } from "../http/app.ts";\n'],
    ["src/engine/plan.ts", 'export { app } from "../http/app.ts";\n'],
    ["src/engine/deep/plan.ts", 'export { app } from "../../http/app.ts";\n'],
    ["src/providers/local/text.ts", 'export { store } from "../../db/store.ts";\n'],
    ["web/page.ts", 'export { store } from "../src/db/store.ts";\n'],
  ])("refuse a breach planted in %s", async (place, text) => {
    await plant("web/empty.ts", "export const empty = 1;\n");
    await plant(place, text);
    expect(await complaints()).toContain("no-restricted-imports");
  });
});
