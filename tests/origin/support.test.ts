import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { type Answer, ask } from "../support/http.ts";
import { type Origin, originToken, removeFolders, startOrigin } from "../support/origin.js";
import { until } from "../support/poll.ts";
import { type Redis, startRedis } from "../support/redis.ts";
import { accessSecret, as } from "../support/tokens.ts";

interface Log {
  timestamp: string;
  requestId?: string;
  method: string;
  url: string;
  statusCode: number;
  durationMs?: number;
  level: string;
  error?: string;
}

const page = "https://app.example.com";
let redis: Redis;
const origins: Record<string, Origin> = {};
before(async () => {
  redis = await startRedis("a-password-of-the-test");
  const env = { EXTRA_CORS_ORIGINS: page, LOG_RATE_BURST: "1000" };
  origins["the desk’s database"] = await startOrigin({ env });
  origins["Redis"] = await startOrigin({ env: { ...env, REDIS_URL: redis.url } });
});
after(async () => {
  for (const origin of Object.values(origins)) await origin.stop();
  await redis.stop();
  await removeFolders();
});

const user = (id: string): { authorization: string } => as("user", accessSecret, id);

const trace = (number: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  timestamp: "2026-11-27T20:00:00.000Z",
  requestId: `req-${number}`,
  method: "GET",
  url: "/api/campaigns",
  statusCode: 200,
  durationMs: 50,
  level: "info",
  ...more,
});

function post(origin: Origin, target: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return ask(origin.url, {
    method: "POST",
    target,
    headers: { "content-type": "application/json", ...headers },
    body: text,
  });
}

const service = { authorization: `Bearer ${originToken}` };

async function push(origin: Origin, requests: unknown[]): Promise<Record<string, number>> {
  const answer = await post(origin, "/api/v1/requests", { requests }, service);
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text) as Record<string, number>;
}

async function logsOf(origin: Origin, id: string, query = ""): Promise<Log[]> {
  const answer = await ask(origin.url, { target: `/support/logs${query}`, headers: user(id) });
  assert.equal(answer.status, 200, answer.text);
  return (JSON.parse(answer.text) as { data: { logs: Log[] } }).data.logs;
}

