import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, test } from "node:test";

import { assertEachIsThereOnce, postAll } from "../support/ingest-load.ts";
import {
  makeEvent,
  makeFolder,
  postIngest,
  removeFolders,
  runOrigin,
  startOrigin,
  type TestEvent,
  toLines,
} from "../support/origin.js";
import { ownSecrets } from "../support/tokens.ts";

after(removeFolders);

const twentyEvents = (): TestEvent[] => Array.from({ length: 20 }, () => makeEvent());

async function assertEachIsThereOnceIn(dataDir: string, acknowledged: Set<string>): Promise<void> {
  const origin = await startOrigin({ dataDir });
  await assertEachIsThereOnce(origin, acknowledged);
  assert.equal(await origin.stop(), 0);
}

test("what was acknowledged survives kill -9 in the middle of ingest", async () => {
  const origin = await startOrigin();
  let isKilled = false;
  const acknowledged = await postAll(origin, {
    next: twentyEvents,
    senders: 8,
    onAnswer: (count) => {
      if (count >= 2_000 && !isKilled) isKilled = origin.process.kill("SIGKILL");
    },
  });
  assert.ok(acknowledged.size >= 2_000);
  await assertEachIsThereOnceIn(origin.dataDir, acknowledged);
});

test("a stop in the middle of ingest loses nothing that was acknowledged", async () => {
  const origin = await startOrigin();
  let code: Promise<number | null> | undefined;
  const acknowledged = await postAll(origin, {
    next: twentyEvents,
    senders: 8,
    onAnswer: (count) => {
      if (count >= 2_000) code ??= origin.stop("SIGTERM");
    },
  });
  assert.equal(await code, 0);
  await assertEachIsThereOnceIn(origin.dataDir, acknowledged);
});

test("Ctrl-C stops it cleanly, also with idle connections", async () => {
  const origin = await startOrigin();
  await (await fetch(`${origin.url}/health`)).text();
  assert.equal(await origin.stop("SIGINT"), 0);
});

test("a taken port is told in one line, whoever has it", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const other = await runOrigin(["--port", String(port), "--data", await makeFolder()]);
  server.close();
  const origin = await startOrigin();
  const own = await runOrigin(["--port", String(origin.port), "--data", await makeFolder()]);
  await origin.stop();
  for (const [result, taken] of [
    [other, port],
    [own, origin.port],
  ] as const) {
    assert.equal(result.code, 3);
    assert.match(result.errors, new RegExp(`^mayday-origin: port ${taken} .*--port.*\\n$`));
  }
});

const production = { ENVIRONMENT: "prod", ...ownSecrets };

for (const [name, args, env] of [
  ["--port", ["--port", "99999"], {}],
  ["--host", ["--host", "nowhere"], {}],
  ["--bogus", ["--bogus"], {}],
  ["LOG_LEVEL", [], { LOG_LEVEL: "loud" }],
  ["TRUSTED_PROXIES", [], { TRUSTED_PROXIES: "many" }],
  ["EXTRA_CORS_ORIGINS", [], { EXTRA_CORS_ORIGINS: "not an origin" }],
  ["DATABASE_URL", [], { DATABASE_URL: "mysql://x" }],
  ["ORIGIN_TOKEN", [], { ENVIRONMENT: "prod" }],
  ["ORIGIN_TOKEN", ["--host", "0.0.0.0"], {}],
  ["JWT_ACCESS_SECRET", [], { ENVIRONMENT: "prod", ORIGIN_TOKEN: "a-secret-of-our-own" }],
  ["JWT_REFRESH_SECRET", [], { ...production, JWT_REFRESH_SECRET: "short" }],
  ["must differ", [], { ...production, JWT_REFRESH_SECRET: production.JWT_ACCESS_SECRET }],
  ["RETENTION_DAYS", [], { RETENTION_DAYS: "0" }],
  ["RETENTION_BYTES", [], { RETENTION_BYTES: "10GB" }],
  ["REDIS_URL", [], { REDIS_URL: "127.0.0.1:6379" }],
] as [string, string[], Record<string, string>][]) {
  test(`a wrong ${name} stops the start with one line that names it`, async () => {
    const result = await runOrigin(args, env);
    assert.equal(result.code, 2);
    assert.equal(result.errors.trimEnd().split("\n").length, 1);
    assert.ok(result.errors.includes(name), result.errors);
  });
}

test("production starts with a token of its own, and takes no other", async () => {
  const origin = await startOrigin({ env: production });
  assert.equal((await postIngest(origin, toLines([makeEvent()]))).status, 401);
  assert.equal((await postIngest(origin, toLines([makeEvent()]), "a-secret-of-our-own")).status, 200);
  assert.equal(await origin.stop(), 0);
});

test("--help lists what can be set, and is no failure", async () => {
  const result = await runOrigin(["--help"]);
  assert.equal(result.code, 0);
  for (const name of ["--port", "--data", "ORIGIN_TOKEN", "DATABASE_URL", "LOG_RATE_BURST"])
    assert.ok(result.out.includes(name), name);
});

test("the data is its owner’s alone", async () => {
  const folder = join(await makeFolder(), "made", "here");
  const origin = await startOrigin({ dataDir: folder });
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.equal(statSync(join(folder, "mayday.events")).mode & 0o777, 0o700);
  const today = `${new Date().toISOString().slice(0, 10)}.db`;
  assert.equal(statSync(join(folder, "mayday.events", today)).mode & 0o777, 0o600);
  await origin.stop();
});

test("DATABASE_URL chooses the file", async () => {
  const file = join(await makeFolder(), "elsewhere.db");
  const origin = await startOrigin({ env: { DATABASE_URL: `sqlite://${file}` } });
  assert.ok(existsSync(file.replace(/db$/, "events")));
  await origin.stop();
});

test("a file that is no database is left alone", async () => {
  const file = join(await makeFolder(), "text.db");
  await import("node:fs/promises").then(({ writeFile }) => writeFile(file, "no database at all ".repeat(20)));
  const result = await runOrigin(["--port", "0"], { DATABASE_URL: `sqlite://${file}` });
  assert.equal(result.code, 1);
  assert.match(result.errors, /can't use the database/);
});
