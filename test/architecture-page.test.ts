import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDERS = ["bin", "docs", "migrations", "scripts", "src", "test", "web/src"];
const page = readFileSync(path.join(ROOT, "ARCHITECTURE.md"), "utf8");

/** Every file that a reader may be sent to, by its place in the repository. */
const files = [
  ...readdirSync(ROOT),
  ...FOLDERS.flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" }).map(
      (name) => `${folder}/${name}`,
    ),
  ),
];

function isThere(name: string): boolean {
  return files.some((file) => file === name || file.endsWith(`/${name}`));
}

function foldersIn(place: string): string[] {
  return readdirSync(path.join(ROOT, place), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

describe("ARCHITECTURE.md", () => {
  test("names only files that are there", () => {
    const named = [...page.matchAll(/`([\w./-]+\.(?:ts|tsx|mjs|json|sql|typ|css|md))`/g)].map(
      ([, name = ""]) => name,
    );
    expect(named.length).toBeGreaterThan(100);
    // The one that a running server writes, and the example of a test's name.
    expect([...new Set(named)].filter((name) => !isThere(name))).toEqual(["server.json", "x.test.ts"]);
  });

  test("says what is in each folder of the program and of the page", () => {
    expect(foldersIn("src").filter((name) => !page.includes(`| \`src/${name}/\``))).toEqual([]);
    expect(foldersIn("web/src/features").filter((name) => !page.includes(`| \`${name}/\``))).toEqual([]);
  });
});
