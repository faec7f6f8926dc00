/** Two origins behind nginx, on one PostgreSQL and one Redis: who asks can't tell which of them answers. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";

import { ask } from "../support/http.ts";
import { type Nginx, startNginx } from "../support/nginx.ts";
import {
  ingest,
  makeEvent,
  type Origin,
  originToken,
  removeFolders,
  startOrigin,
  type TestEvent,
} from "../support/origin.js";
import { eventually, until } from "../support/poll.ts";
import { type Postgres, startPostgres } from "../support/postgres.mjs";
import { type Redis, startRedis } from "../support/redis.ts";
import { accessSecret, as, fetchAsAgent } from "../support/tokens.ts";

let postgres: Postgres;
let redis: Redis;
let origins: Origin[];
let nginx: Nginx;
const alerts: { kind: string; error?: { fingerprint: string } }[] = [];
const webhook = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8").on("data", (text: string) => (body += text));
  request.on("end", () => {
    alerts.push(JSON.parse(body) as (typeof alerts)[number]);
    response.writeHead(204).end();
  });
});

const start = (): Promise<Origin> =>
  startOrigin({
    env: {
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      TRUSTED_PROXIES: "1",
      ALERT_WEBHOOK_URL: `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/`,
    },
  });

before(async () => {
  await new Promise<void>((resolve) => webhook.listen(0, "127.0.0.1", resolve));
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  // At once, on a database without a table: one migrates, the other waits.
  origins = await Promise.all([start(), start()]);
  nginx = await startNginx(origins.map(({ port }) => port));
});
after(async () => {
  await nginx?.stop();
  for (const origin of origins ?? []) await origin.stop();
  await redis?.stop();
  await postgres?.stop();
  webhook.close();
  await removeFolders();
});

async function countOf(service: string): Promise<number> {
  const answer = await fetchAsAgent(`${nginx.url}/stats?minutes=60&service=${service}`);
  const { totals } = (await answer.json()) as { totals: Record<string, number> };
  return Object.values(totals).reduce((sum, count) => sum + count, 0);
}

const batch = (service: string, count: number): TestEvent[] =>
  Array.from({ length: count }, () => makeEvent({ service }));

test("events that come through both are stored once each, and told by both", async () => {
  const batches = Array.from({ length: 20 }, () => batch("spread", 25));
  // Each twice: a retry may reach the other.
  await Promise.all([...batches, ...batches].map((events) => ingest(nginx, events)));
  assert.equal(await countOf("spread"), 500);
  for (const origin of origins) {
    const answer = await fetchAsAgent(`${origin.url}/events?service=spread&limit=1`);
    assert.equal(((await answer.json()) as { events: unknown[] }).events.length, 1);
    const metrics = await (await fetchAsAgent(`${origin.url}/metrics`)).text();
    assert.match(metrics, /mayday_ingest_events_total\{result="stored"\} [1-9]/, "nginx asks both");
  }
});

test("a sign-in, a report and a request log of one are the other’s too", async () => {
  const [first, second] = origins as [Origin, Origin];
  const post = async (origin: { url: string }, target: string, body: unknown, headers = {}): Promise<unknown> => {
    const answer = await ask(origin.url, {
      method: "POST",
      target,
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    assert.ok(answer.status < 300, answer.text);
    return answer.text === "" ? undefined : JSON.parse(answer.text);
  };
  const account = { email: "jane@example.com", password: "nine purple llamas" };
  await post(first, "/auth/register", account);
  const { refresh_token } = (await post(second, "/auth/login", account)) as { refresh_token: string };
  await post(first, "/auth/refresh", { refresh_token });
  const numbers = [];
  for (const origin of [first, second, first]) {
    const told = (await post(origin, "/support/report", { message: "Help" })) as {
      data: { ticket: { number: number } };
    };
    numbers.push(told.data.ticket.number);
  }
  assert.deepEqual(numbers, [101, 102, 103]);
  const requests = [{ method: "GET", url: "/a", statusCode: 200, userId: "ann", requestId: "r1" }];
  await post(first, "/api/v1/requests", { requests }, { authorization: `Bearer ${originToken}` });
  const logs = await ask(second.url, { target: "/support/logs", headers: as("user", accessSecret, "ann") });
  assert.ok(logs.text.includes('"r1"'), logs.text);
});

test("what both notice is one alert", async () => {
  const fingerprint = "00000000000000f1";
  const of = (): TestEvent => makeEvent({ fingerprint, tags: { "impact.severity": "critical" } });
  await Promise.all(origins.map((origin) => ingest(origin, [of(), of()])));
  await until("both kinds", () => alerts.filter(({ error }) => error?.fingerprint === fingerprint).length >= 2);
  const [first] = origins as [Origin];
  await eventually("all are delivered", async () => {
    const answer = await fetchAsAgent(`${first.url}/api/v1/alerts`);
    const { alerts: raised } = (await answer.json()) as {
      alerts: { fingerprint: string; delivered_at: string | null }[];
    };
    return (
      raised.filter((one) => one.fingerprint === fingerprint).every((one) => one.delivered_at !== null) || undefined
    );
  });
  const kinds = alerts.filter(({ error }) => error?.fingerprint === fingerprint).map(({ kind }) => kind);
  assert.deepEqual(kinds.sort(), ["critical", "new"]);
});

test("the caller’s address is the one that nginx saw", async () => {
  const answers = [];
  for (let i = 0; i < 30; i += 1) {
    const headers = { "x-forwarded-for": `203.0.113.${i}`, "content-type": "application/json" };
    const target = "/support/report";
    answers.push(await ask(nginx.url, { method: "POST", target, headers, body: '{"message":"x"}' }));
  }
  // Two origins with 20 tokens each would let 30 through; what a client writes itself gives it no new address.
  const [first] = origins as [Origin];
  for (let i = 0; i < 30; i += 1) {
    const headers = { "x-forwarded-for": `203.0.113.${i}, 198.51.100.1`, "content-type": "application/json" };
    answers.push(await ask(first.url, { method: "POST", target: "/support/report", headers, body: '{"message":"x"}' }));
  }
  assert.ok(answers.slice(30).some(({ status }) => status === 429));
});

test("one may be killed, and come back: nobody is told, and nothing is lost", async () => {
  const [first] = origins as [Origin, Origin];
  const sent: TestEvent[][] = [];
  const sending = (async () => {
    for (let i = 0; i < 60; i += 1) {
      const events = batch("killed", 10);
      await ingest(nginx, events);
      sent.push(events);
    }
  })();
  await until("some are in", () => sent.length > 10);
  await first.stop("SIGKILL");
  await sending;
  assert.equal(await countOf("killed"), 600);
  origins[0] = await start();
});
