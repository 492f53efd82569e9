/**
 * Loaded into the run before the script: a name service in place of the machine's, so that no name leaves the machine and
 * names can resolve to loopback, fail, or take their time.
 *
 * `NAME_SERVICE` holds JSON: the {@link Answer} by host name.
 */
import dns from "node:dns";
import { open } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Addresses in their order, perhaps after some milliseconds; the code of an error; or a FIFO to wait at forever. */
type Answer =
  | readonly string[]
  | { readonly after: number; readonly addresses: readonly string[] }
  | string
  | { readonly hang: string };
type Callback = (error: Error | null, addresses?: readonly { address: string; family: number }[]) => void;

const answers: Readonly<Record<string, Answer>> = JSON.parse(process.env.NAME_SERVICE ?? "{}");

async function resolve(hostname: string): Promise<readonly string[]> {
  const answer = answers[hostname] ?? "ENOTFOUND";
  if (typeof answer === "string") {
    throw Object.assign(new Error(`getaddrinfo ${answer} ${hostname}`), { code: answer, hostname });
  }
  if ("hang" in answer) {
    // Opening a FIFO that nobody writes to occupies a thread of the pool, as a name server that does not answer does.
    return new Promise(() => open(answer.hang, "r", () => {}));
  }
  if ("after" in answer) {
    await sleep(answer.after);
    return answer.addresses;
  }
  return answer;
}

function lookup(hostname: string, _options: unknown, callback: Callback): void {
  resolve(hostname).then(
    (addresses) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      ),
    callback,
  );
}

Object.assign(dns, { lookup });
