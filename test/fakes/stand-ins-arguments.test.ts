import { describe, expect, it } from "vitest";
import { parseArguments, UsageError, worldOptionsOf } from "./stand-ins-arguments.ts";

const read = async (args: readonly string[]) => worldOptionsOf(parseArguments(args));

describe("a bad argument", () => {
  it.each<readonly [args: readonly string[], message: string]>([
    [["--prot", "1"], "Unknown option '--prot'"],
    [["demo"], "Unexpected argument 'demo'. This command does not take positional arguments"],
    [["--port", "70000"], '"--port" must be a whole number from 0 to 65535, got "70000"'],
    [["--issuer-port", "1e3"], '"--issuer-port" must be a whole number from 0 to 65535, got "1e3"'],
    [["--iss", "gitlab.com"], '"--iss" must be a URL without a query, got "gitlab.com"'],
    [
      ["--world", import.meta.filename],
      `"--world": cannot use ${import.meta.filename}: the file is not JSON`,
    ],
    [
      ["--world", "/absent"],
      `"--world": cannot use /absent: ENOENT: no such file or directory, open '/absent'`,
    ],
  ])("%j is told", async (args, message) => {
    await expect(read(args)).rejects.toThrow(new UsageError(message));
  });
});

it("are the ports, host and issuer of a world", async () => {
  expect(
    await read(["--port", "1", "--issuer-port", "2", "--host", "::1", "--tls", "--iss", "https://a.example"]),
  ).toEqual({
    iss: "https://a.example",
    tls: true,
    sts: { host: "::1", port: 1 },
    issuer: { host: "::1", port: 2 },
  });
});
