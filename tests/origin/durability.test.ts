/** What was acknowledged is there once: after kill -9, after PostgreSQL's own crash, in a backup, and behind a move. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startPostgres, type Postgres } from "../support/postgres.mjs";
import { assertEachIsThereOnce, postAll, storedIds } from "../support/ingest-load.ts";
import {
  ingest,
  makeEvent,
  makeFolder,
  postIngest,
  removeFolders,
  runOrigin,
  startOrigin,
  type TestEvent,
  toLines,
} from "../support/origin.js";

let postgres: Postgres;
before(async () => {
  postgres = await startPostgres();
});
after(async () => {
  await postgres.stop();
  await removeFolders();
});

const eventsCount = 100_000;
const batchEvents = 500;

/** Some are of yesterday, so that a transaction is about two days. */
function makeBatches(): TestEvent[][] {
  const now = Date.now();
  return Array.from({ length: eventsCount / batchEvents }, (_, batch) =>
    Array.from({ length: batchEvents }, (_, index) =>
      makeEvent({
        timestamp: new Date(now - (index % 10 === 0 ? 86_400_000 : 0) - index).toISOString(),
        user_id: `u${batch % 50}`,
        fingerprint: (index % 20).toString(16).padStart(16, "0"),
      }),
    ),
  );
}

for (const engine of ["SQLite", "PostgreSQL"]) {
  test(`kill -9 in the middle of ${eventsCount} events loses none that was acknowledged, on ${engine}`, async () => {
    postgres.run(`DROP DATABASE IF EXISTS killed WITH (FORCE)`, "postgres");
    postgres.run(`CREATE DATABASE killed`, "postgres");
    const env: Record<string, string> =
      engine === "SQLite" ? {} : { DATABASE_URL: postgres.url.replace(/mayday$/, "killed") };
    const origin = await startOrigin({ env });
    const batches = makeBatches();
    let isKilled = false;
    const waiting = [...batches];
    const acknowledged = await postAll(origin, {
      next: () => waiting.shift(),
      senders: 4,
      onAnswer: (count) => {
        if (count >= eventsCount / 2 && !isKilled) isKilled = origin.process.kill("SIGKILL");
      },
    });
    assert.ok(isKilled && acknowledged.size < eventsCount, "it was in the middle");
    const again = await startOrigin({ env, dataDir: origin.dataDir });
    await assertEachIsThereOnce(again, acknowledged);
    // The edge sends everything again that it has no answer for.
    const rest = await postAll(again, { next: () => batches.shift(), senders: 4 });
    assert.equal(rest.size, eventsCount);
    const all = await storedIds(again);
    assert.equal(all.length, eventsCount, "each is there once");
    assert.equal(new Set(all).size, eventsCount);
    assert.equal(await again.stop(), 0);
  });
}

test("a crash of PostgreSQL itself loses nothing that was acknowledged, and the origin goes on", async () => {
  postgres.run("DROP DATABASE IF EXISTS crashed WITH (FORCE)", "postgres");
  postgres.run("CREATE DATABASE crashed", "postgres");
  const origin = await startOrigin({ env: { DATABASE_URL: postgres.url.replace(/mayday$/, "crashed") } });
  const first = Array.from({ length: 200 }, () => makeEvent());
  await ingest(origin, first);
  await postgres.kill();
  const refused = await postIngest(origin, toLines([makeEvent()]));
  assert.ok(refused.status >= 500, `${refused.status}`);
  await postgres.start();
  const second = makeEvent();
  await ingest(origin, [second]);
  assert.deepEqual(
    new Set(await storedIds(origin)),
    new Set([...first, second].map(({ event_id }) => event_id)),
    "all are there, and what was refused is not",
  );
  assert.equal(await origin.stop(), 0);
});

