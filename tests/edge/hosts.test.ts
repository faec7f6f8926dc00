/** What a host owes beyond the cases: whom it takes the peer for, how it ends, and that the README speaks of it. */

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { edgeCommand } from "../../scripts/lib/edge-host.mjs";
import { admitCases, runsIn } from "../support/cases.ts";
import { edgeHosts, kindsOf, startEdge, type EdgeHost } from "../support/edge-host.ts";
import { eventOf } from "../support/events.ts";
import { ask, type Answer } from "../support/http.ts";
import { startOrigin } from "../support/origin-stand-in.ts";
import { inRoot } from "../support/paths.ts";
import { freePorts } from "../support/ports.ts";
import { run } from "../support/process.ts";
import { until } from "../support/poll.ts";

const token = "a-token-of-the-test";

function send(edge: EdgeHost, event: object, from: { localAddress?: string; headers?: Record<string, string> } = {}) {
  const headers = { "content-type": "application/json", ...from.headers };
  const { localAddress } = from;
  return ask(edge.url, { method: "POST", target: "/v1/logs", headers, body: JSON.stringify(event), localAddress });
}

const headersOfPlatforms = ["cf-connecting-ip", "x-real-ip", "x-vercel-forwarded-for", "x-forwarded-for"];
const forgedAddress: Record<string, string> = Object.fromEntries(headersOfPlatforms.map((one) => [one, "203.0.113.7"]));

for (const { name, tellsPeer } of edgeHosts.filter((host) => host.tellsPeer !== undefined)) {
  describe(`the peer in ${name}`, () => {
    let edge: EdgeHost;
    before(async () => {
      edge = await startEdge(name, { MAYDAY_SINK: "stdout", LOG_RATE_BURST: "1", LOG_RATE_PER_SECOND: "1" });
    });
    after(() => edge.stop());

    test(tellsPeer ? "each address has its own tokens" : "nobody tells it: all share their tokens", async () => {
      const forged = { ...forgedAddress };
      // Cloudflare overwrites what a client sends there; `wrangler dev` does not.
      if (name === "wrangler") delete forged["cf-connecting-ip"];
      const first = await send(edge, eventOf(), { localAddress: "127.0.0.1" });
      const again = await send(edge, eventOf(), { localAddress: "127.0.0.1", headers: forged });
      const other = await send(edge, eventOf(), { localAddress: "127.0.0.2" });
      assert.deepEqual([first.status, again.status, other.status], [200, 429, tellsPeer ? 200 : 429]);
    });
  });
}

for (const { name } of edgeHosts.filter(({ drains }) => drains)) {
  describe(`the end of ${name}`, () => {
    test("on SIGTERM it hands over what it accepted, whatever else is open", async () => {
      const up = await startOrigin(() => ({ status: 200, afterMs: 300 }));
      const edge = await startEdge(name, { ORIGIN_URL: up.url, ORIGIN_TOKEN: token, MAYDAY_SINK: "origin" });
      const idle = await halfRequest(edge, "GET /v1/logs/health HTTP/1.1\r\nHost: edge.test\r\n\r\n");
      const hung = await halfRequest(edge, `${head}Content-Length: 9\r\n\r\n{`);
      const events = [eventOf(), eventOf()];
      for (const event of events) await send(edge, event);
      const { code } = await edge.stop("SIGTERM");
      assert.equal(code, 0, edge.stderr());
      assert.deepEqual(up.storedIds().sort(), events.map((event) => event.event_id).sort());
      for (const socket of [idle, hung]) socket.destroy();
      await up.close();
    });

    test("what nobody took is said, and the exit code tells", async () => {
      const edge = await startEdge(name, { ORIGIN_URL: "http://127.0.0.1:1", MAYDAY_SINK: "origin" });
      assert.equal((await send(edge, eventOf())).status, 200);
      const { code } = await edge.stop("SIGTERM");
      assert.equal(code, 1);
      assert.match(edge.stderr(), /1 events were not taken and are lost/);
    });

    test("a wrong configuration stops the start with one line", async () => {
      const { command, args, environment } = edgeCommand(name, 1, { environment: { LOG_LEVEL: "loud" } });
      const running = run(command, args, environment);
      assert.equal((await running.ended).code, 1);
      assert.match(running.stderr(), /^mayday-edge: LOG_LEVEL must be one of [^\n]*\n$/);
    });
  });
}

