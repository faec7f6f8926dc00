/** `/v1/logs` through a program of the team's own: what the edge says comes back as it said it. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { createMayday, type Mayday, type Problem } from "../../npm/src/node/index.ts";
import { eventOf } from "../support/events.ts";
import { ask } from "../support/http.ts";
import { startMonitoredEdge, type MonitoredEdge } from "../support/monitored-edge.ts";
import { freePorts } from "../support/ports.ts";

let world: MonitoredEdge;
const closing: (() => unknown)[] = [];

before(async () => {
  world = await startMonitoredEdge({
    EXTRA_CORS_ORIGINS: "https://app.example.com",
    LOG_CLIENT_ADDRESS: "truncated",
    LOG_RATE_BURST: "20",
    LOG_RATE_PER_SECOND: "1",
  });
});
after(async () => {
  for (const close of closing) await close();
  await world.close();
});

async function startProxy(endpoint: string, problems: Problem[] = []): Promise<string> {
  const onProblem = (problem: Problem): void => void problems.push(problem);
  const mayday: Mayday = createMayday({ endpoint, proxy: true, uncaught: false, onProblem });
  const server = createServer(mayday.http((_, response) => response.writeHead(404).end("the app's own")));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
    return mayday.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const json = { "content-type": "application/json" };
const post = { method: "POST", target: "/v1/logs" };
const anEvent = (message: string): string => JSON.stringify(eventOf({ message }));
/** Of an address of its own, for the edge counts by address. */
const from = (last: number): { localAddress: string } => ({ localAddress: `127.0.0.${last}` });

test("status, body and CORS headers come back, to a preflight too", async () => {
  const url = await startProxy(world.endpoint);
  const origin = { origin: "https://app.example.com" };
  const preflight = await ask(url, {
    ...{ method: "OPTIONS", target: "/v1/logs", ...from(2) },
    headers: { ...origin, "access-control-request-method": "POST" },
  });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers["access-control-allow-origin"], "https://app.example.com");
  const bad = await ask(url, { ...post, ...from(2), headers: { ...json, ...origin }, body: "{" });
  assert.equal(bad.status, 400);
  assert.equal(JSON.parse(bad.text).detail, "invalid_json");
  assert.equal(bad.headers["access-control-allow-origin"], "https://app.example.com");
  const stranger = { ...json, origin: "https://evil.example.net" };
  assert.equal((await ask(url, { ...post, ...from(2), headers: stranger, body: anEvent("x") })).status, 403);
});

test("gzip goes through as it came", async () => {
  const url = await startProxy(world.endpoint);
  const body = gzipSync(anEvent("zipped through a proxy"));
  const headers = { ...json, "content-encoding": "gzip" };
  assert.equal((await ask(url, { ...post, ...from(3), headers, body })).status, 200);
  await world.linesWhere("the event", ({ message }) => message === "zipped through a proxy");
});

test("the client's address is passed on, and its own word for it is not believed", async () => {
  const url = await startProxy(world.endpoint);
  const headers = { ...json, "x-forwarded-for": "203.0.113.7" };
  await ask(url, { ...post, ...from(4), headers, body: anEvent("where from") });
  const [line] = await world.linesWhere("the event", ({ message }) => message === "where from");
  assert.match(JSON.stringify(line), /127\.0\.0\.0/);
  assert.doesNotMatch(JSON.stringify(line), /203\.0\.113/);
});

test("a 429 comes back with its Retry-After", async () => {
  const url = await startProxy(world.endpoint);
  let answer = await ask(url, { ...post, ...from(5), headers: json, body: anEvent("again and again") });
  for (let times = 0; times < 40 && answer.status === 200; times += 1)
    answer = await ask(url, { ...post, ...from(5), headers: json, body: anEvent("again and again") });
  assert.equal(answer.status, 429);
  assert.match(String(answer.headers["retry-after"]), /^\d+$/);
});

test("a body that is too large is answered 413, whether or not it says so before", async () => {
  const url = await startProxy(world.endpoint);
  const body = "x".repeat(600 * 1024);
  assert.equal((await ask(url, { ...post, ...from(6), headers: json, body })).status, 413);
  const chunked = await fetch(`${url}/v1/logs`, {
    method: "POST",
    headers: json,
    body: new Blob([body]).stream(),
    duplex: "half",
  } as RequestInit);
  assert.equal(chunked.status, 413);
});

test("health goes through, metrics and all else stay the program's own", async () => {
  const url = await startProxy(world.endpoint);
  assert.equal(JSON.parse((await ask(url, { target: "/v1/logs/health", ...from(7) })).text).status, "ok");
  assert.equal((await ask(url, { target: "/v1/logs/metrics", ...from(7) })).text, "the app's own");
  assert.equal((await ask(url, { target: "/v1/logsx", ...from(7) })).text, "the app's own");
});

test("without an edge the answer is a 503 that a client waits on, and the program is told", async () => {
  const problems: Problem[] = [];
  const url = await startProxy(`http://127.0.0.1:${await freePorts()}/v1/logs`, problems);
  const headers = { ...json, "x-request-id": "r-down" };
  const answer = await ask(url, { ...post, headers, body: anEvent("kept by the page") });
  assert.equal(answer.status, 503);
  assert.equal(answer.headers["retry-after"], "5");
  assert.deepEqual(JSON.parse(answer.text), { detail: "origin_unavailable", request_id: "r-down" });
  assert.equal(problems[0]!.what, "proxy_failed");
});
