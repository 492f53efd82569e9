import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { FaultCase } from "./fault-case.ts";

/** Runs a command with a file system of its own, which needs no privileges where user namespaces are permitted. */
const IN_NAMESPACE = ["unshare", "--map-root-user", "--mount"] as const;

/** Whether this machine permits that; containers often do not. */
export const MOUNTS_PERMITTED =
  spawnSync(IN_NAMESPACE[0], [...IN_NAMESPACE.slice(1), "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;

/** Runs the script in a small file system, prepared by `prepare`, and fails with 98 if the script leaves anything there. */
function onSmallDisk(options: string, prepare = ""): NonNullable<FaultCase["command"]> {
  const script = `
    mkdir disk && mount -t tmpfs -o size=4k,${options} none disk && cd disk || exit 99
    ${prepare}
    before=$(ls -A)
    "$@"
    code=$?
    [ "$(ls -A)" = "$before" ] || exit 98
    exit $code`;
  return [...IN_NAMESPACE, "sh", "-c", script, "sh", process.execPath];
}

type Means = Pick<FaultCase, "firstLine"> & Partial<FaultCase>;

/** `ENOSPC`; where mounting is not permitted, the limit on file sizes stands for the full disk. */
export const DISK_FULL: Means = MOUNTS_PERMITTED
  ? {
      command: onSmallDisk("rw", "cat /dev/zero >filler 2>/dev/null"),
      firstLine: /ENOSPC/,
      leftovers: ["disk"],
    }
  : {
      command: ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", process.execPath],
      firstLine: /EFBIG/,
      standsIn: true,
    };

/** In a folder of the kernel nobody can make files; a changed root may lack the first. */
const KERNEL_FOLDER = existsSync("/sys/kernel") ? "/sys" : "/proc";

/** `EROFS`; where mounting is not permitted, a folder of the kernel stands for it. */
export const READ_ONLY: Means = MOUNTS_PERMITTED
  ? { command: onSmallDisk("ro"), firstLine: /EROFS/, requests: 0, leftovers: ["disk"] }
  : {
      command: ["sh", "-c", `cd ${KERNEL_FOLDER}; exec "$@"`, "sh", process.execPath],
      firstLine: /EROFS|EACCES|EPERM|ENOENT/,
      requests: [0, 2],
      standsIn: true,
    };
