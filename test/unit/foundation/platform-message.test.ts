import { expect, it } from "vitest";
import { platformCode, withoutInsides } from "../../../src/foundation/platform-message.ts";
import { platformError } from "../../harness/memory-host.ts";

it.each([
  [platformError("ENOENT"), "ENOENT"],
  [platformError("ERR_FS_EISDIR"), "EISDIR"],
  [new Error("no code"), "unknown reason"],
  ["ENOENT", "unknown reason"],
  [undefined, "unknown reason"],
])("reads from %j the code %s", (error, code) => {
  expect(platformCode(error)).toBe(code);
});

it.each([
  ["nothing of a plain message", "connect ECONNREFUSED 127.0.0.1:1", "connect ECONNREFUSED 127.0.0.1:1"],
  ["the name of a package", "@smithy/node-http-handler - request timed out", "request timed out"],
  [
    "the insides of OpenSSL",
    "write EPROTO 40C7:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../ssl/record.c:354:",
    "wrong version number",
  ],
  [
    "the insides of OpenSSL, where it says nothing else",
    "40C7:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:../ssl/record/tlsany.c:77:\n",
    "wrong version number",
  ],
  [
    "advice on how to start Node",
    "self-signed certificate; if the root CA is installed locally, try running Node.js with --use-system-ca",
    "self-signed certificate",
  ],
  [
    "all lines but the first",
    "char '<' is not expected.\n  Deserialization error: inspect $response",
    "char '<' is not expected.",
  ],
  ["nothing of nothing", "", ""],
])("leaves out %s", (_, message, told) => {
  expect(withoutInsides(message)).toBe(told);
});
