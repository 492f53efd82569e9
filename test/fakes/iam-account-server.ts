import { type Listener, readBody, startListener } from "../../stand-ins/http-listener.ts";
import { renderError } from "../../stand-ins/sts/query-protocol.ts";
import { type AskIam, askIam, type IamAccount } from "./iam-account.ts";

/** What becomes of a request: it is served, refused, or served while its answer is lost on the way. */
export type RequestFate = "served" | "refused" | "answer-lost";

/** A refusal that no client repeats. */
const DENIED = {
  status: 403,
  body: renderError(
    { status: 403, code: "AccessDenied", message: "User: ada is not authorized" },
    "request-id",
  ),
};

/** An account behind a network and permissions that let a request down, each counted from 1. */
export function troubleIam(account: IamAccount, decide: (call: number) => RequestFate): AskIam {
  let calls = 0;
  return (body) => {
    calls += 1;
    const fate = decide(calls);
    if (fate === "refused") return DENIED;
    const answer = askIam(account, body);
    return fate === "served" ? answer : DENIED;
  };
}

/** Starts an endpoint on loopback for IAM and STS of one account. */
export function startIamAccount(ask: AskIam): Promise<Listener> {
  return startListener({
    handle: async (request, response) => {
      const { status, body } = ask(await readBody(request));
      response.writeHead(status, { "content-type": "text/xml" }).end(body);
    },
  });
}
