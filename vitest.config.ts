import { defineConfig } from "vitest/config";

// Two projects: what runs inside this process, and whole-program tests that start servers, child processes and a
// browser. Both are bounded to two workers, the size of the smallest machine that Relais is made for.
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "web/**/*.test.ts", "web/**/*.test.tsx"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "program",
          include: ["test/**/*.test.ts"],
          exclude: ["test/bench/**"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
