/** A Queue or a Durable Object instead of memory, in the real workerd as miniflare drives it. */

import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { QueueSink } from "../../edge-worker/hosts/cloudflare/queue-sink.ts";
import { createEdge } from "../../edge-worker/hosts/edge.ts";
import { edgeModules } from "../support/edge-modules.ts";
import { startCloudflare, type Cloudflare, type CloudflareOptions } from "../support/cloudflare.ts";
import { eventOf, type TestEvent } from "../support/events.ts";
import { makeFolder, removeFolders } from "../support/folders.ts";
import { ask, type Answer } from "../support/http.ts";
import { startOrigin, type OriginStandIn } from "../support/origin-stand-in.ts";
import { until } from "../support/poll.ts";
import { freePorts } from "../support/ports.ts";

const open: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
  removeFolders();
});

async function start(options: CloudflareOptions): Promise<Cloudflare> {
  const edge = await startCloudflare(options);
  open.push(edge);
  return edge;
}

async function origin(...options: Parameters<typeof startOrigin>): Promise<OriginStandIn> {
  const started = await startOrigin(...options);
  open.push({ stop: () => started.close() });
  return started;
}

function send(edge: Cloudflare, events: TestEvent[], headers: Record<string, string> = {}): Promise<Answer> {
  const body = JSON.stringify(events);
  return ask(edge.url, {
    method: "POST",
    target: "/v1/logs",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
}

async function health(edge: Cloudflare): Promise<{ accepted: number; forwarded: number; pending: number }> {
  const { text } = await ask(edge.url, { target: "/v1/logs/health" });
  return JSON.parse(text) as { accepted: number; forwarded: number; pending: number };
}

const large = (): TestEvent => eventOf({ message: "m".repeat(500), component: "c".repeat(120) });
const idsOf = (events: TestEvent[]): string[] => events.map((event) => event.event_id).sort();

const bindings: [string, () => Pick<CloudflareOptions, "queue" | "spool">][] = [
  ["a queue", () => ({ queue: true })],
  ["a durable object", () => ({ spool: makeFolder() })],
];

for (const [name, bound] of bindings) {
  describe(`with ${name}`, () => {
    test("events wait while the origin is down, and arrive when it is back", async () => {
      let isUp = false;
      const up = await origin(() => ({ status: isUp ? 200 : 503 }));
      const edge = await start({ environment: { ORIGIN_URL: up.url }, ...bound() });
      const events = Array.from({ length: 20 }, () => eventOf());
      for (const event of events) assert.equal((await send(edge, [event])).status, 200);
      await until("it was tried", () => up.deliveries.length > 0);
      isUp = true;
      await until("all arrive", () => new Set(up.storedIds()).size === 20, 20_000);
      assert.deepEqual([...new Set(up.storedIds())].sort(), idsOf(events));
      assert.ok(up.deliveries.length < 20, "batches across requests");
      await until("health says so", async () => (await health(edge)).forwarded === 20);
      assert.equal((await health(edge)).accepted, 20);
      assert.equal((await health(edge)).pending, 0);
    });

    test("a body of a hundred large events arrives whole", async () => {
      const up = await origin();
      const edge = await start({ environment: { ORIGIN_URL: up.url }, ...bound() });
      const events = Array.from({ length: 100 }, () => eventOf({ message: "ä".repeat(512), error: stackOf(800) }));
      assert.equal((await send(edge, events)).status, 200);
      await until("all arrive", () => up.storedIds().length >= 100, 20_000);
      assert.deepEqual([...up.storedIds()].sort(), idsOf(events));
    });

    test("an event that the origin refuses does not take its neighbours along", async () => {
      const up = await origin(({ lines }) => ({ status: lines.some((line) => line.includes("poison")) ? 400 : 200 }));
      const edge = await start({ environment: { ORIGIN_URL: up.url }, ...bound() });
      const good = [eventOf(), eventOf(), eventOf()];
      await send(edge, [good[0]!, eventOf({ message: "poison" }), good[1]!]);
      await send(edge, [good[2]!]);
      await until("the good arrive", () => new Set(up.storedIds()).size === 3, 20_000);
      const last = eventOf();
      await send(edge, [last]);
      await until("nothing is stuck", () => up.storedIds().includes(last.event_id), 20_000);
    });

    test("each of several receivers gets its own", async () => {
      const [first, second] = [await origin(), await origin()];
      const environment = {
        MAYDAY_SINK: "origin,loki",
        ORIGIN_URL: first.url,
        LOKI_URL: second.url,
      };
      const edge = await start({ environment, ...bound() });
      const event = eventOf();
      await send(edge, [event]);
      await until("the origin has it", () => first.storedIds().includes(event.event_id));
      await until("Loki has it", () => second.deliveries.length > 0);
      assert.ok(second.deliveries[0]!.lines.join("").includes(event.event_id));
    });
  });
}

test("a durable object that is full is a 503 with all of its headers, and what was accepted arrives", async () => {
  const port = await freePorts();
  const environment = {
    ORIGIN_URL: `http://127.0.0.1:${port}`,
    MAYDAY_SPOOL_BYTES: "1048576",
    EXTRA_CORS_ORIGINS: "https://app.example.com",
  };
  const edge = await start({ environment, spool: makeFolder() });
  const accepted: TestEvent[] = [];
  let refusal: Answer | undefined;
  for (let request = 0; request < 50 && refusal === undefined; request += 1) {
    const events = Array.from({ length: 100 }, large);
    const answer = await send(edge, events, { origin: "https://app.example.com", "x-request-id": "r-1" });
    if (answer.status === 200) accepted.push(...events);
    else refusal = answer;
  }
  assert.equal(refusal?.status, 503);
  assert.deepEqual(JSON.parse(refusal.text), { detail: "origin_unavailable", request_id: "r-1" });
  assert.equal(refusal.headers["retry-after"], "5");
  assert.equal(refusal.headers["x-request-id"], "r-1");
  assert.equal(refusal.headers["access-control-allow-origin"], "https://app.example.com");
  const up = await origin(undefined, port);
  await until("all arrive", () => new Set(up.storedIds()).size >= accepted.length, 30_000);
  assert.deepEqual([...new Set(up.storedIds())].sort(), idsOf(accepted));
});

test("what a durable object holds outlives the process, and is forwarded without a request", async () => {
  const spool = makeFolder();
  const port = await freePorts();
  const options = { environment: { ORIGIN_URL: `http://127.0.0.1:${port}` }, spool };
  const first = await startCloudflare(options);
  const events = [eventOf(), eventOf()];
  for (const event of events) assert.equal((await send(first, [event])).status, 200);
  await first.stop();
  const up = await origin(undefined, port);
  await start(options);
  await until("both arrive", () => new Set(up.storedIds()).size === 2, 20_000);
  assert.deepEqual([...new Set(up.storedIds())].sort(), idsOf(events));
});

test("a queue that takes nothing is a 503, and the events are told as refused", async () => {
  const logs: string[] = [];
  const sink = new QueueSink({ sendBatch: () => Promise.reject(new Error("full")) }, "origin", (text) =>
    logs.push(text),
  );
  const edge = createEdge(edgeModules(), {}, sink);
  const body = new TextEncoder().encode(JSON.stringify([eventOf(), eventOf()]));
  const answer = await edge.answer({
    method: "POST",
    target: "/v1/logs",
    header: (name) => (name === "content-type" ? "application/json" : null),
    address: "203.0.113.7",
    body: () => Promise.resolve(body),
  });
  assert.equal(answer.status, 503);
  assert.equal((JSON.parse(answer.body) as { detail: string }).detail, "origin_unavailable");
  assert.deepEqual(sink.state(), { forwarded: 0, pending: 0, stalledMs: 0, refused: 2, replayed: 0 });
  assert.equal(logs.length, 1);
});

const stackOf = (bytes: number) => ({
  type: "E",
  message: "m",
  stack: `at f (${"p".repeat(80)}.js:1:2)\n`.repeat(bytes / 100),
});

test("a rate limit of Cloudflare's is asked where one is bound, for each address", async () => {
  const edge = await start({ environment: { MAYDAY_SINK: "stdout" }, rateLimit: 3 });
  const from = (address: string): Promise<Answer> => send(edge, [eventOf()], { "cf-connecting-ip": address });
  for (let request = 0; request < 3; request += 1) assert.equal((await from("203.0.113.1")).status, 200);
  const refused = await from("203.0.113.1");
  assert.equal(refused.status, 429);
  assert.equal(refused.headers["retry-after"], "10");
  assert.match(refused.text, /"detail":"rate_limited"/);
  assert.equal((await from("203.0.113.2")).status, 200);
  assert.equal((await ask(edge.url, { target: "/v1/logs/health" })).status, 200);
});
