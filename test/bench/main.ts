import { printRows } from "./rows.ts";

/**
 * `npm run bench`: what Relais costs in time, memory and weight, beside a floor measured in the same run; of the page alone,
 * within half a minute, with `npm run bench -- page`. It fails where something cannot be measured, never by a figure.
 */

const part = process.argv[2];
if (part === undefined) {
  const { measureAll } = await import("./all.ts");
  printRows(await measureAll());
} else if (part === "page") {
  const { measurePage } = await import("./page.ts");
  printRows(await measurePage());
} else {
  process.stderr.write(`npm run bench knows no part “${part}”; it measures everything, or “page”.\n`);
  process.exitCode = 2;
}
