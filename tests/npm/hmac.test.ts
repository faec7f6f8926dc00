/** The Next.js entry's HMAC-SHA256, against Node's own. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { hmacSha256 } from "../../npm/src/next/hmac.ts";
import { signatureOf } from "../support/events.ts";

test("it is Node's at every length around a block, for every kind of text and secret", () => {
  const texts = [...Array(140).keys()].map((length) => "x".repeat(length)).concat("Grüße, 世界 👋", "a".repeat(60_000));
  for (const secret of ["s", "k".repeat(64), "k".repeat(65), "clé-à-moi"])
    for (const text of texts)
      assert.equal(hmacSha256(secret, text), signatureOf(text, secret), `${secret} ${text.length}`);
});

test("it is what RFC 4231 says (case 2)", () => {
  const expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
  assert.equal(hmacSha256("Jefe", "what do ya want for nothing?"), expected);
});
