/** A process with a spool that is killed, filled, filled up, and started twice. */

import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, test } from "node:test";
import { edgeHosts, startEdge, type EdgeHost } from "../support/edge-host.ts";
import { eventOf, type TestEvent } from "../support/events.ts";
import { makeFolder, removeFolders } from "../support/folders.ts";
import { ask, type Answer } from "../support/http.ts";
import { startOrigin, type OriginStandIn } from "../support/origin-stand-in.ts";
import { inRoot } from "../support/paths.ts";
import { until } from "../support/poll.ts";
import { freePorts } from "../support/ports.ts";
import { run } from "../support/process.ts";

const hostsWithDisk = edgeHosts.filter(({ drains }) => drains).map(({ name }) => name);

const open: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
  removeFolders();
});

async function startWith(name: string, environment: Record<string, string>): Promise<EdgeHost> {
  const edge = await startEdge(name, {
    MAYDAY_SINK: "origin",
    LOG_RATE_BURST: "1000000",
    LOG_RATE_PER_SECOND: "1000000",
    ...environment,
  });
  open.push({ stop: () => edge.stop("SIGKILL") });
  return edge;
}

async function origin(...options: Parameters<typeof startOrigin>): Promise<OriginStandIn> {
  const started = await startOrigin(...options);
  open.push({ stop: () => started.close() });
  return started;
}

for (const name of hostsWithDisk) {
  describe(`the spool of ${name}`, () => {
    test("whatever was acknowledged before a kill -9, at any moment, arrives whole", { timeout: 180_000 }, async () => {
      const folder = makeFolder();
      const acknowledged = new Set<string>();
      let refusals = 0;
      // Every third delivery is refused, so that kills also fall between a batch and its second try.
      const up = await origin(() => ({ status: (refusals += 1) % 3 === 0 ? 503 : 200 }));
      // Deno can't know that a process is dead, and waits three seconds before it takes over a lock.
      const rounds = name === "deno" ? 4 : 12;
      for (let round = 0; round < rounds; round += 1) {
        const edge = await startWith(name, { ORIGIN_URL: up.url, MAYDAY_SPOOL_DIR: folder });
        const killAfter = acknowledged.size + 1 + Math.floor(Math.random() * 60);
        const writers = Array.from({ length: 4 }, () => writeUntilDead(edge, acknowledged));
        await until("enough is acknowledged", () => acknowledged.size >= killAfter);
        await edge.stop("SIGKILL");
        await Promise.all(writers);
      }
      await startWith(name, { ORIGIN_URL: up.url, MAYDAY_SPOOL_DIR: folder });
      await until("the rest is sent without a request", () => isSubset(acknowledged, up.storedIds()), 30_000);
      assert.ok(acknowledged.size >= rounds);
    });

    test("events wait through a restart while the origin is down, more than memory would hold", async () => {
      const folder = makeFolder();
      const port = await freePorts();
      const settings = { ORIGIN_URL: `http://127.0.0.1:${port}`, MAYDAY_SPOOL_DIR: folder };
      const first = await startWith(name, settings);
      const ids: string[] = [];
      for (let request = 0; request < 80; request += 1) ids.push(...(await sendMany(first)));
      assert.ok(bytesIn(path.join(folder, "origin")) > 5 * 1024 * 1024, "more than the waiting room in memory");
      await first.stop("SIGKILL");

      const second = await startWith(name, settings);
      const up = await origin(undefined, port);
      await until("all arrive", () => up.storedIds().length >= ids.length, 30_000);
      assert.deepEqual([...up.storedIds()].sort(), ids.sort());
      await until("nothing is pending", async () => (await health(second)).pending === 0);
      assert.equal((await health(second)).forwarded, ids.length);
    });

    test("at its bound the answer is 503, and what was accepted still arrives", async () => {
      const folder = makeFolder();
      const port = await freePorts();
      const settings = { ORIGIN_URL: `http://127.0.0.1:${port}`, MAYDAY_SPOOL_DIR: folder };
      const edge = await startWith(name, { ...settings, MAYDAY_SPOOL_BYTES: "1048576" });
      const { accepted, refusal } = await fill(edge);
      assert.equal(refusal.status, 503);
      assert.equal((JSON.parse(refusal.text) as { detail: string }).detail, "origin_unavailable");
      assert.ok(bytesIn(path.join(folder, "origin")) <= 1048576 + 200);
      const up = await origin(undefined, port);
      await until("all arrive", () => up.storedIds().length >= accepted.length, 20_000);
      assert.deepEqual([...up.storedIds()].sort(), accepted.sort());
      assert.equal((await send(edge, [eventOf()])).status, 200, "there is room again");
    });

    test("SIGTERM while the origin is down ends at once and loses nothing", async () => {
      const folder = makeFolder();
      const port = await freePorts();
      const settings = { ORIGIN_URL: `http://127.0.0.1:${port}`, MAYDAY_SPOOL_DIR: folder };
      const edge = await startWith(name, settings);
      const event = eventOf();
      await send(edge, [event]);
      await until("it has noticed", () => edge.stderr().includes("they wait"));
      assert.equal((await edge.stop("SIGTERM")).code, 0);
      const up = await origin(undefined, port);
      await startWith(name, settings);
      await until("it arrives", () => up.storedIds().includes(event.event_id));
    });

    test("a second process on the same spool does not start, and says why", async () => {
      const settings = { ORIGIN_URL: "http://127.0.0.1:9", MAYDAY_SPOOL_DIR: makeFolder() };
      await startWith(name, settings);
      await assert.rejects(startWith(name, settings), /is used by another process .* MAYDAY_SPOOL_DIR/);
    });
  });
}

