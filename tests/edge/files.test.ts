/** The sinks that are files: sessions and requests for a developer, and the archive. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { afterEach, describe, test } from "node:test";
import { archiveReceiver } from "../../edge-worker/hosts/files/archive.ts";
import { appendRotating, fileBytesMax } from "../../edge-worker/hosts/files/rotating-file.ts";
import { SessionFiles } from "../../edge-worker/hosts/files/session-files.ts";
import { startEdge, type EdgeHost } from "../support/edge-host.ts";
import { eventOf, type TestEvent } from "../support/events.ts";
import { makeFolder, removeFolders } from "../support/folders.ts";
import { ask } from "../support/http.ts";
import { until } from "../support/poll.ts";

const open: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
  removeFolders();
});

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textIn = (...parts: string[]): string => readFileSync(path.join(...parts), "utf8");
const silent = (): void => {};

async function edgeWith(environment: Record<string, string>): Promise<EdgeHost> {
  const edge = await startEdge("node", { LOG_RATE_BURST: "100000", ...environment });
  open.push({ stop: () => edge.stop("SIGKILL") });
  return edge;
}

function send(edge: EdgeHost, events: TestEvent[], headers: Record<string, string> = {}) {
  const body = JSON.stringify(events);
  const target = "/v1/logs?sig=not-for-the-log";
  return ask(edge.url, { method: "POST", target, headers: { "content-type": "application/json", ...headers }, body });
}

describe("the sink files", () => {
  test("each session has its file, in folders that are made, and each request its line in api.log", async () => {
    const folder = path.join(makeFolder(), "deep", "down");
    const environment = {
      MAYDAY_SINK: "files",
      TROUBLESHOOT_FE_LOG_DIR: path.join(folder, "fe"),
      TROUBLESHOOT_API_LOG_DIR: path.join(folder, "api"),
    };
    const edge = await edgeWith(environment);
    const [one, other, none] = [eventOf({ session_id: "s1" }), eventOf({ session_id: "s2" }), eventOf()];
    assert.equal((await send(edge, [one, other, none], { "x-request-id": "r-1" })).status, 200);
    await send(edge, [eventOf({ session_id: "s1" }), eventOf({ level: "loud" })]);
    await ask(edge.url, { method: "PUT", target: "/v1/logs" });

    assert.deepEqual(readdirSync(path.join(folder, "fe")).sort(), ["no-session.jsonl", "s1.jsonl", "s2.jsonl"]);
    const lines = textIn(folder, "fe", "s1.jsonl").trimEnd().split("\n");
    assert.equal(lines.length, 2);
    assert.equal((JSON.parse(lines[0]!) as TestEvent).event_id, one.event_id);

    const log = textIn(folder, "api", "api.log");
    assert.ok(!log.includes("not-for-the-log"), "a query may hold a signature");
    const requests = log
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ path: target }) => target === "/v1/logs");
    assert.deepEqual(
      requests.map(({ method, status, level, accepted, rejected }) => ({ method, status, level, accepted, rejected })),
      [
        { method: "POST", status: 200, level: "info", accepted: 3, rejected: 0 },
        { method: "POST", status: 200, level: "info", accepted: 1, rejected: 1 },
        { method: "PUT", status: 405, level: "warn", accepted: undefined, rejected: undefined },
      ],
    );
    assert.equal(requests[0]!["request_id"], "r-1");
  });

  test("no session's name leads out of the folder, and two names are two files", () => {
    const outside = makeFolder();
    const folder = path.join(outside, "log");
    const files = new SessionFiles(folder, silent);
    const names = ["../evil", "/etc/passwd", "..", ".", "a/b", "a\\b", "a\0b", ".hidden", "CON:", "é", "a".repeat(128)];
    const lines = names.map((session_id) => `${JSON.stringify({ session_id })}\n`).join("");
    assert.ok(files.keep(bytesOf(lines), names.length));
    assert.deepEqual(readdirSync(outside), ["log"]);
    const made = readdirSync(folder);
    assert.equal(made.length, names.length);
    for (const name of made) assert.match(name, /^[A-Za-z0-9_-]+\.jsonl$/);
  });

  test("a million sessions are not a million files", () => {
    const folder = makeFolder();
    const logs: string[] = [];
    const files = new SessionFiles(folder, (message) => logs.push(message));
    const lines = Array.from({ length: 1_200 }, (_, id) => `{"session_id":"s${id}"}\n`).join("");
    assert.ok(files.keep(bytesOf(lines), 1_200));
    assert.equal(readdirSync(folder).length, 1_001);
    assert.equal(textIn(folder, "other.jsonl").trimEnd().split("\n").length, 200);
    assert.equal(logs.length, 1);
    const again = new SessionFiles(folder, silent);
    again.keep(bytesOf('{"session_id":"new"}\n{"session_id":"s7"}\n'), 2);
    assert.equal(textIn(folder, "s7.jsonl").trimEnd().split("\n").length, 2, "a known session keeps its file");
    assert.equal(readdirSync(folder).length, 1_001);
  });

  test("a file begins anew before it is larger than 10 MB, and three backups are kept", () => {
    const folder = makeFolder();
    const file = path.join(folder, "s.jsonl");
    const half = new Uint8Array(fileBytesMax / 2);
    for (let part = 1; part <= 12; part += 1) appendRotating(file, half.fill(part));
    assert.deepEqual(readdirSync(folder).sort(), ["s.jsonl", "s.jsonl.1", "s.jsonl.2", "s.jsonl.3"]);
    for (const name of readdirSync(folder)) assert.equal(statSync(path.join(folder, name)).size, fileBytesMax);
    const firsts = ["s.jsonl", "s.jsonl.1", "s.jsonl.2", "s.jsonl.3"].map(
      (name) => readFileSync(path.join(folder, name))[0],
    );
    assert.deepEqual(firsts, [11, 9, 7, 5]);
    appendRotating(file, new Uint8Array(1));
    assert.equal(statSync(file).size, 1, "one byte more than fits");
  });

  test("a link in the folder is not followed", () => {
    const folder = makeFolder();
    const target = path.join(makeFolder(), "target");
    writeFileSync(target, "");
    symlinkSync(target, path.join(folder, "s.jsonl"));
    const files = new SessionFiles(folder, silent);
    assert.equal(files.keep(bytesOf('{"session_id":"s"}\n'), 1), false);
    assert.equal(statSync(target).size, 0);
  });

  test("where the folder is gone the answer is 503, and 200 when it is back", async () => {
    const folder = makeFolder();
    const fe = path.join(folder, "fe");
    const environment = { MAYDAY_SINK: "files", TROUBLESHOOT_FE_LOG_DIR: fe, TROUBLESHOOT_API_LOG_DIR: folder };
    const edge = await edgeWith(environment);
    rmSync(fe, { recursive: true });
    const refused = await send(edge, [eventOf()]);
    assert.equal(refused.status, 503);
    await until("it is said aloud", () => edge.stderr().includes("can't be written"));
    mkdirSync(fe, { recursive: true });
    assert.equal((await send(edge, [eventOf()])).status, 200);
  });
});

describe("the sink archive", () => {
  const today = (): string => `${new Date().toISOString().slice(0, 10)}.jsonl.gz`;
  const unzipped = (file: string): string =>
    execFileSync("gzip", ["--decompress", "--stdout", file], { encoding: "utf8" });

  const linesIn = (file: string): string[] => unzipped(file).trimEnd().split("\n");

  test("gzip itself reads it after a kill, and it goes on after the next start", async () => {
    const folder = makeFolder();
    const environment = { MAYDAY_SINK: "archive", MAYDAY_ARCHIVE_DIR: path.join(folder, "archive") };
    const file = path.join(folder, "archive", today());
    const ids: string[] = [];
    for (let run = 0; run < 2; run += 1) {
      const edge = await edgeWith(environment);
      for (let batch = 0; batch < 2; batch += 1) {
        const events = [eventOf(), eventOf()];
        await send(edge, events);
        ids.push(...events.map((event) => event.event_id));
        await until(
          "it is there",
          () => existsSync(file) && unzipped(file).trimEnd().split("\n").length === ids.length,
        );
      }
      await edge.stop("SIGKILL");
    }
    assert.deepEqual(
      linesIn(file).map((line) => (JSON.parse(line) as TestEvent).event_id),
      ids,
    );
  });

  test("a write that was cut anywhere is cut off, and the file stays whole", async () => {
    const folder = makeFolder();
    const file = path.join(folder, today());
    await archiveReceiver(folder, silent).send(bytesOf("first\n"));
    const whole = statSync(file).size;
    await archiveReceiver(folder, silent).send(bytesOf("second\n"));
    const both = readFileSync(file);
    for (let size = whole; size <= both.length; size += 1) {
      writeFileSync(file, both);
      truncateSync(file, size);
      const outcome = await archiveReceiver(folder, silent).send(bytesOf("third\n"));
      assert.equal(outcome.kind, "taken");
      assert.equal(
        unzipped(file),
        size === both.length ? "first\nsecond\nthird\n" : "first\nthird\n",
        `cut at ${size}`,
      );
    }
  });

  test("a file that is somebody else's is not cut", async () => {
    const folder = makeFolder();
    const file = path.join(folder, today());
    writeFileSync(file, execFileSync("gzip", ["--stdout"], { input: "theirs\n" }));
    await archiveReceiver(folder, silent).send(bytesOf("ours\n"));
    assert.equal(unzipped(file), "theirs\nours\n");
  });
});
