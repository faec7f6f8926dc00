/** A whole edge before each kind of receiver: ClickHouse's own engine, and OTLP and Loki by their published schemas. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, describe, test } from "node:test";
import { startClickHouse, type ClickHouse } from "../support/clickhouse.ts";
import { startEdge, type EdgeHost } from "../support/edge-host.ts";
import { eventOf, type TestEvent } from "../support/events.ts";
import { ask } from "../support/http.ts";
import { startOrigin } from "../support/origin-stand-in.ts";
import { expectOtlpLogs } from "../support/otlp-schema.ts";
import { inRoot } from "../support/paths.ts";
import { until } from "../support/poll.ts";
import { startReceiver, type Receiver, type Reply } from "../support/receiver.ts";

const open: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function edgeWith(environment: Record<string, string>): Promise<EdgeHost> {
  const edge = await startEdge("node", { LOG_RATE_BURST: "100000", ...environment });
  open.push({ stop: () => edge.stop("SIGKILL") });
  return edge;
}

async function receiver(answer: (body: string) => Reply): Promise<Receiver> {
  const started = await startReceiver(({ body }) => answer(body));
  open.push({ stop: () => started.close() });
  return started;
}

async function send(edge: EdgeHost, events: TestEvent[]): Promise<number> {
  const headers = { "content-type": "application/json" };
  return (await ask(edge.url, { method: "POST", target: "/v1/logs", headers, body: JSON.stringify(events) })).status;
}

async function pending(edge: EdgeHost): Promise<number> {
  return (JSON.parse((await ask(edge.url, { target: "/v1/logs/health" })).text) as { pending: number }).pending;
}

/** Everything that an event may have. */
const rich = (): TestEvent =>
  eventOf({
    message: 'Größe \u{1f4a5} "quoted"\nand a second line',
    trace_id: "0af7651916cd43dd8448eb211c80319c",
    session_id: "s-1",
    user_id: "a".repeat(64),
    component: "window.onerror",
    route: "/cart",
    device: { browser: "Firefox", mobile: false },
    error: { type: "TypeError", message: "x is undefined", stack: "at f (app.js:1:2)\nat g (app.js:3:4)" },
    http: { method: "GET", route: "/api/cart", host: "shop.test", status: 502, duration_ms: 12.5 },
    data: { status: 502, duration_ms: 1.25 },
    tags: { tenant: "acme" },
    breadcrumbs: [{ timestamp: new Date().toISOString(), category: "click", message: "Pay", level: "info" }],
    count: 3,
  });

describe("the sink clickhouse", () => {
  let clickHouse: ClickHouse;
  before(async () => {
    clickHouse = await startClickHouse();
  });
  after(() => clickHouse.close());

  test("events wait until the table is there, and are rows of it then; twice is one", async () => {
    const edge = await edgeWith({ MAYDAY_SINK: "clickhouse", CLICKHOUSE_URL: clickHouse.url });
    const events = [rich(), eventOf({ level: "warn", message: "plain" })];
    assert.equal(await send(edge, events), 200);
    await until("it says why they wait", () => edge.stderr().includes("it answered 404"));
    assert.equal(await pending(edge), 2);
    await clickHouse.query(readFileSync(inRoot("edge-worker/clickhouse.sql"), "utf8"));
    await until("nothing waits", async () => (await pending(edge)) === 0);

    await clickHouse.query("SYSTEM STOP MERGES");
    const inserted = clickHouse.received.at(-1)!;
    const again = await ask(clickHouse.url, { method: "POST", target: inserted.path, body: inserted.body });
    assert.equal(again.status, 200);
    const rows = await clickHouse.query(
      "SELECT *, toUnixTimestamp64Milli(timestamp) AS ms FROM mayday_events FINAL ORDER BY level",
    );
    assert.equal(rows.length, 2);
    const [row] = rows;
    assert.equal(row!["event_id"], events[0]!.event_id);
    assert.equal(Number(row!["ms"]), Date.parse(events[0]!["timestamp"] as string));
    assert.equal(row!["message"], events[0]!["message"]);
    assert.equal(row!["count"], 3);
    assert.equal(row!["session_id"], "s-1");
    assert.equal((JSON.parse(row!["error"] as string) as { type: string }).type, "TypeError");
    assert.deepEqual(JSON.parse(row!["tags"] as string), { tenant: "acme" });
    assert.match(row!["fingerprint"] as string, /^[0-9a-f]{16}$/);
  });

  test("a row that it can't read does not take its neighbours along", async () => {
    await clickHouse.query(readFileSync(inRoot("edge-worker/clickhouse.sql"), "utf8"));
    const strict = "ALTER TABLE mayday_events ADD CONSTRAINT no_poison CHECK message != 'poison'";
    await clickHouse.query(strict);
    const edge = await edgeWith({ MAYDAY_SINK: "clickhouse", CLICKHOUSE_URL: `${clickHouse.url}/default` });
    const good = [eventOf(), eventOf()];
    await send(edge, [good[0]!, eventOf({ message: "poison" }), good[1]!]);
    const wanted = good.map(({ event_id }) => `'${event_id}'`).join(",");
    const count = `SELECT count(DISTINCT event_id) AS n FROM mayday_events WHERE event_id IN (${wanted})`;
    await until("the good are there", async () => Number((await clickHouse.query(count))[0]!["n"]) === 2);
    await until("the loss is said aloud", () => edge.stderr().includes("refused an event"));
  });

  test("the password goes as a header, and in no address", async () => {
    const seen = await receiver(() => ({ status: 200 }));
    const address = seen.url.replace("//", "//reader:p%40ss@");
    const edge = await edgeWith({ MAYDAY_SINK: "clickhouse", CLICKHOUSE_URL: `${address}/logs` });
    await send(edge, [eventOf()]);
    await until("it arrives", () => seen.received.length > 0);
    const { headers, path } = seen.received[0]!;
    assert.equal(headers["x-clickhouse-user"], "reader");
    assert.equal(headers["x-clickhouse-key"], "p@ss");
    assert.ok(path.includes("INSERT+INTO+logs.mayday_events+FORMAT+JSONEachRow"), path);
    assert.ok(!path.includes("p%40ss"));
  });
});

