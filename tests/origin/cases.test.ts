/** Every case of tests/cases/admit against a live origin: what goes on is what `GET /events` shows afterwards. */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { admitCases, askOf, expectFits, type AdmitCase } from "../support/cases.ts";
import { ask, type Answer } from "../support/http.ts";
import { removeFolders, startOrigin, type Origin } from "../support/origin.ts";
import { as, ownSecrets } from "../support/tokens.ts";

const timesOf = (one: AdmitCase): number => one.request.times ?? 1;

/** Cases that can share one process: with the same policy, and without a count of requests. */
function groups(): Map<string, AdmitCase[]> {
  const found = new Map<string, AdmitCase[]>();
  for (const one of admitCases().filter(({ hosts }) => hosts === undefined || hosts.includes("origin"))) {
    const key = JSON.stringify([one.policy ?? {}, timesOf(one) > 1 ? one.name : ""]);
    found.set(key, [...(found.get(key) ?? []), one]);
  }
  return found;
}

for (const [key, group] of groups()) {
  const [policy, alone] = JSON.parse(key) as [Record<string, string>, string];
  describe(alone || Object.keys(policy).join(" ") || "no policy", () => {
    let origin: Origin;
    before(async () => {
      // In prod it does not start with the default token.
      const env: Record<string, string> = { ...ownSecrets, ...policy };
      if (alone === "") env["LOG_RATE_BURST"] = "100000";
      origin = await startOrigin({ env });
    });
    after(async () => {
      await origin.stop();
      await removeFolders();
    });
    for (const one of group) test(`${one.file}: ${one.name}`, () => run(origin, one));
  });
}

async function run(origin: Origin, one: AdmitCase): Promise<void> {
  let answer: Answer | undefined;
  for (let time = 0; time < timesOf(one); time += 1) answer = await ask(origin.url, askOf(one));
  const stored = await storedBy(origin, one, answer!);
  for (const spelling of one.raw_never ?? [])
    assert.ok(!stored.includes(spelling), `"${spelling}" stands in the answer`);
  const { events } = JSON.parse(stored) as { events: unknown[] };
  const lines = events.reverse().map((event) => JSON.stringify(event));
  expectFits({ ...one, raw_never: [] }, answer!, lines);
}

/** The events of that request, as the origin answers them: they carry its id, or the one that the case says they have. */
async function storedBy(origin: Origin, one: AdmitCase, answer: Answer): Promise<string> {
  const first = Array.isArray(one.lines) ? (one.lines[0] as { request_id?: string } | undefined) : undefined;
  const id = first?.request_id && first.request_id !== "*" ? first.request_id : String(answer.headers["x-request-id"]);
  const target = `/events?limit=200&request_id=${encodeURIComponent(id)}`;
  const found = await ask(origin.url, { method: "GET", target, headers: as("agent", ownSecrets.JWT_ACCESS_SECRET) });
  assert.equal(found.status, 200, found.text);
  return found.text;
}
