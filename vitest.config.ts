import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const TESTS_OF_MODULES = ["test/{unit,fakes,bench}/**/*.test.ts"];

export default defineConfig({
  test: {
    globalSetup: ["test/harness/build-bundle.ts"],
    projects: [
      // They wait for processes of their own, some for long: first, so that nothing waits for them in the end.
      {
        extends: true,
        test: { name: "processes", include: ["test/**/*.test.ts"], exclude: TESTS_OF_MODULES },
      },
      { extends: true, test: { name: "modules", include: TESTS_OF_MODULES } },
    ],
    pool: "forks",
    // No test keeps anything in modules: a worker loads the source once for many of them.
    isolate: false,
    // Most tests wait for processes of their own.
    maxWorkers: availableParallelism() + 1,
    maxConcurrency: 12,
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
