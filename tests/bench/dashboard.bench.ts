/**
 * How long the dashboard's questions take over many events:
 * `node --import tsx tests/bench/dashboard.bench.ts [--events 5000000] [--store sqlite|postgres|clickhouse] [--data DIR | --database URL] [--json FILE]`.
 * Fills a new origin by `/ingest`, with events spread over the last 24 hours and 2,000 patterns, and then asks what the page asks.
 * Takes some minutes and about 1 KB of disk an event. With `--data` the filled folder (SQLite's alone) stays, with `--database` what is in
 * that PostgreSQL, and the next run asks without filling: soon, for "the last hour" goes on.
 */

import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type ClickHouse, startClickHouse } from "../support/clickhouse.ts";
import { originToken, removeFolders, startOrigin, type Origin } from "../support/origin.ts";
import { until } from "../support/poll.ts";
import { startPostgres } from "../support/postgres.mjs";
import { fetchAsAgent } from "../support/tokens.ts";

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "5000000" },
    store: { type: "string", default: "sqlite" },
    data: { type: "string" },
    database: { type: "string" },
    json: { type: "string" },
  },
});
const store = values.database ? "postgres" : values.store;
const eventsWanted = Number(values.events);
const batchEvents = 1_000;
const patterns = 2_000;
const dayMs = 86_400_000;
const barMs = 100;

/** What the page asks when it is opened, filtered, and scrolled. */
const questions: [name: string, path: string][] = [
  ["overview of the last hour", "/stats?minutes=60"],
  ["overview of 24 hours", "/stats?minutes=1440"],
  ["overview of 7 days", "/stats?minutes=10080"],
  ["overview of 24 hours, errors of one service", "/stats?minutes=1440&level=error&service=web"],
  ["newest events", "/events?limit=50"],
  ["newest errors of one release", "/events?limit=50&level=error&release=2.14.1"],
  ["one session", "/events?limit=50&session_id=s-77"],
  ["patterns of people's errors, last hour", "/api/v1/errors/patterns?time_range=1h"],
  ["the same, 24 hours", "/api/v1/errors/patterns?time_range=24h"],
  ["struggling users", "/api/v1/errors/struggling-users"],
  ["errors of high impact", "/api/v1/errors/impact/high"],
  ["one user's rate", "/api/v1/errors/rate/u-77"],
  ["one pattern", "/events?limit=50&fingerprint=000000000000004d"],
];

function lineOf(index: number, now: number): string {
  // In the order of time, as they come.
  const at = new Date(now - dayMs + Math.floor((index / eventsWanted) * dayMs));
  const id = randomBytes(16).toString("hex");
  const pattern = Math.floor(Math.random() ** 3 * patterns);
  return JSON.stringify({
    event_id: `${id.slice(0, 8)}-${id.slice(8, 12)}-7${id.slice(13, 16)}-8${id.slice(17, 20)}-${id.slice(20)}`,
    timestamp: at.toISOString(),
    level: pattern % 3 === 0 ? "warn" : "error",
    service: pattern % 5 === 0 ? "admin" : "web",
    environment: "prod",
    release: index % 3 === 0 ? "2.14.0" : "2.14.1",
    message: `Cannot read properties of undefined (reading 'field${pattern}')`,
    session_id: `s-${index % 50_000}`,
    user_id: `u-${(index * 7919) % 20_000}`,
    component: "window.onerror",
    route: `/page/${pattern % 40}`,
    error: { type: "TypeError", stack: [`at f${pattern} (https://app.example.com/assets/index.js:${pattern}:3456)`] },
    received_at: new Date(at.getTime() + 300).toISOString(),
    fingerprint: pattern.toString(16).padStart(16, "0"),
  });
}

