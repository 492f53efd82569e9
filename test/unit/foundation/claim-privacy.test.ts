import { expect, it } from "vitest";
import { isImpersonalClaim, isPersonalClaim } from "../../../src/foundation/claim-privacy.ts";

it.each(["user_login", "USER_EMAIL", "user_id", "user_identities", "email"])(
  "takes %s for personal",
  (name) => {
    expect(isPersonalClaim(name)).toBe(true);
  },
);

it.each(["sub", "user_access_level", "User_Access_Level", "aws:user_login", "emails", "amr"])(
  "does not take %s for personal",
  (name) => {
    expect(isPersonalClaim(name)).toBe(false);
  },
);

it("does not take a claim that it does not know for an impersonal one", () => {
  expect(["sub", "user_access_level", "groups_direct", "user_login"].filter(isImpersonalClaim)).toEqual([
    "sub",
    "user_access_level",
  ]);
});