const head = "POST /v1/logs HTTP/1.1\r\nHost: edge.test\r\nContent-Type: application/json\r\n";

/** Leaves a connection open, on which something was sent. */
async function halfRequest(edge: EdgeHost, bytes: string) {
  const socket = connect(Number(new URL(edge.url).port), "127.0.0.1");
  socket.on("error", () => {});
  await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
  return socket;
}

describe("a CGI program with MAYDAY_LINES_FILE", () => {
  let folder = "";
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "mayday-cgi-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("appends whole lines to it, many requests at once too", async () => {
    const file = path.join(folder, "lines.jsonl");
    const edge = await startEdge("cgi", { MAYDAY_LINES_FILE: file });
    try {
      const events = Array.from({ length: 8 }, () => eventOf({ message: "m".repeat(500) }));
      const answers = await Promise.all(events.map((event) => send(edge, event)));
      assert.ok(answers.every(({ status }) => status === 200));
      const lines = readFileSync(file, "utf8").trimEnd().split("\n");
      const ids = lines.map((line) => (JSON.parse(line) as { event_id: string }).event_id);
      assert.deepEqual(ids.sort(), events.map((event) => event.event_id).sort());
    } finally {
      await edge.stop();
    }
  });

  test("answers 503 where it can't", async () => {
    const edge = await startEdge("cgi", { MAYDAY_LINES_FILE: path.join(folder, "not there", "lines.jsonl") });
    try {
      expectUnavailable(await send(edge, eventOf()));
    } finally {
      await edge.stop();
    }
  });
});

describe("the component forwards before it answers", () => {
  test("accepted means that the origin has it", async () => {
    const up = await startOrigin();
    const edge = await startEdge("component", { ORIGIN_URL: `${up.url}/below/`, ORIGIN_TOKEN: token });
    try {
      const event = eventOf();
      assert.equal((await send(edge, event)).status, 200);
      assert.deepEqual(up.storedIds(), [event.event_id]);
      assert.equal(up.deliveries[0]?.authorization, `Bearer ${token}`);
      const { text } = await ask(edge.url, { target: "/v1/logs/health" });
      assert.equal((JSON.parse(text) as { forwarded: number }).forwarded, 1);
    } finally {
      await edge.stop();
      await up.close();
    }
  });

  test("an origin that does not take it is a 503, and the next one is taken", async () => {
    let status = 500;
    const up = await startOrigin(() => ({ status }));
    const edge = await startEdge("component", { ORIGIN_URL: up.url, ORIGIN_TOKEN: token });
    try {
      expectUnavailable(await send(edge, eventOf()));
      await until("the log says why", () => edge.stderr().includes("the origin answered 500"));
      status = 200;
      assert.equal((await send(edge, eventOf())).status, 200);
      await up.close();
      expectUnavailable(await send(edge, eventOf()));
    } finally {
      await edge.stop();
      await up.close();
    }
  });

  test("a wrong configuration is said at the first request", async () => {
    const edge = await startEdge("component", { MAYDAY_SINK: "files" });
    try {
      assert.equal((await send(edge, eventOf())).status, 500);
      await until("the log says why", () => edge.stderr().includes("MAYDAY_SINK must be origin or stdout here"));
    } finally {
      await edge.stop();
    }
  });
});

