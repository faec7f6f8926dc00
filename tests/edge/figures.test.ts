/** Health and metrics: received = accepted + rejected, and accepted = forwarded + pending, whatever becomes of events. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { createEdge, type Edge, type Outgoing } from "../../edge-worker/hosts/edge.ts";
import type { SinkState } from "../../edge-worker/hosts/sink.ts";
import { edgeModules } from "../support/edge-modules.ts";
import { eventOf } from "../support/events.ts";

const modules = edgeModules();

interface Health {
  received: number;
  accepted: number;
  forwarded: number;
  pending: number;
  rejected: Record<string, number>;
  filtered: Record<string, number>;
  discarded: Record<string, number>;
}

function edgeWith(state: Partial<SinkState>, environment: Record<string, string> = {}): Edge {
  const all: SinkState = { forwarded: 0, pending: 0, stalledMs: 0, refused: 0, replayed: 0, ...state };
  return createEdge(modules, environment, {
    roomBytes: () => Number.MAX_SAFE_INTEGER,
    keep: (_lines, events) => ((all.pending += events), true),
    work: () => undefined,
    close: () => Promise.resolve(0),
    state: () => Object.assign(all, state, { pending: all.pending }),
  });
}

function ask(edge: Edge, method: string, target: string, body = "", headers: Record<string, string> = {}) {
  const all: Record<string, string> = { "content-type": "application/json", ...headers };
  return edge.answer({
    method,
    target,
    header: (name) => all[name],
    address: "203.0.113.7",
    body: () => Promise.resolve(new TextEncoder().encode(body)),
  });
}

const post = (edge: Edge, body: unknown): Promise<Outgoing> => ask(edge, "POST", "/v1/logs", JSON.stringify(body));
const healthOf = async (edge: Edge): Promise<Health> =>
  JSON.parse((await ask(edge, "GET", "/v1/logs/health")).body) as Health;

function expectIdentities(health: Health): void {
  const rejected = Object.values(health.rejected).reduce((sum, count) => sum + count, 0);
  assert.equal(health.received, health.accepted + rejected, JSON.stringify(health));
  assert.equal(health.accepted, health.forwarded + health.pending, JSON.stringify(health));
}

test("every way of an event is counted once", async () => {
  const edge = edgeWith({}, { LOG_LEVEL: "warn", LOG_FILTER_NOISE: "drop" });
  await post(edge, [
    eventOf(),
    eventOf({ level: "debug" }),
    eventOf({ message: "Script error." }),
    eventOf({ message: 1 }),
  ]);
  await ask(edge, "POST", "/v1/logs", "{");
  await ask(edge, "POST", "/v1/logs", "{}", { "content-type": "text/html" });
  await post(edge, []);
  const health = await healthOf(edge);
  assert.equal(health.received, 7);
  assert.deepEqual(health.rejected, {
    invalid_json: 1,
    invalid_payload: 2,
    level_not_allowed: 1,
    unsupported_media_type: 1,
    filtered: 1,
  });
  assert.deepEqual(health.filtered, { noise: 1 });
  expectIdentities(health);
});

test("what the origin refused for good moves from accepted to rejected", async () => {
  const state = { forwarded: 2, refused: 1, pending: -3 };
  const edge = edgeWith(state);
  await post(edge, [eventOf(), eventOf(), eventOf()]);
  const health = await healthOf(edge);
  assert.equal(health.accepted, 2);
  assert.deepEqual(health.rejected, { origin_refused: 1 });
  expectIdentities(health);
});

test("what was found in a spool counts as received and accepted here", async () => {
  const edge = edgeWith({ forwarded: 4, pending: 1, replayed: 5 });
  await post(edge, [eventOf()]);
  const health = await healthOf(edge);
  assert.equal(health.received, 6);
  expectIdentities(health);
});

test("what browsers dropped is summed by reason", async () => {
  const edge = edgeWith({});
  const client = { discarded: { sampled: 2, queue_full: 1, "<script>": 7, duplicate: 1e12 } };
  await post(edge, { events: [eventOf()], client });
  await post(edge, { client: { discarded: { sampled: 3 } }, events: [eventOf()] });
  await ask(edge, "POST", "/v1/logs", '{"client":{"discarded":{"sampled":9}},"events":[}');
  const health = await healthOf(edge);
  assert.deepEqual(health.discarded, { duplicate: 1_000_000, queue_full: 1, sampled: 5, other: 7 });
});

test("metrics tell the same in Prometheus' format", async () => {
  const edge = edgeWith({ forwarded: 1, pending: -1 }, { LOG_FILTER_PATTERNS: "boom*" });
  await post(edge, { events: [eventOf(), eventOf({ message: "boom" })], client: { discarded: { sampled: 2 } } });
  const { status, headers, body } = await ask(edge, "GET", "/v1/logs/metrics");
  assert.equal(status, 200);
  assert.equal(new Map(headers).get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  assert.ok(body.endsWith("\n"));
  const samples = new Map<string, number>();
  const declared = new Map<string, string>();
  for (const line of body.trimEnd().split("\n")) {
    const type = /^# TYPE ([a-z_]+) (counter|gauge)$/.exec(line);
    if (type) declared.set(type[1]!, type[2]!);
    if (line.startsWith("#")) {
      assert.match(line, /^# (HELP [a-z_]+ \S.*|TYPE [a-z_]+ (counter|gauge))$/);
      continue;
    }
    const sample = /^(([a-z_]+)(\{[a-z]+="[^"\\\n]*"\})?) (\d+)$/.exec(line);
    assert.ok(sample, line);
    assert.ok(declared.has(sample[2]!), `${sample[2]} has its type`);
    assert.ok(!samples.has(sample[1]!), `${sample[1]} stands once`);
    samples.set(sample[1]!, Number(sample[4]));
  }
  for (const [name, type] of declared) assert.equal(name.endsWith("_total"), type === "counter", name);
  assert.equal(samples.get("mayday_edge_requests_total"), 1);
  assert.equal(samples.get("mayday_edge_events_received_total"), 2);
  assert.equal(samples.get("mayday_edge_events_accepted_total"), 1);
  assert.equal(samples.get('mayday_edge_events_rejected_total{reason="filtered"}'), 1);
  assert.equal(samples.get('mayday_edge_events_filtered_total{filter="patterns"}'), 1);
  assert.equal(samples.get('mayday_edge_client_discarded_total{reason="sampled"}'), 2);
  assert.equal(samples.get("mayday_edge_events_forwarded_total"), 1);
});
