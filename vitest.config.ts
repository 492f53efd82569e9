import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/harness/build-bundle.ts"],
    pool: "forks",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["src/main.ts", "src/node-host.ts", "src/node-network.ts", "src/**/*.d.ts"],
      reporter: ["text"],
    },
  },
});
