import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { type Answer, ask } from "../support/http.ts";
import { ingest, makeEvent, type Origin, removeFolders, startOrigin } from "../support/origin.js";
import { accessSecret, as } from "../support/tokens.ts";

let origin: Origin;
before(async () => {
  origin = await startOrigin({ env: { RELEASE: "9.8.7" } });
});
after(async () => {
  await origin.stop();
  await removeFolders();
});

const json = { "content-type": "application/json" };
const sessionId = "session-0123456789-abcdef";
const userId = "0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9";
const traceId = "0af7651916cd43dd8448eb211c80319c";
const eventId = "01900000-0000-7000-8000-00000000aa01";

/** What must not be in any pack, wherever it went in. */
const secrets = {
  session: sessionId,
  user: userId,
  signedIn: "customer-4711-of-ours",
  mail: "jane.doe@example.com",
  contact: "jane@example.org",
  token: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
  key: "AKIAIOSFODNN7EXAMPLE",
  password: "hunter2secret",
  accessSecret,
  originToken: "dev-origin-token",
};

interface Pack {
  [section: string]: unknown;
  packId: string;
  summary: Record<string, unknown>;
  socketStats: Record<string, number> & { byRole: Record<string, number>; bySurface: Record<string, number> };
  relayStats: Record<string, number>;
  runtimeStats: { memory: Record<string, string>; cpu: Record<string, number> };
  eventBufferStats: Record<string, { count: number; evicted: number }>;
  recentEvents: Record<string, Record<string, unknown>[]>;
  supportBundle: { tickets: { ticket: Record<string, unknown>; errors: Record<string, unknown>[] }[] };
  sessionParity: {
    sessionId: string;
    streams: Record<string, unknown>;
    duplicates: number;
    outOfOrder: number;
    lastError: string;
  };
  sessionEvents: Record<string, unknown>[];
  trace: { traceId: string; sessionId: string; startedAt: string; samples: unknown[] };
  config: Record<string, unknown>;
}

function post(target: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
  return ask(origin.url, { method: "POST", target, headers: { ...json, ...headers }, body: JSON.stringify(body) });
}

async function packOf(body: unknown): Promise<{ pack: Pack; text: string; answer: Answer }> {
  const answer = await post("/api/ops/support-pack", body, as("admin"));
  assert.equal(answer.status, 200, answer.text);
  return { pack: JSON.parse(answer.text) as Pack, text: answer.text, answer };
}

/** Everything that leaves a trace in a pack, with secrets wherever somebody could put them. */
async function live(): Promise<void> {
  const at = (seconds: number): string => new Date(Date.now() - 60_000 + seconds * 1_000).toISOString();
  // As an edge of an older release might have let it through: unredacted.
  const dirty = `for ${secrets.mail} with ${secrets.token}, ${secrets.key}, password=${secrets.password} in ${sessionId}`;
  const event = makeEvent({
    event_id: eventId,
    session_id: sessionId,
    user_id: userId,
    trace_id: traceId,
    timestamp: at(10),
    message: `It failed ${dirty}`,
    error: {
      type: "TypeError",
      message: dirty,
      stack: [`at f (https://a.example.com/x.js?token=${secrets.password}:1:2)`],
    },
    tags: { room: `session:${sessionId}`, api_key: secrets.password },
  });
  await ingest(origin, [event, makeEvent({ session_id: sessionId, timestamp: at(5), message: "came late" })]);
  await ingest(origin, [event]);
  const report = {
    message: `Help me ${dirty}`,
    action: "payment_submit",
    event_ids: [eventId],
    session_id: sessionId,
    contact: secrets.contact,
    page: `/cart?token=${secrets.password}`,
  };
  const sent = await post("/support/report", report, as("user", accessSecret, secrets.signedIn));
  assert.equal(sent.status, 201, sent.text);
  assert.equal((await ask(origin.url, { target: "/events/live" })).status, 401);
}

