import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ingest, makeEvent, type Origin, removeFolders, startOrigin, type TestEvent } from "../support/origin.js";
import { fetchAsAgent } from "../support/tokens.ts";

let origin: Origin;
before(async () => {
  origin = await startOrigin();
});
after(async () => {
  await origin.stop();
  await removeFolders();
});

interface Page {
  events: TestEvent[];
  next: string | null;
}

async function list(query: string): Promise<Page> {
  const response = await fetchAsAgent(`${origin.url}/events?${query}`);
  assert.equal(response.status, 200);
  return (await response.json()) as Page;
}

const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

test("events are found by each filter, alone and together", async () => {
  const event = makeEvent({
    level: "warn",
    service: "filtered",
    environment: "staging",
    release: "9.9",
    session_id: "se",
    user_id: "us",
    trace_id: "ab".repeat(16),
    request_id: "re",
    fingerprint: "0123456789abcdef",
    message: '50%_off \\ "now"',
  });
  await ingest(origin, [event, makeEvent({ service: "filtered" })]);
  const filters = {
    level: "warn",
    environment: "staging",
    release: "9.9",
    session_id: "se",
    user_id: "us",
    trace_id: "ab".repeat(16),
    request_id: "re",
    fingerprint: "0123456789abcdef",
    q: '50%_OFF \\ "',
  };
  for (const [name, value] of Object.entries(filters)) {
    const page = await list(String(new URLSearchParams({ service: "filtered", [name]: value })));
    assert.deepEqual(
      page.events.map(({ event_id }) => event_id),
      [event.event_id],
      name,
    );
  }
  const all = await list(String(new URLSearchParams({ service: "filtered", ...filters })));
  assert.equal(all.events.length, 1);
  assert.equal((await list("service=filtered&q=50_")).events.length, 0, "a wildcard is text");
});

test("pages follow each other without gap or repeat, newest first", async () => {
  const events = Array.from({ length: 120 }, (_, i) => makeEvent({ service: "paged", timestamp: minutesAgo(i) }));
  await ingest(origin, events);
  const seen: string[] = [];
  let cursor = "";
  for (;;) {
    const page = await list(`service=paged&limit=50&cursor=${cursor}`);
    seen.push(...page.events.map(({ event_id }) => event_id));
    if (page.next === null) break;
    cursor = page.next;
  }
  assert.deepEqual(
    seen,
    events.map(({ event_id }) => event_id),
  );
  assert.equal((await list("service=paged")).events.length, 50, "fifty by default");
});

test("a parameter that can’t be used is named", async () => {
  for (const [query, parameter] of [
    ["limit=0", "limit"],
    ["limit=201", "limit"],
    ["level=loud", "level"],
    ["since=now", "since"],
    ["cursor=x", "cursor"],
    ["q=%", "query"],
  ]) {
    const response = await fetchAsAgent(`${origin.url}/events?${query}`);
    assert.equal(response.status, 400, query);
    const body = (await response.json()) as { detail: string; parameter: string; request_id: string };
    assert.equal(body.detail, "invalid_query");
    assert.equal(body.parameter, parameter);
    assert.ok(body.request_id);
  }
  assert.equal((await fetchAsAgent(`${origin.url}/stats?minutes=x`)).status, 400);
});

test("what is not there is 404", async () => {
  for (const path of ["/events/01900000-0000-7000-8000-00000000dead", "/events/x", "/nothing", "/assets/nothing.js"]) {
    const response = await fetchAsAgent(origin.url + path);
    assert.equal(response.status, 404, path);
    assert.equal(((await response.json()) as { detail: string }).detail, "not_found");
  }
});

test("a method that a route does not know is 405, with those it knows", async () => {
  const response = await fetchAsAgent(`${origin.url}/events`, { method: "DELETE" });
  assert.equal(response.status, 405);
  assert.equal(response.headers.get("allow"), "GET, HEAD");
  assert.equal((await fetch(`${origin.url}/ingest`)).headers.get("allow"), "POST");
});

