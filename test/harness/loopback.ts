import { networkInterfaces } from "node:os";

const addresses = Object.values(networkInterfaces())
  .flat()
  .map((address) => address?.address);

/** `::1`, or nothing on a machine without IPv6, so that a table of tests is empty there. */
export const IPV6_LOOPBACK: readonly string[] = ["::1"].filter((address) => addresses.includes(address));
