/**
 * Somebody is told where forwarding or shipping stands still, by the origin's webhook and with nothing else installed: a real edge whose
 * receiver refuses everything, and what answers as Fluent Bit does when its receiver is down (Debian has no Fluent Bit to start).
 */

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startEdge } from "../support/edge-host.ts";
import { makeEvent, removeFolders, startOrigin } from "../support/origin.ts";
import { until } from "../support/poll.ts";
import { freePorts } from "../support/ports.ts";
import { startReceiver } from "../support/receiver.ts";
import { fetchAsAgent } from "../support/tokens.ts";

after(removeFolders);

/** An edge says so after a minute; who is silent, or fails, is given one. */
const toldMsMax = 150_000;

interface Told {
  kind: string;
  text: string;
}

/** Ships nothing, and tries again. */
function fluentBitMetrics(retries: number): string {
  const output = { proc_records: 40, proc_bytes: 4_000, errors: 0, retries, retries_failed: 0 };
  return JSON.stringify({ input: { "tail.2": { records: 90, bytes: 9_000 } }, output: { "http.0": output } });
}

test("forwarding that stalls, shipping that stalls, and who does not answer: each is told by the webhook", async () => {
  const told: Told[] = [];
  const webhook = await startReceiver(({ body }) => {
    told.push(JSON.parse(body) as Told);
    return { status: 204 };
  });
  const deadReceiver = await startReceiver(() => ({ status: 500 }));
  let retries = 0;
  const fluentBit = await startReceiver(() => ({ status: 200, body: fluentBitMetrics((retries += 1)) }));
  const edge = await startEdge("node", { ORIGIN_URL: deadReceiver.url });
  const silent = `http://127.0.0.1:${await freePorts()}`;
  const watched = [`${edge.url}/v1/logs/health`, `${fluentBit.url}/api/v1/metrics`, `${silent}/health`];
  const origin = await startOrigin({
    env: { ALERT_WEBHOOK_URL: `${webhook.url}/hook`, WATCH_URLS: watched.join(", ") },
  });
  const body = JSON.stringify(makeEvent());
  const headers = { "content-type": "application/json" };
  assert.equal((await fetch(`${edge.url}/v1/logs`, { method: "POST", headers, body })).status, 200);

  await until("all three are told", () => told.length >= 3, toldMsMax);
  const texts = told.map(({ text }) => text).sort();
  const wanted = [
    `${watched[0]}: nothing has been forwarded for a minute, and events wait (1)`,
    `${watched[1]} has shipped nothing by its output http.0, which fails and tries again, for a minute`,
    `${watched[2]} has not answered for a minute`,
  ];
  assert.deepEqual(texts, wanted.sort());
  assert.deepEqual(new Set(told.map(({ kind }) => kind)), new Set(["stalled"]));
  const answer = await fetchAsAgent(`${origin.url}/api/v1/alerts`);
  const { alerts } = (await answer.json()) as { alerts: { message: string }[] };
  assert.deepEqual(alerts.map(({ message }) => message).sort(), texts, "they stand on the dashboard, too");

  assert.equal(await origin.stop(), 0);
  edge.child.kill("SIGKILL");
  await edge.ended;
  for (const receiver of [webhook, deadReceiver, fluentBit]) await receiver.close();
});