test("the rollup counts occurrences by minute and tells what breaks most", async () => {
  const shared = { service: "counted", fingerprint: "feedfacefeedface", message: "counts" };
  await ingest(origin, [
    makeEvent({ ...shared, count: 5 }),
    makeEvent(shared),
    makeEvent({ service: "counted", level: "info" }),
  ]);
  const stats = (await (await fetchAsAgent(`${origin.url}/stats?minutes=60&service=counted`)).json()) as {
    totals: Record<string, number>;
    minutes: { error: number }[];
    patterns: Record<string, unknown>[];
    choices: { service: string[] };
  };
  assert.deepEqual(stats.totals, { error: 6, warn: 0, info: 1, debug: 0 });
  assert.equal(
    stats.minutes.reduce((sum, minute) => sum + minute.error, 0),
    6,
  );
  assert.equal(stats.patterns.length, 1);
  const { fingerprint, message, count, level } = stats.patterns[0]!;
  assert.deepEqual(
    { fingerprint, message, count, level },
    { fingerprint: "feedfacefeedface", message: "counts", count: 6, level: "error" },
  );
  assert.ok(stats.choices.service.includes("counted"));
});

test("metrics speak Prometheus", async () => {
  const response = await fetchAsAgent(`${origin.url}/metrics`);
  assert.match(response.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  const line = /^(#.*|[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? \d+)$/;
  for (const one of text.trimEnd().split("\n")) assert.match(one, line);
  assert.match(text, /^mayday_ingest_events_total\{result="stored"\} [1-9]/m);
  assert.match(text, /^mayday_http_requests_total\{route="\/ingest",method="POST",status="200"\} [1-9]/m);
  const resident = Number(/^process_resident_memory_bytes (\d+)$/m.exec(text)?.[1]);
  assert.ok(resident > 0 && resident <= 40 * 1024 * 1024, `resident: ${resident}`);
});

test("every answer carries identifiers, the caller’s where they are sane", async () => {
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const headers = { "x-request-id": "call-1.a_B", traceparent: `00-${traceId}-b7ad6b7169203331-01` };
  for (const path of ["/health", "/nothing", "/events?limit=0", "/v1/logs/health", "/"]) {
    const given = await fetchAsAgent(origin.url + path, { headers });
    assert.equal(given.headers.get("x-request-id"), "call-1.a_B", path);
    assert.equal(given.headers.get("x-trace-id"), traceId, path);
    const made = await fetchAsAgent(origin.url + path, {
      headers: { "x-request-id": "not sane", traceparent: "junk" },
    });
    assert.match(made.headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/, path);
    assert.match(made.headers.get("x-trace-id") ?? "", /^[0-9a-f]{32}$/, path);
  }
});

test("HEAD answers like GET, without the body", async () => {
  for (const path of ["/", "/health", "/events", "/events/live"]) {
    const response = await fetchAsAgent(origin.url + path, { method: "HEAD" });
    assert.equal(response.status, 200, path);
    assert.equal(await response.text(), "");
  }
});

test("the page and its assets come with a strict policy and are not sent twice", async () => {
  const page = await fetch(`${origin.url}/`);
  const policy = page.headers.get("content-security-policy") ?? "";
  for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"])
    assert.ok(policy.includes(part), part);
  assert.ok(!policy.includes("unsafe"));
  const html = await page.text();
  assert.ok(!/ style=|<script>|<style/.test(html), "nothing inline");
  for (const [, path] of html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
    const asset = await fetch(origin.url + path!);
    assert.equal(asset.status, 200, path);
    assert.equal(asset.headers.get("x-content-type-options"), "nosniff");
    const etag = asset.headers.get("etag") ?? "";
    assert.equal((await fetch(origin.url + path!, { headers: { "if-none-match": etag } })).status, 304);
  }
  const script = await (await fetch(`${origin.url}/assets/dashboard.js`)).text();
  assert.ok(!script.includes("innerHTML"), "text from browsers never becomes markup");
  assert.match(script, /Leon Sorokin/, "uPlot’s licence came along");
});
