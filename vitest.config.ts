import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const TESTS_OF_MODULES = ["test/{unit,fakes,bench}/**/*.test.ts"];

export default defineConfig({
  test: {
    globalSetup: ["test/harness/build-bundle.ts"],
    projects: [
      // They keep nothing in modules: one process loads the source once for many of them.
      { extends: true, test: { name: "modules", include: TESTS_OF_MODULES, isolate: false } },
      {
        extends: true,
        test: { name: "processes", include: ["test/**/*.test.ts"], exclude: TESTS_OF_MODULES },
      },
    ],
    pool: "forks",
    // Most tests wait for processes of their own.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["src/main.ts", "src/edge/**", "src/**/*.d.ts"],
      reporter: ["text", "cobertura"],
    },
  },
});