for (const place of ["the desk’s database", "Redis"]) {
  test(`${place}: a user sees their own requests, newest first, and nobody else’s`, async () => {
    const origin = origins[place]!;
    const told = await push(origin, [
      trace(1, { userId: "ann" }),
      trace(2, { userId: "bob" }),
      trace(3, { userId: "ann", method: "POST", statusCode: 502, level: "error", error: "BadGateway" }),
      trace(4),
      { userId: "ann" },
      "nonsense",
    ]);
    assert.deepEqual(told, { stored: 3, anonymous: 1, rejected: 2 });
    const logs = await logsOf(origin, "ann");
    assert.deepEqual(
      logs.map(({ requestId }) => requestId),
      ["req-3", "req-1"],
    );
    assert.deepEqual(logs[1], trace(1), "told as the backend told it");
    assert.deepEqual(
      (await logsOf(origin, "bob")).map(({ requestId }) => requestId),
      ["req-2"],
    );
    assert.deepEqual(await logsOf(origin, "ann%2Cbob"), []);
    assert.deepEqual(await logsOf(origin, "*"), []);
    const answer = await ask(origin.url, { target: "/api/v2/support/logs?limit=1", headers: user("ann") });
    const { data } = JSON.parse(answer.text) as { data: { logs: Log[]; userContext: unknown } };
    assert.equal(data.logs.length, 1);
    assert.deepEqual(data.userContext, { userId: "ann", role: "user", displayName: "A user" });
  });

  test(`${place}: a ring holds a hundred`, async () => {
    const origin = origins[place]!;
    await push(
      origin,
      Array.from({ length: 60 }, (_, i) => trace(i, { userId: "busy" })),
    );
    await push(
      origin,
      Array.from({ length: 60 }, (_, i) => trace(60 + i, { userId: "busy" })),
    );
    const logs = await logsOf(origin, "busy", "?limit=100");
    assert.equal(logs.length, 100);
    assert.equal(logs[0]!.requestId, "req-119");
    assert.equal(logs[99]!.requestId, "req-20");
    assert.equal((await logsOf(origin, "busy")).length, 50, "fifty by default");
    for (const limit of ["0", "101", "x", "-1", "1;drop"]) {
      const answer = await ask(origin.url, { target: `/support/logs?limit=${limit}`, headers: user("busy") });
      assert.equal(answer.status, 400, limit);
    }
  });

  test(`${place}: what is secret in a request is not kept`, async () => {
    const origin = origins[place]!;
    const secrets = [
      "hunter2secret",
      "jane.doe@example.com",
      "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
      "s3cr3t-header",
    ];
    await push(origin, [
      trace(1, {
        userId: "careful",
        url: `https://u:${secrets[0]}@api.example.com/reset/${secrets[1]}?token=${secrets[2]}#x`,
        error: `password=${secrets[0]} for ${secrets[1]}`,
        requestId: secrets[2],
        headers: { authorization: secrets[3] },
        body: secrets[3],
      }),
    ]);
    const answer = await ask(origin.url, { target: "/support/logs", headers: user("careful") });
    for (const secret of secrets) assert.ok(!answer.text.includes(secret), `${secret} in ${answer.text}`);
    const [log] = await logsOf(origin, "careful");
    assert.match(log!.url, /^\/reset\/\[redacted:email\]$/);
  });

  test(`${place}: a user clears their own list, an admin anybody’s`, async () => {
    const origin = origins[place]!;
    const clear = (headers: Record<string, string>, query = ""): Promise<Answer> =>
      ask(origin.url, { method: "DELETE", target: `/support/logs${query}`, headers });
    await push(origin, [trace(1, { userId: "cleo" }), trace(2, { userId: "dan" })]);
    assert.equal((await clear(user("dan"), "?userId=cleo")).status, 403);
    assert.equal((await clear(as("agent"), "?userId=cleo")).status, 403);
    assert.equal((await logsOf(origin, "cleo")).length, 1);
    assert.equal((await clear(user("cleo"))).status, 204);
    assert.deepEqual(await logsOf(origin, "cleo"), []);
    assert.equal((await clear(as("admin"), "?userId=dan")).status, 204);
    assert.deepEqual(await logsOf(origin, "dan"), []);
  });

  test(`${place}: the origin’s own requests are traced the same way`, async () => {
    const origin = origins[place]!;
    const headers = { ...user("traced"), "x-request-id": "own-1" };
    assert.equal((await ask(origin.url, { target: "/auth/me?token=x", headers })).status, 200);
    await until("the trace is there", async () =>
      (await logsOf(origin, "traced")).some((log) => log.requestId === "own-1"),
    );
    const own = (await logsOf(origin, "traced")).find((log) => log.requestId === "own-1")!;
    assert.equal(own.url, "/auth/me");
    assert.equal(own.statusCode, 200);
    assert.ok(own.durationMs! >= 0);
  });

  test(`${place}: what is no list of requests is refused, and nothing of it kept`, async () => {
    const origin = origins[place]!;
    for (const body of [
      "{",
      "[]",
      "{}",
      '{"requests":{}}',
      '{"requests":"x"}',
      JSON.stringify({ requests: Array(1_001).fill({}) }),
    ]) {
      assert.equal((await post(origin, "/api/v1/requests", body, service)).status, 400, body.slice(0, 30));
    }
    const hostile = [
      null,
      7,
      [],
      { userId: "odd", method: "GET /x", url: "/", statusCode: 200 },
      { userId: "odd", method: "GET", url: "/", statusCode: 1e9 },
    ];
    assert.equal((await push(origin, hostile))["rejected"], hostile.length);
    assert.deepEqual(await logsOf(origin, "odd"), []);
  });
}

test("Redis keeps them under the key, and for the time, that are promised", async () => {
  await push(origins["Redis"]!, [trace(1, { userId: "key" })]);
  assert.match(await redis.command("LLEN support:logs:user:key"), /^:1/);
  const ttl = Number(/^:(\d+)/.exec(await redis.command("TTL support:logs:user:key"))?.[1]);
  assert.ok(ttl > 3_500 && ttl <= 3_600, `${ttl}`);
});

test("Redis may come back, and its password is in no log", async () => {
  const origin = origins["Redis"]!;
  await redis.restart();
  await push(origin, [trace(1, { userId: "again" })]);
  assert.equal((await logsOf(origin, "again")).length, 1);
  assert.ok(!origin.errors().includes("a-password-of-the-test"));
});