test("a backup of a running origin is consistent, and an origin starts on it", async () => {
  const origin = await startOrigin();
  const before = Array.from({ length: 300 }, (_, index) =>
    makeEvent({ timestamp: new Date(Date.now() - (index % 3) * 86_400_000).toISOString() }),
  );
  await ingest(origin, before);
  const to = join(await makeFolder(), "backup");
  let isDone = false;
  const writing = (async () => {
    while (!isDone) await ingest(origin, [makeEvent()]);
  })();
  const result = await runOrigin(["backup", "--to", to, "--data", origin.dataDir]);
  isDone = true;
  await writing;
  assert.equal(result.code, 0, result.errors);
  assert.match(result.out, /^backed up \d+ files/);
  assert.equal(await origin.stop(), 0);
  const restored = await startOrigin({ dataDir: to });
  const kept = new Set(await storedIds(restored));
  assert.deepEqual(
    before.filter(({ event_id }) => !kept.has(event_id)),
    [],
    "all that was there before it began",
  );
  await ingest(restored, [makeEvent()]);
  assert.equal(await restored.stop(), 0);
  const second = await runOrigin(["backup", "--to", to, "--data", origin.dataDir]);
  assert.equal(second.code, 2);
  assert.match(second.errors, /is there already/);
});

test("a backup that can't be made leaves nothing behind", async () => {
  const to = join(await makeFolder(), "backup");
  const result = await runOrigin(["backup", "--to", to, "--data", await makeFolder()]);
  assert.equal(result.code, 1);
  assert.ok(!existsSync(to));
  assert.equal((await runOrigin(["backup"])).code, 2);
});

test("events, accounts and tickets move from SQLite to PostgreSQL, also in two goes", async () => {
  postgres.run("DROP DATABASE IF EXISTS moved WITH (FORCE)", "postgres");
  postgres.run("CREATE DATABASE moved", "postgres");
  const url = postgres.url.replace(/mayday$/, "moved");
  const dataDir = await makeFolder();
  const source = await startOrigin({ dataDir });
  const events = Array.from({ length: 2_500 }, (_, index) =>
    makeEvent({ timestamp: new Date(Date.now() - (index % 5) * 86_400_000).toISOString(), count: 1 + (index % 3) }),
  );
  await ingest(source, events);
  const report = await fetch(`${source.url}/support/report`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ message: "It does not work", session_id: "session-1", event_ids: [events[0]!.event_id] }),
  });
  assert.equal(report.status, 201, await report.text());
  assert.equal(await source.stop(), 0);
  const from = `sqlite://${join(dataDir, "mayday.db")}`;
  const first = await runOrigin(["migrate", "--from", from, "--to", url]);
  assert.equal(first.code, 0, first.errors);
  assert.match(first.out, /tickets: 1 rows/);
  assert.match(first.out, /all \d+ events are there/);
  // As if it had been interrupted: a day is not there yet.
  const yesterday = Math.floor(Date.now() / 86_400_000) - 1;
  postgres.run(`DELETE FROM ticket_activity; SELECT mayday_drop_day(${yesterday})`, "moved");
  const second = await runOrigin(["migrate", "--from", from, "--to", url]);
  assert.equal(second.code, 0, second.errors);
  assert.equal(second.out.replace(/\d+ of/g, "of"), first.out.replace(/\d+ of/g, "of"));
  const target = await startOrigin({ env: { DATABASE_URL: url } });
  assert.deepEqual(new Set(await storedIds(target)), new Set(events.map(({ event_id }) => event_id)));
  assert.equal(await target.stop(), 0);
});

test("a move that can't begin says why", async () => {
  for (const args of [
    ["--from", "sqlite:///nowhere/at/all.db", "--to", "mysql://x"],
    ["--from", "sqlite:///a.db"],
    ["--from", "sqlite:///nowhere/at/all.db", "--to", postgres.url],
    ["--from", postgres.url, "--to", postgres.url],
  ]) {
    const result = await runOrigin(["migrate", ...args]);
    assert.equal(result.code, 2, args.join(" "));
    assert.equal(result.errors.trimEnd().split("\n").length, 1);
  }
});