async function fill(origin: Origin, clickhouse: ClickHouse | undefined): Promise<void> {
  const now = Date.now();
  const started = performance.now();
  for (let sent = 0; sent < eventsWanted; sent += batchEvents) {
    const lines = Array.from({ length: Math.min(batchEvents, eventsWanted - sent) }, (_, i) => lineOf(sent + i, now));
    const headers = { authorization: `Bearer ${originToken}` };
    const answer = await fetch(`${origin.url}/ingest`, { method: "POST", headers, body: `${lines.join("\n")}\n` });
    if (answer.status !== 200) throw new Error(`/ingest answered ${answer.status}: ${await answer.text()}`);
    await answer.arrayBuffer();
    if (clickhouse) clickhouse.received.length = 0; // It remembers what it was sent, for tests.
    if (sent % 250_000 === 0) console.error(`${sent} events, ${Math.round((performance.now() - started) / 1_000)} s`);
  }
}

/** The median of nine, after one to warm up. */
async function timeOf(url: string): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 10; round += 1) {
    const started = performance.now();
    const answer = await fetchAsAgent(url);
    await answer.arrayBuffer();
    if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
    if (round > 0) times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[4]!;
}

const askDatabase = (url: string, sql: string): number =>
  Number(execFileSync("psql", [url, "-X", "-q", "-A", "-t", "-c", sql], { encoding: "utf8" }));

/** How many spans have been made wider counts of; ClickHouse has one width. */
function countRolled(origin: Origin, database: string | undefined): number {
  if (store === "clickhouse") return 0;
  const sql = "SELECT count(*) FROM rolled";
  if (database) return askDatabase(database, sql);
  const folder = join(origin.dataDir, "mayday.events");
  return readdirSync(folder)
    .filter((file) => file.endsWith(".db"))
    .map((file) => Number(execFileSync("sqlite3", [join(folder, file), sql])))
    .reduce((sum, one) => sum + one, 0);
}

/** Wider counts are made by and by, of what is over: a dashboard of every day has them. */
async function untilRolledUp(count: () => number): Promise<void> {
  let last = -1;
  let changedMs = Date.now();
  await until(
    "nothing is left to roll up",
    () => {
      const now = count();
      if (now !== last) changedMs = Date.now();
      last = now;
      return Date.now() - changedMs > 15_000;
    },
    600_000,
  );
}

const filledMark = values.data && join(values.data, "filled");
const postgres = store === "postgres" && !values.database ? await startPostgres() : undefined;
const clickhouse = store === "clickhouse" ? await startClickHouse() : undefined;
await clickhouse?.query("CREATE DATABASE mayday");
const database = values.database ?? postgres?.url;
const origin = await startOrigin({
  env: {
    ...(database && { DATABASE_URL: database }),
    ...(clickhouse && { CLICKHOUSE_URL: `${clickhouse.url}/mayday` }),
  },
  ...(values.data && { dataDir: values.data }),
});
const isFilled = database
  ? askDatabase(database, "SELECT count(*) FROM (SELECT FROM events LIMIT 1) AS one") > 0
  : filledMark !== undefined && existsSync(filledMark);
try {
  if (!isFilled) await fill(origin, clickhouse);
  await untilRolledUp(() => countRolled(origin, database));
  if (filledMark) writeFileSync(filledMark, String(eventsWanted));
  const figures: Record<string, number> = {};
  console.log(
    `dashboard over ${eventsWanted} events on ${store}, ms (median of 9; bar ${barMs}; load ${loadavg()[0]!.toFixed(1)})`,
  );
  for (const [name, path] of questions) {
    const ms = await timeOf(origin.url + path);
    figures[name] = ms;
    console.log(`  ${name.padEnd(46)} ${ms.toFixed(1).padStart(8)}  ${ms <= barMs ? "met" : "missed"}`);
  }
  if (values.json) {
    writeFileSync(values.json, JSON.stringify({ events: eventsWanted, store, ms: figures }));
  }
} finally {
  await origin.stop();
  await postgres?.stop();
  await clickhouse?.close();
  await removeFolders();
}
