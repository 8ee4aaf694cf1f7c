import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const ON_POSTGRES_ONLY = "{src,test}/**/*.postgres.test.ts";

/** Programs that tests start read their modules from here the second time. */
const NODE_COMPILE_CACHE = fileURLToPath(new URL("node_modules/.cache/relais/tests", import.meta.url));

/** Only what is stuck is given up: how long a state takes to come depends on what else the machine does. */
const UNTIL_STUCK = { poll: { timeout: 30_000 } };

// What runs inside this process; whole-program tests that start servers, child processes and a browser; and on PostgreSQL
// once more what touches a database, on a server that the run starts and stops. All are bounded to two workers, the size of the smallest machine that Relais is made for.
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "unit",
          expect: UNTIL_STUCK,
          include: ["src/**/*.test.ts", "web/**/*.test.ts", "web/**/*.test.tsx"],
          exclude: [ON_POSTGRES_ONLY],
          env: { NODE_COMPILE_CACHE },
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "program",
          expect: UNTIL_STUCK,
          include: ["test/**/*.test.ts"],
          exclude: ["test/bench/**", ON_POSTGRES_ONLY],
          env: { NODE_COMPILE_CACHE },
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: "postgres",
          expect: UNTIL_STUCK,
          include: [
            "src/{db,engine}/**/*.test.ts",
            "src/http/{batches,costs,versions,executions,execution-events,decisions,workflows,artifacts,rerun,takes,artifact-list,history-search}.test.ts",
            "test/recovery.test.ts",
            "test/rerun-recovery.test.ts",
            "test/upgrade.test.ts",
            ON_POSTGRES_ONLY,
          ],
          // What SQLite alone has.
          exclude: ["src/db/{migrate,folder-lock,group-commit}.test.ts"],
          env: { NODE_COMPILE_CACHE, RELAIS_TEST_DATABASE: "postgres" },
          globalSetup: ["test/support/postgres-setup.ts"],
          testTimeout: 180_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
