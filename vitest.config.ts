import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // The package is loaded by Node itself, as built: no transform of the test runner touches what is tested.
    server: { deps: { external: [/\/dist\//] } },
    projects: [
      {
        extends: true,
        test: {
          name: "fast",
          include: ["test/*.test.{ts,mjs}", "examples/**/*.test.mjs"],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "slow",
          include: ["test/slow/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          // These fill memory and start browsers: after the fast ones, and one at a time.
          sequence: { groupOrder: 1 },
          maxWorkers: 1,
          execArgv: ["--expose-gc"],
        },
      },
    ],
  },
});
