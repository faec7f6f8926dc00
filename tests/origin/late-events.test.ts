/** Forwarding that has stalled: the origin learns of it by the events that come afterwards. */

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { ingest, makeEvent, type Origin, removeFolders, startOrigin } from "../support/origin.js";
import { eventually } from "../support/poll.ts";
import { fetchAsAgent } from "../support/tokens.ts";

after(removeFolders);

interface Alert {
  kind: string;
  message: string;
}

async function alertsOf(origin: Origin): Promise<Alert[]> {
  const answer = await fetchAsAgent(`${origin.url}/api/v1/alerts?limit=200`);
  return ((await answer.json()) as { alerts: Alert[] }).alerts;
}

async function delaySeconds(origin: Origin): Promise<number> {
  const answer = await fetch(`${origin.url}/metrics`, { headers: { authorization: "Bearer dev-origin-token" } });
  return Number(/^mayday_ingest_delay_seconds (\d+)$/m.exec(await answer.text())?.[1]);
}

const receivedAgo = (minutes: number, fields: Record<string, unknown> = {}) => {
  const at = new Date(Date.now() - minutes * 60_000).toISOString();
  return makeEvent({ timestamp: at, received_at: at, ...fields });
};

test("events that were on their way for minutes raise one alert, and stand in /metrics", async () => {
  const origin = await startOrigin();
  // What is no error must tell of it, too.
  await ingest(origin, [receivedAgo(7, { level: "info" }), makeEvent({ level: "info" })]);
  const alert = await eventually("the alert", async () =>
    (await alertsOf(origin)).find(({ kind }) => kind === "stalled"),
  );
  assert.match(alert.message, /^Events came 7 minutes after an edge had received them: forwarding had stalled/);
  assert.ok((await delaySeconds(origin)) >= 7 * 60);
  await ingest(origin, [receivedAgo(9)]);
  await ingest(origin, [makeEvent({ fingerprint: "00000000000000aa" })]);
  assert.ok((await delaySeconds(origin)) < 7 * 60, "it is of the last batch");
  await eventually("the last batch was looked at", async () =>
    (await alertsOf(origin)).find(({ kind }) => kind === "new"),
  );
  const stalls = (await alertsOf(origin)).filter(({ kind }) => kind === "stalled");
  assert.ok(stalls.length === 1 || new Date().getMinutes() === 0, "one an hour");
  assert.equal(await origin.stop(), 0);
});

test("events that come soon after they were received raise none", async () => {
  const origin = await startOrigin();
  await ingest(origin, [receivedAgo(0.5), makeEvent({ fingerprint: "00000000000000bb" })]);
  await eventually("the batch was looked at", async () => (await alertsOf(origin)).find(({ kind }) => kind === "new"));
  assert.equal(await origin.stop(), 0);
  const again = await startOrigin({ dataDir: origin.dataDir });
  assert.deepEqual(
    (await alertsOf(again)).map(({ kind }) => kind),
    ["new"],
  );
  assert.equal(await again.stop(), 0);
});