interface Ticket {
  id: string;
  number: number;
  status: string;
}

const report = {
  message: "I pressed Pay, and nothing happened. My mail is jane.doe@example.com, password=hunter2secret",
  action: "payment_submit",
  event_ids: ["01900000-0000-7000-8000-00000000AB01"],
  session_id: "sess-1",
  page: "https://shop.example.com/cart?token=hunter2secret",
  contact: "jane@example.org",
  request_logs: [trace(1, { url: "/pay?card=4111111111111111" })],
};

async function send(body: unknown, headers: Record<string, string> = {}): Promise<Ticket> {
  const answer = await post(origins["the desk’s database"]!, "/support/report", body, headers);
  assert.equal(answer.status, 201, answer.text);
  return (JSON.parse(answer.text) as { data: { ticket: Ticket } }).data.ticket;
}

test("a report becomes a ticket with a number", async () => {
  const first = await send(report);
  const second = await send({ message: "Help" }, user("ann"));
  assert.equal(first.status, "open");
  assert.match(first.id, /^[0-9a-f-]{36}$/);
  assert.equal(second.number, first.number + 1);
});

test("a report that is sent twice is one ticket", async () => {
  const sent = { ...report, report_id: "01900000-0000-7000-8000-0000000000FF" };
  const [first, second] = [await send(sent), await send(sent)];
  assert.deepEqual(second, first);
});

test("a report that can’t be one is refused by name", async () => {
  const origin = origins["the desk’s database"]!;
  const cases: [unknown, string?][] = [
    [{}, "message"],
    [{ message: "" }, "message"],
    [{ message: "x".repeat(4_001) }, "message"],
    [{ message: "a\u0000b" }, "message"],
    [{ message: { $ne: 1 } }, "message"],
    [{ message: "x", event_ids: ["'; DROP TABLE tickets; --"] }, "event_ids"],
    [{ message: "x", event_ids: Array(51).fill(report.event_ids[0]) }, "event_ids"],
    [{ message: "x", request_logs: "x" }, "request_logs"],
    [{ message: "x", report_id: "1" }, "report_id"],
    [{ message: "x", action: "a".repeat(65) }, "action"],
    ["[]"],
  ];
  for (const [body, parameter] of cases) {
    const answer = await post(origin, "/support/report", body);
    assert.equal(answer.status, 400, JSON.stringify(body).slice(0, 60));
    assert.equal((JSON.parse(answer.text) as { parameter?: string }).parameter, parameter);
  }
  const bad = await post(origin, "/support/report", report, { authorization: "Bearer x.y.z" });
  assert.equal(bad.status, 401, "a token that is none is told, not taken for nobody");
});

test("a team’s own pages may send reports, others may not, and each is told by CORS", async () => {
  const origin = origins["the desk’s database"]!;
  const preflight = await ask(origin.url, {
    method: "OPTIONS",
    target: "/support/report",
    headers: { origin: page, "access-control-request-method": "POST" },
  });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers["access-control-allow-origin"], page);
  assert.match(String(preflight.headers["access-control-allow-headers"]), /authorization/);
  const sent = await post(origin, "/support/report", report, { origin: page });
  assert.equal(sent.headers["access-control-allow-origin"], page);
  const wrong = await post(origin, "/support/report", {}, { origin: page });
  assert.equal(wrong.status, 400);
  assert.equal(wrong.headers["access-control-allow-origin"], page, "on errors too");
  const foreign = await post(origin, "/support/report", report, { origin: "https://evil.example" });
  assert.equal(foreign.status, 403);
  assert.equal(foreign.headers["access-control-allow-origin"], undefined);
});

test("whoever sends too many is told when to come back", async () => {
  const origin = await startOrigin({ env: { LOG_RATE_BURST: "2", LOG_RATE_PER_SECOND: "1" } });
  const answers = [];
  for (let i = 0; i < 4; i += 1) answers.push(await post(origin, "/support/report", { message: "Help" }));
  const refused = answers.filter(({ status }) => status === 429);
  assert.ok(refused.length >= 1);
  assert.ok(Number(refused[0]!.headers["retry-after"]) >= 1);
  await origin.stop();
});
