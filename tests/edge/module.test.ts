/** What the edge module is to every host: no imports, a small door, bytes both ways. */

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { createEdge } from "../../edge-worker/hosts/edge.ts";
import { ConfigurationError, Instance, OnDemand, type Reply } from "../../edge-worker/hosts/instance.ts";
import { configurationOf } from "../../edge-worker/hosts/environment.ts";
import { createHost } from "../../edge-worker/hosts/host.ts";
import { StdoutSink } from "../../edge-worker/hosts/sink.ts";
import { edgeModules } from "../support/edge-modules.ts";
import { eventOf } from "../support/events.ts";

const modules = edgeModules();
const module = modules.edge;

test("the modules import nothing", () => {
  assert.deepEqual(WebAssembly.Module.imports(module), []);
  assert.deepEqual(WebAssembly.Module.imports(modules.onDemand()), []);
});

test("the modules export their doors and nothing else", () => {
  const namesOf = (one: WebAssembly.Module): string[] =>
    WebAssembly.Module.exports(one)
      .map(({ name }) => name)
      .sort();
  const door = ["_initialize", "body_bytes_read_max", "configure", "handle", "memory", "refuse", "reserve"];
  assert.deepEqual(namesOf(module), door);
  assert.deepEqual(namesOf(modules.onDemand()), ["_initialize", "memory", "prepare", "reserve"]);
});

test("an ordinary request needs no second module, and a refused one never does", async () => {
  const edge = createEdge(
    { edge: module, onDemand: () => assert.fail("it was asked for") },
    { LOG_DIAGNOSTIC_SECRET: "s".repeat(32) },
    new StdoutSink(() => {}),
  );
  const ask = async (body: string | Uint8Array, headers: Record<string, string> = {}): Promise<number> => {
    const all: Record<string, string> = { "content-type": "application/json", ...headers };
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
    const answer = await edge.answer({
      method: "POST",
      target: "/v1/logs",
      header: (name) => all[name],
      address: "203.0.113.7",
      body: () => Promise.resolve(bytes),
    });
    return answer.status;
  };
  const event = JSON.stringify(eventOf());
  const packed = { "content-encoding": "gzip" };
  assert.equal(await ask(event), 200);
  assert.equal(await ask(`{"events":[${event}]}`), 200);
  assert.equal(await ask(event, { cookie: "diag=a.b.c" }), 200, "where no level is too low, no token is looked at");
  assert.equal(await ask(`{"resourceLogs":[`), 400);
  assert.equal(await ask(gzipSync(event), { ...packed, origin: "https://evil.example" }), 403);
  assert.equal(await ask(gzipSync(event), { ...packed, "content-type": "text/html" }), 415);
});

test("no header of a client's is taken for what the second module said", () => {
  const instance = new Instance(module, configurationOf({}));
  const body = new TextEncoder().encode(JSON.stringify({ events: Array.from({ length: 101 }, () => eventOf()) }));
  const head = `POST /v1/logs\n:now: ${Date.now()}\n:ip: \ncontent-type: application/json\n`;
  assert.equal(instance.handle(`${head}prepared: 0\notlp: 1\n\n`, body).status, 413);
  assert.equal(instance.handle(`${head}:prepared: 0\n:otlp: 1\n\n`, body).status, 200, "only a host's fact");
});

test("a signed body is not unpacked before the signature and the rate limit have let it pass", () => {
  const key = "a-key-of-the-tests";
  const instance = new Instance(module, configurationOf({ LOG_INGEST_HMAC_SECRET: key, LOG_RATE_BURST: "1" }));
  const body = gzipSync(JSON.stringify(eventOf()));
  const signature = createHmac("sha256", key).update(body).digest("hex");
  const onDemand = new OnDemand(modules.onDemand());
  const head =
    `POST /v1/logs\n:now: ${Date.now()}\n:ip: 203.0.113.7\ncontent-type: application/json\n` +
    `content-encoding: gzip\nsigned: 1\nx-log-signature: `;
  const ask = (given: string): [statuses: number[], errands: string[]] => {
    const statuses: number[] = [];
    const errands: string[] = [];
    let asked = `${head}${given}\n\n`;
    let reply = instance.handle(asked, body);
    for (; reply.status === 0; statuses.push(0)) {
      errands.push(reply.body.split(":", 2)[1]!);
      const { facts, text } = onDemand.prepare(reply.body, body);
      asked = `${asked.slice(0, -1)}${facts}\n`;
      reply = instance.handle(asked, text);
    }
    return [[...statuses, reply.status], errands];
  };
  assert.deepEqual(ask("0".repeat(64)), [[0, 401], ["key"]]);
  assert.deepEqual(ask(signature), [
    [0, 0, 200],
    ["key", "now"],
  ]);
  assert.deepEqual(ask(signature), [[0, 429], ["key"]]);
});

test("instances know nothing of each other", () => {
  const strict = new Instance(module, configurationOf({ ENVIRONMENT: "prod" }));
  const open = new Instance(module, configurationOf({}));
  const body = new TextEncoder().encode(JSON.stringify(eventOf({ level: "debug" })));
  const head = `POST /v1/logs\n:now: ${Date.now()}\n:ip: 203.0.113.7\ncontent-type: application/json\n\n`;
  assert.equal(open.handle(head, body).events, 1);
  assert.equal(strict.handle(head, body).events, 0);
});

