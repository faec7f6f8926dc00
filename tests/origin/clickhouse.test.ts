/** An origin whose events stand in ClickHouse: a kill in the middle, a move there, and an environment that the edge shares. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type ClickHouse, startClickHouse } from "../support/clickhouse.ts";
import { assertEachIsThereOnce, postAll, storedIds } from "../support/ingest-load.ts";
import {
  ingest,
  makeEvent,
  makeFolder,
  removeFolders,
  runOrigin,
  startOrigin,
  type TestEvent,
} from "../support/origin.js";
import { fetchAsAgent } from "../support/tokens.ts";

let clickhouse: ClickHouse;
before(async () => {
  clickhouse = await startClickHouse();
});
after(async () => {
  await clickhouse.close();
  await removeFolders();
});

async function makeDatabase(name: string): Promise<string> {
  await clickhouse.query(`CREATE DATABASE ${name}`);
  return `${clickhouse.url}/${name}`;
}

/** Some are of the days before. */
const makeEvents = (count: number, days: number): TestEvent[] =>
  Array.from({ length: count }, (_, index) =>
    makeEvent({
      timestamp: new Date(Date.now() - (index % days) * 86_400_000).toISOString(),
      count: 1 + (index % 3),
      fingerprint: (index % 20).toString(16).padStart(16, "0"),
    }),
  );

test("kill -9 in the middle of 20,000 events loses none that was acknowledged, on ClickHouse", async () => {
  const env = { CLICKHOUSE_URL: await makeDatabase("killed") };
  const origin = await startOrigin({ env });
  const batches = Array.from({ length: 40 }, () => makeEvents(500, 2));
  const all = batches.flat();
  const waiting = [...batches];
  let isKilled = false;
  const acknowledged = await postAll(origin, {
    next: () => waiting.shift(),
    senders: 4,
    onAnswer: (count) => {
      if (count >= all.length / 2 && !isKilled) isKilled = origin.process.kill("SIGKILL");
    },
  });
  assert.ok(isKilled && acknowledged.size < all.length, "it was in the middle");
  const again = await startOrigin({ env, dataDir: origin.dataDir });
  await assertEachIsThereOnce(again, acknowledged);
  const rest = await postAll(again, { next: () => batches.shift(), senders: 4 });
  assert.equal(rest.size, all.length);
  const stored = await storedIds(again);
  assert.equal(stored.length, all.length, "each is there once");
  assert.equal(new Set(stored).size, all.length);
  const stats = (await (await fetchAsAgent(`${again.url}/stats?minutes=10080`)).json()) as {
    minutes: Record<string, number>[];
  };
  const counted = stats.minutes.reduce((sum, minute) => sum + (minute["error"] ?? 0), 0);
  assert.equal(
    counted,
    all.reduce((sum, event) => sum + (event["count"] as number), 0),
    "each is counted once",
  );
  assert.equal(await again.stop(), 0);
});

test("events move from SQLite to ClickHouse, also in two goes, and accounts stay", async () => {
  const url = await makeDatabase("moved");
  const dataDir = await makeFolder();
  const source = await startOrigin({ dataDir });
  const events = makeEvents(1_500, 3);
  await ingest(source, events);
  assert.equal(await source.stop(), 0);
  const args = ["migrate", "--from", `sqlite://${join(dataDir, "mayday.db")}`, "--to", url];
  const first = await runOrigin(args);
  assert.equal(first.code, 0, first.errors);
  assert.match(first.out, /accounts, tickets and alerts stay/);
  assert.match(first.out, /all \d+ events are there/);
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  for (const table of ["origin_events", "origin_minutes", "origin_patterns", "origin_faces"]) {
    await clickhouse.query(`ALTER TABLE moved.${table} DROP PARTITION '${yesterday}'`);
  }
  const second = await runOrigin(args);
  assert.equal(second.code, 0, second.errors);
  assert.equal(second.out, first.out);
  const target = await startOrigin({ dataDir, env: { CLICKHOUSE_URL: url } });
  assert.deepEqual(new Set(await storedIds(target)), new Set(events.map(({ event_id }) => event_id)));
  assert.equal(await target.stop(), 0);
});

test("where CLICKHOUSE_URL is the edge's sink, the origin's events stay where they are, and its log says so", async () => {
  const env = { CLICKHOUSE_URL: await makeDatabase("sink"), MAYDAY_SINK: "origin,clickhouse" };
  const origin = await startOrigin({ env });
  const event = makeEvent();
  await ingest(origin, [event]);
  assert.deepEqual(await storedIds(origin), [event.event_id]);
  assert.equal(await origin.stop(), 0);
  assert.match(origin.errors(), /CLICKHOUSE_URL is the edge's sink here/);
  assert.deepEqual(await clickhouse.query("SHOW TABLES FROM sink"), []);
});