describe("Cloudflare, as wrangler.toml describes it", () => {
  test("events wait in the durable object while the origin is down, and arrive when it is back", async () => {
    const port = await freePorts();
    const edge = await startEdge("wrangler", { ORIGIN_URL: `http://127.0.0.1:${port}`, MAYDAY_SINK: "origin" });
    try {
      const events = [eventOf(), eventOf()];
      for (const event of events) assert.equal((await send(edge, event)).status, 200);
      const up = await startOrigin(undefined, port);
      const wanted = events.map((event) => event.event_id).sort();
      await until("all arrive", () => up.storedIds().length >= wanted.length, 30_000);
      assert.deepEqual([...new Set(up.storedIds())].sort(), wanted);
      await up.close();
    } finally {
      await edge.stop();
    }
  });

  test("it is fit to be deployed", async () => {
    const wrangler = inRoot("node_modules/wrangler/bin/wrangler.js");
    const toml = inRoot("edge-worker/deploy/cloudflare/wrangler.toml");
    const quiet = {
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_HIDE_BANNER: "true",
      WRANGLER_LOG_PATH: inRoot("build/logs"),
    };
    const running = run(process.execPath, [wrangler, "deploy", "--dry-run", "--config", toml], quiet);
    assert.equal((await running.ended).code, 0, running.stderr());
    assert.match(running.stdout(), /edge\.wasm/);
    assert.match(running.stdout(), /MAYDAY_SPOOL/);
    assert.doesNotMatch(running.stdout() + running.stderr(), /WARNING|ERROR/);
  });
});

test("systemd takes the unit", async (context) => {
  if (!existsSync("/usr/bin/systemd-analyze")) return context.skip("there is no systemd-analyze");
  // The unit names /usr/bin/node, as Debian's package does; where Node is elsewhere, that alone is said.
  const running = run("/usr/bin/systemd-analyze", ["verify", inRoot("edge-worker/deploy/node/mayday-edge.service")]);
  await running.ended;
  const said = running
    .stderr()
    .split("\n")
    .filter((line) => line.includes("mayday-edge") && !/usr\/bin\/node/.test(line));
  assert.deepEqual(said, []);
});

function expectUnavailable(answer: Answer): void {
  assert.equal(answer.status, 503);
  assert.equal((JSON.parse(answer.text) as { detail: string }).detail, "origin_unavailable");
}

test("every variable of a host reaches a worker", () => {
  const given = readFileSync(inRoot("edge-worker/hosts/workerd.capnp"), "utf8").matchAll(/fromEnvironment = "(\w+)"/g);
  const names = new Set([...given].map(([, name]) => name));
  const sources = readdirSync(inRoot("edge-worker/hosts"), { recursive: true, encoding: "utf8" })
    // A worker has no disk.
    .filter((file) => file.endsWith(".ts") && !/^(disk|process|cgi)\.ts|^(spool|files)\//.test(file))
    .map((file) => readFileSync(inRoot("edge-worker/hosts", file), "utf8"));
  const read = sources.flatMap((text) => [
    ...[...text.matchAll(/environment\["(\w+)"\]/g)].map(([, name]) => name!),
    ...[...(/const moduleVariables = \[([^\]]*)\]/.exec(text)?.[1] ?? "").matchAll(/"(\w+)"/g)].map(
      ([, name]) => name!,
    ),
  ]);
  assert.ok(read.length > 10, `${read.length} variables`);
  assert.deepEqual(
    [...new Set(read)].filter((name) => !names.has(name)),
    [],
  );
});

test("the README's table of hosts is the suite's", () => {
  const rows = [...readFileSync(inRoot("README.md"), "utf8").matchAll(/^\| `([a-z-]+)` \|.*\| (all[^|]*) \|$/gm)];
  const cases = admitCases();
  const all = cases.filter((one) => runsIn(one, "edge", "stateful")).length;
  const passed = (missing: number): string => (missing === 0 ? "all" : `all but ${missing}`);
  assert.deepEqual(
    rows.map(([, name, count]) => [name, count]),
    edgeHosts.map((host) => [host.name, passed(all - cases.filter((one) => runsIn(one, ...kindsOf(host))).length)]),
  );
});

test("each host's page of documentation fits a screen or two, and its files are there", () => {
  for (const file of readdirSync(inRoot("docs/hosts"))) {
    const text = readFileSync(inRoot("docs/hosts", file), "utf8");
    assert.ok(text.split("\n").length <= 61, `${file} has more than 60 lines`);
    for (const [, named] of text.matchAll(/(edge-worker\/[\w./-]+\w|build\/edge\/hosts\/[\w.-]+\w)/g)) {
      assert.ok(existsSync(inRoot(named!)), `${file} names ${named}`);
    }
  }
});