describe("the sink otlp", () => {
  test("every event is a log record of the published schema", async () => {
    const collector = await receiver(() => ({ status: 200, body: "{}" }));
    const environment = {
      MAYDAY_SINK: "otlp",
      OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/otlp/`,
      OTEL_EXPORTER_OTLP_HEADERS: "api-key=a%20key, x-tenant=t1",
    };
    const edge = await edgeWith(environment);
    const events = [rich(), eventOf({ service: "api", level: "debug", release: "" })];
    await send(edge, events);
    await until("they arrive", () => collector.received.length > 0);
    const { path, headers, body } = collector.received[0]!;
    assert.equal(path, "/otlp/v1/logs");
    assert.equal(headers["content-type"], "application/json");
    assert.equal(headers["api-key"], "a key");
    assert.equal(headers["x-tenant"], "t1");
    expectOtlpLogs(body);

    const { resourceLogs } = JSON.parse(body) as { resourceLogs: any[] };
    assert.equal(resourceLogs.length, 2, "one resource for each service");
    assert.deepEqual(namesIn(resourceLogs[0].resource.attributes), {
      "service.name": "web",
      "deployment.environment.name": "dev",
      "service.version": "1.0.0",
    });
    const [record] = resourceLogs[0].scopeLogs[0].logRecords;
    assert.equal(record.timeUnixNano, `${Date.parse(events[0]!["timestamp"] as string)}000000`);
    assert.equal(record.severityNumber, 17);
    assert.equal(record.body.stringValue, events[0]!["message"]);
    assert.equal(record.traceId, "0af7651916cd43dd8448eb211c80319c");
    const attributes = namesIn(record.attributes);
    assert.equal(attributes["log.record.uid"], events[0]!.event_id);
    assert.equal(attributes["exception.type"], "TypeError");
    assert.equal(attributes["http.response.status_code"], "502");
    assert.equal(attributes["session.id"], "s-1");
    assert.equal(attributes["mayday.count"], "3");
  });

  test("what a partial success says was refused is counted and said aloud, and not sent again", async () => {
    const partial = { partialSuccess: { rejectedLogRecords: "1", errorMessage: "too old" } };
    const collector = await receiver(() => ({ status: 200, body: JSON.stringify(partial) }));
    const edge = await edgeWith({ MAYDAY_SINK: "otlp", OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    await send(edge, [eventOf(), eventOf()]);
    await until("it is said aloud", () => edge.stderr().includes("too old"));
    assert.match(edge.stderr(), /"forwarded":1,"refused":1/);
    assert.equal(await pending(edge), 0);
    assert.equal(collector.received.length, 1);
  });

  test("a collector that is busy is asked again", async () => {
    let asked = 0;
    const collector = await receiver(() => ({ status: (asked += 1) === 1 ? 429 : 200 }));
    const edge = await edgeWith({ MAYDAY_SINK: "otlp", OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    await send(edge, [eventOf()]);
    await until("it arrives", () => collector.received.length === 2);
    await until("nothing waits", async () => (await pending(edge)) === 0);
  });
});

describe("the sink loki", () => {
  test("lines arrive in streams of few labels, in the order of time", async () => {
    const loki = await receiver(judgePush);
    const environment = {
      MAYDAY_SINK: "loki",
      LOKI_URL: loki.url.replace("//", "//me:secret@"),
      LOKI_HEADERS: "X-Scope-OrgID=t1",
    };
    const edge = await edgeWith(environment);
    const old = eventOf({ timestamp: "2020-01-01T00:00:00.000Z", message: "from a page that was offline" });
    const events = [rich(), eventOf({ level: "warn" }), old];
    await send(edge, events);
    await until("nothing waits", async () => (await pending(edge)) === 0);
    const { path, headers, body } = loki.received[0]!;
    assert.equal(path, "/loki/api/v1/push");
    assert.equal(headers["x-scope-orgid"], "t1");
    assert.equal(headers["authorization"], `Basic ${Buffer.from("me:secret").toString("base64")}`);
    const { streams } = JSON.parse(body) as { streams: { stream: object; values: [string, string][] }[] };
    assert.deepEqual(
      streams.map(({ stream }) => stream),
      [
        { service: "web", environment: "dev", level: "error" },
        { service: "web", environment: "dev", level: "warn" },
      ],
    );
    const ids = streams.flatMap(({ values }) => values.map(([, line]) => (JSON.parse(line) as TestEvent).event_id));
    assert.deepEqual(ids.sort(), events.map((event) => event.event_id).sort());
  });

  test("a client that makes up services does not make up streams", async () => {
    const loki = await receiver(judgePush);
    const edge = await edgeWith({ MAYDAY_SINK: "loki", LOKI_URL: loki.url });
    for (let request = 0; request < 3; request += 1)
      await send(
        edge,
        Array.from({ length: 100 }, (_, index) => eventOf({ service: `s-${request}-${index}` })),
      );
    await until("nothing waits", async () => (await pending(edge)) === 0);
    const all = loki.received.flatMap(({ body }) => (JSON.parse(body) as { streams: { stream: object }[] }).streams);
    const streams = new Set(all.map(({ stream }) => JSON.stringify(stream)));
    assert.equal(streams.size, 101);
    assert.ok(streams.has(JSON.stringify({ service: "other", environment: "other", level: "error" })));
  });
});

describe("sinks beside one another", () => {
  test("one that is down holds up no other, and gets its events when it is back", async () => {
    let isUp = false;
    const collector = await receiver(() => ({ status: isUp ? 200 : 503 }));
    const origin = await startOrigin();
    open.push({ stop: () => origin.close() });
    const edge = await edgeWith({
      MAYDAY_SINK: "origin, otlp,stdout",
      ORIGIN_URL: origin.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    });
    const event = eventOf();
    assert.equal(await send(edge, [event]), 200);
    await until("the origin has it", () => origin.storedIds().includes(event.event_id));
    assert.ok(edge.stdout().includes(event.event_id));
    assert.equal(await pending(edge), 1, "it waits for the collector");
    isUp = true;
    await until("nothing waits", async () => (await pending(edge)) === 0);
    assert.ok(collector.received.at(-1)?.body.includes(event.event_id));
  });
});

function namesIn(attributes: { key: string; value: Record<string, unknown> }[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

/**
 * What Loki's push handler asks for (reference of its HTTP API): label names by Prometheus's rule, at most 15 and none
 * empty, times as strings of nanoseconds, none older than a week nor 10 minutes ahead, in order within a stream, no other
 * members.
 */
function judgePush(body: string): Reply {
  const bad = (why: string): Reply => ({ status: 400, body: why });
  const { streams, ...others } = JSON.parse(body) as { streams: any[] };
  if (!Array.isArray(streams) || Object.keys(others).length > 0) return bad("not a push request");
  for (const { stream, values, ...more } of streams) {
    if (Object.keys(more).length > 0) return bad("unknown member");
    const labels = Object.entries(stream as Record<string, unknown>);
    if (labels.length === 0 || labels.length > 15) return bad("number of labels");
    if (!labels.every(([name, value]) => /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name) && typeof value === "string"))
      return bad("labels");
    let last = 0n;
    for (const entry of values as unknown[][]) {
      const [time, line] = entry;
      if (entry.length !== 2 || typeof time !== "string" || !/^\d{19}$/.test(time)) return bad("time");
      const ageMs = Date.now() - Number(BigInt(time) / 1_000_000n);
      if (ageMs > 7 * 86_400_000 || ageMs < -600_000) return bad("entry too far behind or ahead");
      if (BigInt(time) < last || typeof line !== "string" || line.includes("\n")) return bad("entry");
      last = BigInt(time);
    }
  }
  return { status: 204 };
}
