import { connect, type Socket } from "node:net";
import { Worker } from "node:worker_threads";

/** An address that swallows connections, as one behind a firewall that drops packets. */
export interface DeadListener {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens with the shortest queue there is and never takes anybody out of it. */
const LISTEN_AND_BLOCK = `
  const { createServer } = require("node:net");
  const { parentPort, workerData } = require("node:worker_threads");
  const { host, port, gate } = workerData;
  const server = createServer();
  server.once("error", (error) => { throw error; });
  server.listen({ host, port, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(gate, 0, 0);
    process.exit();
  });`;

/** More than the queue holds, so that the kernel drops the packets of whoever comes next. */
const FILLERS = 4;

/** Starts listening on loopback, on a free port unless one is given. */
export async function startDeadListener(host: string, port = 0): Promise<DeadListener> {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(LISTEN_AND_BLOCK, { eval: true, workerData: { host, port, gate } });
  const taken = await new Promise<number>((resolve, reject) => {
    worker.once("message", resolve).once("error", reject);
  });
  const fillers: readonly Socket[] = Array.from({ length: FILLERS }, () =>
    connect({ host, port: taken }).on("error", () => {}),
  );
  await new Promise((resolve) => fillers[0]?.once("connect", resolve));
  return {
    port: taken,
    close: async () => {
      for (const filler of fillers) filler.destroy();
      const exited = new Promise((resolve) => worker.once("exit", resolve));
      Atomics.store(gate, 0, 1);
      Atomics.notify(gate, 0);
      await exited;
    },
  };
}
