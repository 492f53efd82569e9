import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const LONG_TESTS = [
  "test/{browser,e2e,faults}/**/*.test.ts",
  "test/docs/blocks/{aws-commands,yaml-blocks}.test.ts",
  // These wait for most of their time, while others have work to do.
  "test/scenarios/{assume-role-chained,doctor-sts-unreachable,refused-connections}.test.ts",
];
/** They start few processes: starting one takes the longer, the more a worker has loaded. */
const UNIT_TESTS = ["test/{bench,examples,fakes,fuzz,unit}/**/*.test.ts", "test/docs/prose/**/*.test.ts"];

export default defineConfig({
  test: {
    globalSetup: ["test/harness/build-bundle.ts"],
    projects: [
      // Vitest takes projects by their names: first those files that take the longest, so that nothing waits for them in the end.
      { extends: true, test: { name: "long", include: LONG_TESTS } },
      {
        extends: true,
        test: {
          name: "processes",
          include: ["test/**/*.test.ts"],
          exclude: [...LONG_TESTS, ...UNIT_TESTS],
        },
      },
      { extends: true, test: { name: "units", include: UNIT_TESTS } },
    ],
    pool: "forks",
    // No test keeps anything in modules: a worker loads the source once for many of them.
    isolate: false,
    // Most tests wait for processes of their own.
    maxWorkers: availableParallelism() + 1,
    // They end what hangs; a machine that is slow or busy is no failure.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["src/main.ts", "src/edge/**", "src/**/*.d.ts"],
      reporter: ["text", "cobertura"],
    },
  },
});
