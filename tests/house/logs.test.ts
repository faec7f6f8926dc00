/** `./mayday logs`: what the edge's file sinks have written, as one stream. */

import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { gzipSync } from "node:zlib";
import { inRoot } from "../support/paths.ts";
import { until } from "../support/poll.ts";
import { run, type Running } from "../support/process.ts";

let folder: string;
let running: Running[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mayday-logs-"));
  running = [];
  for (const name of ["fe", "api", "archive"]) mkdirSync(join(folder, name));
});
afterEach(async () => {
  for (const one of running) if (one.child.exitCode === null) await one.stop("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
});

function logs(...args: string[]): Running {
  const env = {
    TROUBLESHOOT_FE_LOG_DIR: join(folder, "fe"),
    TROUBLESHOOT_API_LOG_DIR: join(folder, "api"),
    MAYDAY_ARCHIVE_DIR: join(folder, "archive"),
  };
  const one = run(inRoot("mayday"), ["logs", ...args], env);
  running.push(one);
  return one;
}

const line = (second: number, message: string, more: object = {}): string =>
  `${JSON.stringify({ timestamp: new Date(Date.UTC(2026, 10, 27, 20, 0, second)).toISOString(), level: "error", message, ...more })}\n`;

const messagesOf = (text: string): string[] =>
  text
    .trim()
    .split("\n")
    .filter(Boolean)
    .map((one) => (JSON.parse(one) as { message: string }).message);

async function read(...args: string[]): Promise<string[]> {
  const one = logs(...args);
  assert.equal((await one.ended).code, 0, one.stderr());
  return messagesOf(one.stdout());
}

test("rotated and packed files of all folders come as one stream, in the order of time", async () => {
  writeFileSync(
    join(folder, "fe/a.jsonl"),
    line(7, "seven", { session_id: "a" }) + line(6, "six", { session_id: "a" }),
  );
  writeFileSync(join(folder, "fe/a.jsonl.1"), line(4, "four", { session_id: "a" }));
  writeFileSync(join(folder, "fe/a.jsonl.2.gz"), gzipSync(line(2, "two", { session_id: "a" })));
  writeFileSync(join(folder, "fe/b.jsonl"), line(3, "three", { level: "info", session_id: "b" }) + line(8, "eight"));
  writeFileSync(join(folder, "api/api.log"), line(5, "five", { level: "warn" }) + "{half a li");
  writeFileSync(join(folder, "archive/2026-11-27.jsonl.gz"), gzipSync(line(1, "one", { level: "debug" })));
  writeFileSync(join(folder, "fe/notes.txt"), "no log\n");
  assert.deepEqual(await read(), ["one", "two", "three", "four", "five", "six", "seven", "eight"]);
  assert.deepEqual(await read("--level", "warn"), ["two", "four", "five", "six", "seven", "eight"]);
  assert.deepEqual(await read("--session", "a"), ["two", "four", "six", "seven"]);
  assert.deepEqual(await read("--session", "a", "--level", "error"), ["two", "four", "six", "seven"]);
});

test("following goes on with what comes, through a rotation, and tells nothing twice", async () => {
  const file = join(folder, "fe/a.jsonl");
  writeFileSync(file, line(1, "before"));
  const one = logs("--follow");
  await until("what was there", () => one.stdout().includes("before"));
  appendFileSync(file, line(2, "while"));
  await until("what comes", () => one.stdout().includes("while"));
  appendFileSync(file, line(3, "just before the rotation"));
  renameSync(file, `${file}.1`);
  writeFileSync(file, line(4, "after"));
  writeFileSync(join(folder, "fe/new.jsonl"), line(5, "a new session"));
  await until("all of it", () => one.stdout().includes("after") && one.stdout().includes("a new session"));
  const half = line(6, "in two halves");
  appendFileSync(file, half.slice(0, 20));
  appendFileSync(file, half.slice(20));
  await until("the halves", () => one.stdout().includes("in two halves"));
  assert.equal((await one.stop("SIGINT")).code, 0);
  assert.deepEqual(messagesOf(one.stdout()).sort(), [
    "a new session",
    "after",
    "before",
    "in two halves",
    "just before the rotation",
    "while",
  ]);
});

test("where there is nothing, it says where it looked", async () => {
  const one = logs();
  assert.equal((await one.ended).code, 0);
  assert.match(one.stderr(), /^no logs in .*fe, .*api/);
});