test("in prod, a host whose events wait in memory alone says so", async () => {
  const prod = { ENVIRONMENT: "prod", ORIGIN_TOKEN: "a-token-of-the-test", ORIGIN_URL: "http://127.0.0.1:9" };
  const loose = await startWith("node", prod);
  assert.match(loose.stderr(), /events for origin wait in memory, which a crash loses: set MAYDAY_SPOOL_DIR/);
  const safe = await startWith("node", { ...prod, MAYDAY_SPOOL_DIR: makeFolder() });
  assert.doesNotMatch(safe.stderr(), /in memory/);
});

test("a disk that takes no more is a 503, and nothing half-written is left", async () => {
  const folder = makeFolder();
  const [port, originPort] = [await freePorts(), await freePorts()];
  const environment = {
    ORIGIN_URL: `http://127.0.0.1:${originPort}`,
    MAYDAY_SPOOL_DIR: folder,
    MAYDAY_SINK: "origin",
    LOG_RATE_BURST: "1000000",
  };
  // The system cuts a write off at a limit of 1 MiB a file, as it does on a full disk.
  const command = `ulimit -f 2048; exec "$0" "$@"`;
  const edgeArgs = [process.execPath, inRoot("build/edge/hosts/node.js"), "--port", String(port)];
  const running = run("sh", ["-c", command, ...edgeArgs], environment);
  const edge: EdgeHost = { ...running, name: "node", url: `http://127.0.0.1:${port}` };
  open.push({ stop: () => running.stop("SIGKILL") });
  await until("it listens", () => running.stderr().includes("listening"));
  const { accepted, refusal } = await fill(edge);
  assert.equal(refusal.status, 503);
  await until("it is said aloud", () => running.stderr().includes("takes no events"));
  await running.stop("SIGKILL");
  const up = await origin(undefined, originPort);
  const after = await startWith("node", environment);
  await until("all arrive", () => up.storedIds().length >= accepted.length);
  assert.deepEqual([...up.storedIds()].sort(), accepted.sort());
  assert.doesNotMatch(after.stderr(), /damaged|cut off/);
});

/** Posts until the process is gone; only what was answered 200 counts. */
async function writeUntilDead(edge: EdgeHost, acknowledged: Set<string>): Promise<void> {
  for (;;) {
    const events = Array.from({ length: 1 + Math.floor(Math.random() * 3) }, () => eventOf());
    const answer = await send(edge, events).catch(() => undefined);
    if (answer === undefined) return;
    if (answer.status === 200) for (const event of events) acknowledged.add(event.event_id);
  }
}

const large = (): TestEvent => eventOf({ message: "m".repeat(500), component: "c".repeat(120) });

async function sendMany(edge: EdgeHost): Promise<string[]> {
  const events = Array.from({ length: 100 }, large);
  assert.equal((await send(edge, events)).status, 200);
  return events.map((event) => event.event_id);
}

/** Until the first refusal. */
async function fill(edge: EdgeHost): Promise<{ accepted: string[]; refusal: Answer }> {
  const accepted: string[] = [];
  for (let request = 0; request < 100; request += 1) {
    const events = Array.from({ length: 100 }, large);
    const answer = await send(edge, events);
    if (answer.status !== 200) return { accepted, refusal: answer };
    accepted.push(...events.map((event) => event.event_id));
  }
  throw new Error("nothing was refused");
}

function send(edge: EdgeHost, events: TestEvent[]): Promise<Answer> {
  const headers = { "content-type": "application/json" };
  return ask(edge.url, { method: "POST", target: "/v1/logs", headers, body: JSON.stringify(events) });
}

async function health(edge: EdgeHost): Promise<{ forwarded: number; pending: number }> {
  return JSON.parse((await ask(edge.url, { target: "/v1/logs/health" })).text) as {
    forwarded: number;
    pending: number;
  };
}

function isSubset(wanted: Set<string>, given: string[]): boolean {
  const there = new Set(given);
  return [...wanted].every((id) => there.has(id));
}

const bytesIn = (folder: string): number =>
  readdirSync(folder).reduce((bytes, name) => bytes + statSync(path.join(folder, name)).size, 0);
