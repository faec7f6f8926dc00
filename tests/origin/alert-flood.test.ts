/** Anybody can post errors: a flood of new ones must not become a flood of messages. */

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { ingest, makeEvent, removeFolders, startOrigin } from "../support/origin.js";
import { until } from "../support/poll.ts";
import { fetchAsAgent } from "../support/tokens.ts";

after(removeFolders);

test("a hundred new errors at once raise thirty alerts a minute, and one that says there were more", async () => {
  const origin = await startOrigin();
  const events = Array.from({ length: 100 }, (_, i) =>
    makeEvent({ fingerprint: (0xa000 + i).toString(16).padStart(16, "0"), message: `failure ${i}` }),
  );
  await ingest(origin, events);
  const kinds = async (): Promise<string[]> => {
    const answer = await fetchAsAgent(`${origin.url}/api/v1/alerts?limit=200`);
    return ((await answer.json()) as { alerts: { kind: string }[] }).alerts.map(({ kind }) => kind);
  };
  await until("it says that there were more", async () => (await kinds()).includes("many"));
  const all = await kinds();
  // A minute may end in between, and the next has its own thirty.
  const many = all.filter((kind) => kind === "many").length;
  assert.ok(all.length <= 31 * Math.max(many, 1) + 30, `${all.length} alerts`);
  assert.ok(all.length < 100, `${all.length} alerts`);
  await origin.stop();
});
