/**
 * Loaded into the run before the script: a name service in place of the machine's, so that no name leaves the machine and
 * names can resolve to loopback, fail or hang.
 *
 * `NAME_SERVICE` holds JSON: by host name its addresses in order, an error code, or `{"hang": "<path of a FIFO>"}`.
 */
import dns from "node:dns";
import { open } from "node:fs";

type Answer = readonly string[] | string | { readonly hang: string };
type Callback = (error: Error | null, addresses?: readonly { address: string; family: number }[]) => void;

const answers: Readonly<Record<string, Answer>> = JSON.parse(process.env.NAME_SERVICE ?? "{}");

function lookup(hostname: string, _options: unknown, callback: Callback): void {
  const answer = answers[hostname] ?? "ENOTFOUND";
  if (typeof answer === "string") {
    const error = Object.assign(new Error(`getaddrinfo ${answer} ${hostname}`), { code: answer, hostname });
    process.nextTick(callback, error);
  } else if ("hang" in answer) {
    // Opening a FIFO that nobody writes to occupies a thread of the pool, as a name server that does not answer does.
    open(answer.hang, "r", () => callback(null, []));
  } else {
    const addresses = answer.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
    process.nextTick(callback, null, addresses);
  }
}

Object.assign(dns, { lookup });