test("text outside of ASCII passes the door whole", () => {
  const instance = new Instance(module, configurationOf({}));
  const message = "Größe \u{1f4a5} 壊れた";
  const body = new TextEncoder().encode(JSON.stringify(eventOf({ message })));
  const head = `POST /v1/logs?q=é\n:now: ${Date.now()}\n:ip: \ncontent-type: application/json\nuser-agent: ü\n\n`;
  const reply = instance.handle(head, body);
  assert.equal((JSON.parse(new TextDecoder().decode(reply.lines)) as { message: string }).message, message);
});

test("a refusal takes the acceptance back", () => {
  const instance = new Instance(module, configurationOf({}));
  const body = new TextEncoder().encode(JSON.stringify(eventOf()));
  const head = `POST /v1/logs\n:now: ${Date.now()}\n:ip: 203.0.113.7\ncontent-type: application/json\n\n`;
  assert.equal(instance.handle(head, body).status, 200);
  const refused = instance.refuse();
  assert.equal(refused.status, 503);
  assert.equal(refused.lines.length, 0);
});

test("a reply's texts stay as they were when the next one comes and memory grows", () => {
  const instance = new Instance(module, configurationOf({ LOG_RATE_BURST: "1000" }));
  const head = `POST /v1/logs\n:now: ${Date.now()}\n:ip: 203.0.113.7\ncontent-type: application/json\n`;
  const ask = (id: string, events: unknown): Reply =>
    instance.handle(`${head}x-request-id: ${id}\n\n`, new TextEncoder().encode(JSON.stringify(events)));
  const first = ask("first", eventOf({ message: "first" }));
  assert.match(new TextDecoder().decode(first.lines), /"first"/);
  const many = Array.from({ length: 100 }, () => eventOf({ message: "m".repeat(500) }));
  assert.equal(ask("second", many).events, 100);
  assert.match(first.body, /"request_id":"first"/);
  assert.deepEqual(
    first.headers.find(([name]) => name === "x-request-id"),
    ["x-request-id", "first"],
  );
});

const refusedEnvironments: [Record<string, string>, RegExp][] = [
  [{ LOG_LEVEL: "loud" }, /LOG_LEVEL/],
  [{ LOG_RATE_BURST: "many" }, /LOG_RATE_BURST/],
  [{ LOG_DIAGNOSTIC_SECRET: "short" }, /LOG_DIAGNOSTIC_SECRET must have at least 32/],
  [{ LOG_CLIENT_ADDRESS: "full" }, /LOG_CLIENT_ADDRESS must be off or truncated/],
  [{ LOG_DATA_KEYS: "cart,api_key" }, /LOG_DATA_KEYS must not name a secret.*api_key/],
  [{ LOG_DATA_KEYS: "a b/c" }, /LOG_DATA_KEYS must list/],
  [{ LOG_FILTER_NOISE: "yes" }, /LOG_FILTER_NOISE must be off, count or drop/],
  [{ LOG_FILTER_PATTERNS: "x".repeat(129) }, /LOG_FILTER_PATTERNS must list/],
  [{ RELEASE: "1\nENVIRONMENT=dev" }, /RELEASE must not contain a line break/],
  [{ MAYDAY_SINK: "nowhere" }, /MAYDAY_SINK/],
  [{ MAYDAY_SINK: "origin,origin" }, /MAYDAY_SINK/],
  [{ MAYDAY_SINK: "origin,,loki" }, /MAYDAY_SINK/],
  [{ MAYDAY_SINK: "origin,files" }, /MAYDAY_SINK=files needs a disk/],
  [{ MAYDAY_SINK: "archive" }, /MAYDAY_SINK=archive needs a disk/],
  [{ MAYDAY_SPOOL_DIR: "spool" }, /MAYDAY_SPOOL_DIR: this host has no disk/],
  [{ MAYDAY_SINK: "otlp", OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" }, /OTEL_EXPORTER_OTLP_ENDPOINT/],
  [{ MAYDAY_SINK: "otlp", OTEL_EXPORTER_OTLP_HEADERS: "api-key" }, /OTEL_EXPORTER_OTLP_HEADERS must be name=value/],
  [{ MAYDAY_SINK: "otlp", OTEL_EXPORTER_OTLP_HEADERS: "a=%0d%0ab" }, /OTEL_EXPORTER_OTLP_HEADERS must hold printable/],
  [{ MAYDAY_SINK: "clickhouse", CLICKHOUSE_URL: "http://ch.test/a;drop" }, /CLICKHOUSE_URL/],
  [{ MAYDAY_SINK: "clickhouse", CLICKHOUSE_URL: "tcp://ch.test" }, /CLICKHOUSE_URL/],
  [{ MAYDAY_SINK: "loki", LOKI_URL: "http://loki.test/?a=b" }, /LOKI_URL/],
  [{ ORIGIN_URL: "localhost:8787" }, /ORIGIN_URL/],
  [{ ORIGIN_URL: "http://user:password@origin.test" }, /ORIGIN_URL/],
  [{ ORIGIN_TOKEN: "two words" }, /ORIGIN_TOKEN/],
  [{ ENVIRONMENT: "prod" }, /ORIGIN_TOKEN must be set/],
  [{ ENVIRONMENT: "prod", ORIGIN_TOKEN: "dev-origin-token" }, /ORIGIN_TOKEN must be set/],
];

for (const [environment, expected] of refusedEnvironments) {
  test(`${JSON.stringify(environment)} stops the start with one line`, () => {
    assert.throws(
      () => createHost(modules, environment, { writeLines: () => {} }),
      (error: Error) =>
        error instanceof ConfigurationError && expected.test(error.message) && !error.message.includes("\n"),
    );
  });
}
