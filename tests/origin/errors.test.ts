import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";

import { type Answer, ask } from "../support/http.ts";
import { fetchAll, ingest, makeEvent, type Origin, removeFolders, startOrigin } from "../support/origin.js";
import { eventually, until } from "../support/poll.ts";
import { accessSecret, as, type Role } from "../support/tokens.ts";

interface Delivery {
  headers: IncomingMessage["headers"];
  body: string;
}

/** A team's own webhook: keeps what it gets, and refuses as often as it is told to. */
let webhook: Server;
let refusals = 0;
const deliveries: Delivery[] = [];
const secret = "a-webhook-secret-of-the-test";
let origin: Origin;

before(async () => {
  webhook = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      deliveries.push({ headers: request.headers, body });
      response.writeHead(refusals-- > 0 ? 503 : 204).end();
    });
  });
  await new Promise<void>((resolve) => webhook.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/hook`;
  origin = await startOrigin({ env: { ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_SECRET: secret } });
});
after(async () => {
  await origin.stop();
  webhook.close();
  await removeFolders();
});

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const asUser = (id: string, role: Role = "user"): { authorization: string } => as(role, accessSecret, id);

function post(target: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return ask(origin.url, {
    method: "POST",
    target,
    headers: { "content-type": "application/json", ...headers },
    body: text,
  });
}

async function get<T>(target: string, headers: Record<string, string> = as("agent")): Promise<T> {
  const answer = await ask(origin.url, { target, headers });
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text) as T;
}

const tracked = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  sessionId: "sess-track",
  error: {
    type: "network",
    code: "NETWORK_ERROR",
    message: "Failed to fetch the cart of jane.doe@example.com",
    userMessage: "Connection issue.",
    technical: "TypeError: Failed to fetch\n    at pay (https://shop.example.com/app.js?v=hunter2secret:1:20)",
  },
  context: { page: "/cart", action: "payment_submit", workflowId: "wf-1", previousErrors: ["TIMEOUT before"] },
  impact: { severity: "high", userBlocked: true, workflowFailed: false, dataLoss: false },
  ...more,
});

async function track(body: unknown, headers = asUser("jane")): Promise<string> {
  const answer = await post("/api/v1/errors/track", body, headers);
  assert.equal(answer.status, 201, answer.text);
  return (JSON.parse(answer.text) as { data: { id: string } }).data.id;
}

interface UserError {
  id: string;
  userId: string;
  sessionId: string;
  error: Record<string, string>;
  context: Record<string, unknown>;
  impact: Record<string, unknown>;
  recovery?: Record<string, unknown>;
  fingerprint: string;
}
interface Pattern {
  hash: string;
  fingerprint: string | null;
  type: string;
  count: number;
  affected_users?: number;
  message?: string;
  page: string;
  action: string;
  status: string;
}

test("what is tracked is told again as it was, but for what is secret", async () => {
  const id = await track(tracked());
  const { errors } = await get<{ errors: UserError[] }>("/api/v1/errors/user/jane");
  assert.equal(errors.length, 1);
  const [error] = errors as [UserError];
  assert.equal(error.id, id);
  assert.equal(error.userId, sha256("jane"), "hashed, as a browser does it");
  assert.equal(error.sessionId, "sess-track");
  assert.equal(error.error["type"], "network");
  assert.equal(error.error["code"], "NETWORK_ERROR");
  assert.equal(error.error["message"], "Failed to fetch the cart of [redacted:email]");
  assert.equal(error.error["userMessage"], "Connection issue.");
  assert.match(error.error["technical"]!, /app\.js:1:20/);
  assert.deepEqual(error.context, {
    page: "/cart",
    action: "payment_submit",
    workflowId: "wf-1",
    previousErrors: ["TIMEOUT before"],
  });
  assert.deepEqual(error.impact, { severity: "high", userBlocked: true, workflowFailed: false, dataLoss: false });
  assert.match(error.fingerprint, /^[0-9a-f]{16}$/);
  const stored = JSON.stringify(await fetchAll(origin));
  for (const text of ["jane.doe@", "hunter2secret"]) assert.ok(!stored.includes(text), text);
});

test("a user sees their own errors alone, an agent anybody’s", async () => {
  for (const path of ["user", "rate"]) {
    const target = `/api/v1/errors/${path}/jane`;
    assert.equal((await ask(origin.url, { target, headers: asUser("eve") })).status, 403, path);
    assert.equal((await ask(origin.url, { target, headers: asUser("jane") })).status, 200, path);
    const byHash = { target: `/api/v1/errors/${path}/${sha256("jane")}`, headers: asUser("jane") };
    assert.equal((await ask(origin.url, byHash)).status, 200, path);
  }
  await track(tracked({ userId: "victim" }), asUser("eve"));
  const { errors } = await get<{ errors: UserError[] }>("/api/v1/errors/user/victim");
  assert.deepEqual(errors, [], "nobody tracks in another’s name");
  await track(tracked({ userId: "helped" }), asUser("an-agent", "agent"));
  assert.equal((await get<{ errors: UserError[] }>("/api/v1/errors/user/helped")).errors.length, 1);
});

test("events and tracked errors are one stream: a pattern shows both", async () => {
  const message = "The basket 4711 is gone";
  await track(tracked({ error: { type: "workflow", code: "GONE", message } }));
  const { errors } = await get<{ errors: UserError[] }>("/api/v1/errors/user/jane");
  const fingerprint = errors.find(({ error }) => error["code"] === "GONE")!.fingerprint;
  const shared = { fingerprint, message, route: "/basket", error: { type: "GONE", message } };
  await ingest(origin, [
    makeEvent({ ...shared, user_id: sha256("bob") }),
    makeEvent({ ...shared, user_id: sha256("ann"), count: 2 }),
  ]);
  const { patterns } = await get<{ patterns: Pattern[] }>("/api/v1/errors/patterns?time_range=1h");
  const pattern = patterns.find((one) => one.fingerprint === fingerprint)!;
  assert.equal(pattern.count, 4);
  assert.equal(pattern.affected_users, 3);
  assert.equal(pattern.status, "open");
  assert.equal(pattern.hash, fingerprint);
});

test("three of the same type, page and action are a pattern without a fingerprint of their own", async () => {
  for (const [index, message] of ["one thing", "another failure", "something else entirely"].entries()) {
    const context = { page: "/reports", action: "report_export" };
    await track(tracked({ error: { type: "timeout", code: `T${index}`, message }, context }));
  }
  const { patterns } = await get<{ patterns: Pattern[] }>("/api/v1/errors/patterns");
  const found = patterns.filter(({ page, action }) => page === "/reports" && action === "report_export");
  assert.equal(found.length, 1);
  assert.equal(found[0]!.fingerprint, null);
  assert.equal(found[0]!.type, "timeout");
  assert.equal(found[0]!.count, 3);
});

test("a cascade is a session’s errors in their order", async () => {
  const at = (seconds: number): string => new Date(Date.now() - 60_000 + seconds * 1_000).toISOString();
  const session_id = "sess/with slash";
  await ingest(origin, [
    makeEvent({ session_id, message: "third", timestamp: at(3) }),
    makeEvent({ session_id, message: "first", timestamp: at(1) }),
    makeEvent({ session_id, message: "no error", level: "info", timestamp: at(2) }),
    makeEvent({ session_id: "another", message: "not of it" }),
  ]);
  const told = await get<{ errors: UserError[]; is_whole: boolean }>(
    `/api/v1/errors/cascade/${encodeURIComponent(session_id)}`,
  );
  assert.deepEqual(
    told.errors.map(({ error }) => error["message"]),
    ["first", "third"],
  );
  assert.equal(told.is_whole, true);
});

test("more than five errors in an hour is a struggle, five are not", async () => {
  const of = (user: string, count: number): ReturnType<typeof makeEvent>[] =>
    Array.from({ length: count }, (_, i) =>
      makeEvent({ user_id: sha256(user), message: `m${i}`, tags: { "impact.user_blocked": "true" } }),
    );
  const old = of("long-ago", 9).map((event) => ({
    ...event,
    timestamp: new Date(Date.now() - 7_200_000).toISOString(),
  }));
  await ingest(origin, [...of("six", 6), ...of("five", 5), ...old]);
  const { users } = await get<{ users: { user_id: string; errors: number; blocked: number }[] }>(
    "/api/v1/errors/struggling-users",
  );
  const six = users.find(({ user_id }) => user_id === sha256("six"))!;
  assert.deepEqual({ errors: six.errors, blocked: six.blocked }, { errors: 6, blocked: 6 });
  for (const other of ["five", "long-ago"]) assert.ok(!users.some(({ user_id }) => user_id === sha256(other)), other);
});

test("the week of a user, with what they recovered from", async () => {
  const user_id = sha256("weekly");
  const yesterday = new Date(Date.now() - 86_400_000).toISOString();
  await ingest(origin, [
    makeEvent({ user_id, fingerprint: "00000000000000a1", tags: { "error.code": "X", "impact.severity": "critical" } }),
    makeEvent({ user_id, fingerprint: "00000000000000a1", timestamp: yesterday }),
    makeEvent({
      user_id,
      fingerprint: "00000000000000a2",
      timestamp: yesterday,
      tags: { "impact.user_blocked": "true" },
    }),
    makeEvent({
      user_id,
      level: "warn",
      tags: { "error.code": "X", "recovery.attempted": "true", "recovery.successful": "true" },
    }),
    makeEvent({
      user_id,
      level: "warn",
      tags: { "error.code": "X", "recovery.attempted": "true", "recovery.successful": "false" },
    }),
    makeEvent({ user_id, timestamp: new Date(Date.now() - 9 * 86_400_000).toISOString() }),
  ]);
  const rate = await get<Record<string, number> & { days: Record<string, unknown>[] }>("/api/v1/errors/rate/weekly");
  assert.equal(rate["weekly_errors"], 3);
  assert.equal(rate["critical_errors"], 1);
  assert.equal(rate["blocking_errors"], 1);
  assert.equal(rate["daily_average"], 0.42);
  assert.equal(rate["recovery_rate"], 0.5);
  assert.equal(rate.days.length, 2);
  assert.deepEqual([rate.days[0]!["errors"], rate.days[0]!["unique"]], [2, 2]);
});

test("high impact lists what is high or critical, newest first", async () => {
  const { errors } = await get<{ errors: UserError[] }>("/api/v1/errors/impact/high?time_range=24h");
  assert.ok(errors.length >= 2);
  for (const { impact } of errors) assert.ok(["high", "critical"].includes(String(impact["severity"])));
});

/** Until the next millisecond: within one, nobody can tell which came first, and what is resolved stays so. */
async function isPast(resolved: string): Promise<void> {
  const { data } = JSON.parse(resolved) as { data: { resolved_at: string } };
  await until("the next millisecond", () => Date.now() > Date.parse(data.resolved_at));
}

test("what is resolved is so until it comes back", async () => {
  const fingerprint = "00000000000000b1";
  const event = makeEvent({ fingerprint, message: "comes back" });
  await ingest(origin, [event, makeEvent({ fingerprint }), makeEvent({ fingerprint })]);
  const statusOf = async (): Promise<string | undefined> =>
    (await get<{ patterns: Pattern[] }>("/api/v1/errors/patterns")).patterns.find(
      (one) => one.fingerprint === fingerprint,
    )?.status;
  assert.equal(await statusOf(), "open");
  const note = { note: "fixed in 1.2, says jane.doe@example.com" };
  const resolved = await post(`/api/v1/errors/${event.event_id}/resolve`, note, as("agent"));
  assert.equal(resolved.status, 200, resolved.text);
  assert.match(resolved.text, /fixed in 1\.2, says \[redacted:email\]/);
  assert.equal(await statusOf(), "resolved");
  await isPast(resolved.text);
  await ingest(origin, [makeEvent({ fingerprint })]);
  assert.equal(await statusOf(), "reopened");
  assert.equal(
    (await post(`/api/v1/errors/${fingerprint}/resolve`, {}, as("agent"))).status,
    200,
    "by fingerprint too",
  );
  assert.equal(await statusOf(), "resolved");
  for (const id of ["nonsense", "01900000-0000-7000-8000-00000000dead", "ffffffffffffffff", "'%20OR%201=1"]) {
    assert.equal((await post(`/api/v1/errors/${id}/resolve`, {}, as("agent"))).status, 404, id);
  }
});

interface AlertBody {
  id: string;
  kind: string;
  text: string;
  error: Record<string, unknown>;
}
const alertsOf = (fingerprint: string): AlertBody[] =>
  deliveries
    .map(({ body }) => JSON.parse(body) as AlertBody)
    .filter(({ error }) => error?.["fingerprint"] === fingerprint);

test("critical, new, frequent and reopened errors raise one alert each, signed", async () => {
  const fingerprint = "00000000000000c1";
  const of = (more: Record<string, unknown>): ReturnType<typeof makeEvent> =>
    makeEvent({ fingerprint, message: "the till is on fire", ...more });
  await ingest(origin, [of({ tags: { "impact.severity": "critical" } }), of({})]);
  await until("it is new, and critical", () => alertsOf(fingerprint).length >= 2);
  await ingest(origin, [of({ count: 30 })]);
  await until("it is frequent", () => alertsOf(fingerprint).length >= 3);
  await ingest(origin, [of({ count: 30 }), of({ tags: { "impact.severity": "critical" } })]);
  const resolved = await post(`/api/v1/errors/${fingerprint}/resolve`, {}, as("agent"));
  assert.equal(resolved.status, 200);
  await isPast(resolved.text);
  await ingest(origin, [of({})]);
  await until("it is back", () => alertsOf(fingerprint).some(({ kind }) => kind === "reopened"));
  assert.deepEqual(
    alertsOf(fingerprint)
      .map(({ kind }) => kind)
      .sort(),
    ["critical", "frequent", "new", "reopened"],
  );
  for (const { headers, body } of deliveries) {
    assert.equal(headers["x-mayday-signature"], `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`);
    assert.equal(headers["x-mayday-delivery"], (JSON.parse(body) as AlertBody).id);
  }
  const { alerts } = await get<{ alerts: { kind: string; fingerprint: string; delivered_at: string | null }[] }>(
    "/api/v1/alerts",
  );
  assert.equal(alerts.filter((one) => one.fingerprint === fingerprint).length, 4);
});

test("an alert that the webhook refuses is sent again, and stands on the dashboard meanwhile", async () => {
  refusals = 1;
  const fingerprint = "00000000000000c2";
  await ingest(origin, [makeEvent({ fingerprint, message: "refused at first" })]);
  await until("the first try", () => alertsOf(fingerprint).length === 1);
  const { alerts } = await get<{ alerts: { fingerprint: string; delivered_at: string | null }[] }>("/api/v1/alerts");
  assert.equal(alerts.find((one) => one.fingerprint === fingerprint)?.delivered_at, null);
  await until("the second try", () => alertsOf(fingerprint).length === 2, 30_000);
  await eventually("its delivery is known", async () => {
    const now = await get<{ alerts: { fingerprint: string; delivered_at: string | null }[] }>("/api/v1/alerts");
    return now.alerts.find((one) => one.fingerprint === fingerprint)?.delivered_at ?? undefined;
  });
});

test("what can’t be tracked is refused by name, and nothing of it is stored", async () => {
  const before = (await fetchAll(origin)).length;
  const cases: [unknown, string?][] = [
    ["{"],
    ["[]"],
    [{}, "error.message"],
    [{ error: { message: "" } }, "error.message"],
    [{ error: "x" }, "error.message"],
    [{ error: { message: "x", type: "quantum" } }, "error.type"],
    [{ error: { message: "x" }, impact: { severity: "extreme" } }, "impact.severity"],
    [{ error: { message: "x" }, context: [] }, "context"],
    [{ error: { message: "x" }, timestamp: "yesterday" }, "timestamp"],
    [{ error: { message: "x" }, userId: 7 }, "userId"],
  ];
  for (const [body, parameter] of cases) {
    const answer = await post("/api/v1/errors/track", body, asUser("jane"));
    assert.equal(answer.status, 400, JSON.stringify(body));
    assert.equal((JSON.parse(answer.text) as { parameter?: string }).parameter, parameter);
  }
  assert.equal((await fetchAll(origin)).length, before);
});

test("a question that can’t be answered is refused by name", async () => {
  for (const [target, parameter] of [
    ["patterns?time_range=0m", "time_range"],
    ["patterns?time_range=31d", "time_range"],
    ["patterns?time_range=1h;DROP", "time_range"],
    ["patterns?min_count=0", "min_count"],
    ["user/jane?limit=101", "limit"],
    ["user/jane?cursor=x", "cursor"],
    ["impact/high?time_range=x", "time_range"],
  ] as const) {
    const answer = await ask(origin.url, { target: `/api/v1/errors/${target}`, headers: as("agent") });
    assert.equal(answer.status, 400, target);
    assert.equal((JSON.parse(answer.text) as { parameter: string }).parameter, parameter);
  }
  for (const hostile of ["%27%20OR%20%271%27=%271", "%00", "..%2f..%2fetc", "%ff"]) {
    for (const path of ["user", "cascade", "rate"]) {
      const answer = await ask(origin.url, { target: `/api/v1/errors/${path}/${hostile}`, headers: as("agent") });
      assert.ok([200, 403, 404].includes(answer.status), `${path} ${hostile}: ${answer.status}`);
    }
  }
});