test("a pack has every section, with figures that were measured", async () => {
  await live();
  const stream = await fetch(`${origin.url}/events/live`, { headers: as("agent") });
  const { pack, answer } = await packOf({ sessionId, traceId, includeConfig: true });
  assert.match(pack.packId, /^pack-\d{13}-[0-9a-z]{8}$/);
  assert.match(String(answer.headers["content-disposition"]), /attachment; filename="pack-.*\.json"/);
  assert.equal(Date.parse(String(pack["generatedAtIso"])), pack["generatedAt"]);
  assert.equal(pack.summary["environment"], "dev");
  assert.equal(pack.summary["activeConnections"], 1);
  assert.equal(pack.summary["activeSessions"], 1);
  assert.ok(Number(pack.summary["uptime"]) > 0);
  assert.deepEqual(pack.socketStats.byRole, { agent: 1 });
  assert.deepEqual(pack.socketStats.bySurface, { dashboard: 1 });
  assert.equal(pack.socketStats["totalConnects"], 1);
  assert.equal(pack.socketStats["totalDisconnects"], 0);
  assert.equal(pack.socketStats["totalAuthFails"], 1);
  assert.equal(pack.relayStats["totalFrames"], 3);
  assert.equal(pack.relayStats["totalDrops"], 0);
  assert.match(pack.runtimeStats.memory["resident"]!, /^\d+MB$/);
  assert.ok(pack.runtimeStats.cpu["user"]! >= 0);
  assert.equal(pack.eventBufferStats["error"]!.count, 2);
  assert.equal(pack.eventBufferStats["relay"]!.count, 2);
  assert.deepEqual(
    pack.recentEvents["socket"]!.map(({ type }) => type),
    ["auth_fail", "connect"],
  );
  assert.deepEqual(pack.sessionParity.streams, { web: { framesIn: 3, acked: 2 } });
  assert.equal(pack.sessionParity.duplicates, 1);
  assert.equal(pack.sessionParity.outOfOrder, 1);
  assert.ok(pack.sessionParity.lastError.length > 0);
  assert.equal(pack.sessionEvents.length, 2);
  assert.equal(pack.trace.traceId, traceId);
  assert.equal(pack.trace.samples.length, 1);
  assert.equal(pack.config["release"], "9.8.7");
  const [bundle] = pack.supportBundle.tickets;
  assert.equal(bundle!.ticket["number"], 101);
  assert.equal(bundle!.errors.length, 1, "a ticket and its error belong together");
  await stream.body?.cancel();
});

test("what was asked for is there, and nothing else", async () => {
  const { pack } = await packOf({});
  for (const section of ["sessionParity", "sessionEvents", "trace", "config"]) assert.ok(!(section in pack), section);
});

test("no secret that went in comes out", async () => {
  const { pack, text } = await packOf({ sessionId, traceId, includeConfig: true });
  for (const [name, secret] of Object.entries(secrets)) assert.ok(!text.includes(secret), `${name} is in the pack`);
  assert.equal(pack.sessionParity.sessionId, "sess...cdef");
  assert.equal(pack.trace.sessionId, "sess...cdef");
  assert.equal(
    pack.sessionEvents[1]!["user_id"] ?? pack.sessionEvents[0]!["user_id"],
    "...e8f9".replace("...e8f9", `...${userId.slice(-6)}`),
  );
  const [bundle] = pack.supportBundle.tickets;
  assert.equal(bundle!.ticket["userId"], `...${secrets.signedIn.slice(-6)}`);
  assert.ok(!("contact" in bundle!.ticket));
  for (const socket of pack.recentEvents["socket"]!.filter(({ type }) => type === "connect"))
    assert.match(String(socket["socketId"]), /^[0-9a-f]{4}\.\.\.[0-9a-f]{4}$/);
  const rooms = JSON.stringify(pack.sessionEvents.map(({ tags }) => tags));
  assert.ok(rooms.includes("session:sess...cdef"), rooms);
  assert.ok(!rooms.includes("api_key"), "what is named a secret goes with its name");
});

test("what is no order for a pack is refused", async () => {
  for (const body of [
    [],
    { sessionId: 7 },
    { sessionId: "x".repeat(129) },
    { includeConfig: "yes" },
    { traceId: ["x"] },
  ]) {
    const answer = await post("/api/ops/support-pack", body, as("admin"));
    assert.equal(answer.status, 400, JSON.stringify(body));
  }
  assert.equal((await packOf({ sessionId: "'; DROP TABLE events; --" })).pack.sessionEvents.length, 0);
});

test("ready says whether requests can be served", async () => {
  const answer = await ask(origin.url, { target: "/ready" });
  assert.equal(answer.status, 200);
  assert.match(answer.text, /"status":"ready"/);
});
