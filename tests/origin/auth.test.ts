import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, before, test } from "node:test";

import { type Answer, ask } from "../support/http.ts";
import { type Origin, originBinary, originToken, removeFolders, startOrigin } from "../support/origin.js";
import { accessSecret, as, signToken } from "../support/tokens.ts";

let origin: Origin;
const serviceToken = "a-service-token-of-the-test";
before(async () => {
  origin = await startOrigin({ env: { SERVICE_TOKEN: serviceToken } });
});
after(async () => {
  await origin.stop();
  await removeFolders();
});

const password = "nine purple llamas";
const json = { "content-type": "application/json" };

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return ask(origin.url, {
    method: "POST",
    target: path,
    headers: { ...json, ...headers },
    body: JSON.stringify(body),
  });
}

const read = (answer: Answer): Record<string, string> & { user: Record<string, string> } =>
  JSON.parse(answer.text) as Record<string, string> & { user: Record<string, string> };

/** The cookies that an answer sets, as a browser would send them back. */
const cookiesOf = (answer: Answer): string =>
  (answer.headers["set-cookie"] ?? []).map((cookie) => cookie.split(";")[0]).join("; ");

test("an account is made, signs in, stays signed in, and signs out", async () => {
  const made = await post("/auth/register", { email: "Jane@Example.com", password, display_name: "Jane" });
  assert.equal(made.status, 201, made.text);
  assert.equal(read(made).user["role"], "user");
  const opened = await post("/auth/login", { email: "jane@example.com", password });
  assert.equal(opened.status, 200);
  const { access_token, refresh_token } = read(opened);
  const me = await ask(origin.url, { target: "/auth/me", headers: { authorization: `Bearer ${access_token}` } });
  assert.equal(read(me).user["display_name"], "Jane");
  const renewed = await post("/auth/refresh", { refresh_token });
  assert.equal(renewed.status, 200);
  assert.equal(read(await post("/auth/refresh", { refresh_token }))["detail"], "token_reused");
  const copied = await post("/auth/refresh", { refresh_token: read(renewed)["refresh_token"] });
  assert.equal(read(copied)["detail"], "invalid_refresh_token", "the whole sign-in has been ended");
  const again = read(await post("/auth/login", { email: "jane@example.com", password }));
  assert.equal((await post("/auth/logout", { refresh_token: again["refresh_token"] })).status, 204);
  assert.equal((await post("/auth/refresh", { refresh_token: again["refresh_token"] })).status, 401);
});

test("what can’t be an account is refused by name", async () => {
  const cases: [unknown, number, string, string?][] = [
    [{ email: "x", password }, 400, "invalid_email", "email"],
    [{ email: "eve@example.com", password: "password123" }, 400, "weak_password", "password"],
    [{ email: "jane@example.com", password }, 409, "email_taken"],
    [{ password }, 400, "invalid_payload", "email"],
    [{ email: ["a@example.com"], password }, 400, "invalid_payload", "email"],
    [{ email: "eve@example.com", password, display_name: "x".repeat(81) }, 400, "invalid_payload", "display_name"],
    [[], 400, "invalid_payload"],
  ];
  for (const [body, status, detail, parameter] of cases) {
    const answer = await post("/auth/register", body);
    assert.equal(answer.status, status, JSON.stringify(body));
    assert.equal(read(answer)["detail"], detail);
    assert.equal(read(answer)["parameter"], parameter);
  }
  const weak = await post("/auth/register", { email: "eve@example.com", password: "password123" });
  assert.match(read(weak)["reason"] ?? "", /^The password is one of/);
  for (const body of ["{", '{"email":"\\u0000"}\0', "\ufeff{}", "[".repeat(8_000)]) {
    const answer = await ask(origin.url, { method: "POST", target: "/auth/login", headers: json, body });
    assert.equal(answer.status, 400, body.slice(0, 20));
  }
  const large = await post("/auth/login", { email: "a@example.com", password: "x".repeat(9_000) });
  assert.equal(large.status, 413);
});

test("guessing is slowed, and told by Retry-After; others are not", async () => {
  const guess = (email: string): Promise<Answer> => post("/auth/login", { email, password: "wrong" });
  for (let i = 0; i < 5; i += 1) assert.equal((await guess("nobody@example.com")).status, 401);
  const slowed = await guess("nobody@example.com");
  assert.equal(slowed.status, 429);
  assert.equal(read(slowed)["detail"], "too_many_attempts");
  assert.ok(Number(slowed.headers["retry-after"]) >= 1);
  assert.equal((await post("/auth/login", { email: "jane@example.com", password })).status, 200);
});

test("the dashboard signs in by cookies that no script reads and no other site uses", async () => {
  const opened = await post("/auth/login", { email: "jane@example.com", password, cookie: true });
  assert.equal(opened.status, 200);
  assert.ok(!opened.text.includes("token"), "the page does not see them");
  const set = opened.headers["set-cookie"] ?? [];
  assert.equal(set.length, 2);
  for (const cookie of set) assert.match(cookie, /; HttpOnly; SameSite=Strict$/);
  const cookie = cookiesOf(opened);
  assert.equal((await ask(origin.url, { target: "/auth/me", headers: { cookie } })).status, 200);
  const foreign = { cookie, "sec-fetch-site": "cross-site" };
  for (const path of ["/auth/refresh", "/auth/logout"]) {
    assert.equal((await post(path, {}, foreign)).status, 403, path);
    assert.equal((await post(path, {}, { cookie, origin: "https://evil.example" })).status, 403, path);
  }
  const login = { email: "jane@example.com", password, cookie: true };
  assert.equal((await post("/auth/login", login, { "sec-fetch-site": "cross-site" })).status, 403);
  const renewed = await post("/auth/refresh", {}, { cookie, "sec-fetch-site": "same-origin" });
  assert.equal(renewed.status, 200);
  const ended = await post("/auth/logout", {}, { cookie: cookiesOf(renewed) });
  assert.equal(ended.status, 204);
  assert.match(cookiesOf(ended), /^mayday_access=; mayday_refresh=$/);
  const twice = `${cookie}; mayday_access=${signToken({ sub: "eve", role: "admin" })}`;
  assert.equal((await ask(origin.url, { target: "/auth/me", headers: { cookie: twice } })).status, 401);
});

test("the operator makes the first admin, and not by a weak password", () => {
  const create = (given: string, ...more: string[]): ReturnType<typeof spawnSync> =>
    spawnSync(originBinary, ["admin", "create", "--email", "root@example.com", "--data", origin.dataDir, ...more], {
      env: { PATH: process.env["PATH"] ?? "", MAYDAY_PASSWORD: given },
      encoding: "utf8",
    });
  const weak = create("ChangeMe123!");
  assert.equal(weak.status, 2);
  assert.match(String(weak.stderr), /well-known|best-known/);
  assert.equal(create(password).status, 0);
  assert.equal(create(password, "--role", "emperor").status, 2);
});

test("the admin whom the operator made signs in", async () => {
  const opened = await post("/auth/login", { email: "root@example.com", password });
  assert.equal(read(opened).user["role"], "admin");
});

interface Route {
  method: string;
  path: string;
  access: "open" | "caller" | "edge" | "service" | "scraper" | "user" | "agent" | "admin";
}

/** Who may call what: the product's own table must be this one. */
const permissions: Record<string, Route["access"]> = {
  "POST /ingest": "edge",
  " /v1/logs": "open",
  " /v1/logs/{rest*}": "open",
  "POST /auth/register": "open",
  "POST /auth/login": "open",
  "POST /auth/refresh": "open",
  "POST /auth/logout": "open",
  "GET /auth/me": "user",
  "GET /events": "agent",
  "GET /events/live": "agent",
  "GET /events/{event_id}": "agent",
  "GET /stats": "agent",
  "GET /support/logs": "user",
  "DELETE /support/logs": "user",
  "GET /api/v2/support/logs": "user",
  "DELETE /api/v2/support/logs": "user",
  "POST /support/report": "caller",
  "POST /api/v2/support/report": "caller",
  "POST /api/v1/requests": "service",
  "POST /api/v1/errors/track": "user",
  "GET /api/v1/errors/user/{id}": "user",
  "GET /api/v1/errors/patterns": "agent",
  "GET /api/v1/errors/struggling-users": "agent",
  "GET /api/v1/errors/impact/high": "agent",
  "GET /api/v1/errors/cascade/{session}": "agent",
  "GET /api/v1/errors/rate/{user}": "user",
  "POST /api/v1/errors/{id}/resolve": "agent",
  "GET /api/v1/alerts": "agent",
  "POST /api/ops/support-pack": "admin",
  "GET /ready": "open",
  "GET /health": "open",
  "GET /metrics": "scraper",
  "GET /": "open",
  "GET /admin/ops": "open",
  "GET /assets/{file*}": "open",
};

const table = (): Route[] => JSON.parse(spawnSync(originBinary, ["routes"], { encoding: "utf8" }).stdout) as Route[];

test("the table of routes says who may call what", () => {
  const found = Object.fromEntries(table().map(({ method, path, access }) => [`${method} ${path}`, access]));
  assert.deepEqual(found, permissions);
});

test("each route lets in whom its table names, and nobody else", async () => {
  const ranks = ["user", "agent", "admin"] as const;
  for (const { method, path, access } of table()) {
    // A user may ask for themselves alone.
    const parameter = /\/errors\/(user|rate)\//.test(path) ? "a-user" : "01900000-0000-7000-8000-00000000dead";
    const target = path.replace(/\{[^}]*\}/, parameter);
    // HEAD: a stream of events would not end.
    const call = async (headers: Record<string, string>): Promise<number> =>
      (
        await ask(origin.url, {
          method: method === "GET" ? "HEAD" : method || "GET",
          target,
          headers,
          body: method === "GET" ? undefined : "{}",
        })
      ).status;
    const denied = (status: number): boolean => status === 401 || status === 403;
    const name = `${method} ${path}`;
    if (access !== "open" && access !== "caller") assert.equal(await call({}), 401, `${name} by nobody`);
    for (const [rank, role] of ranks.entries()) {
      const wanted = access === "scraper" ? "agent" : access;
      const needed = ranks.indexOf(wanted as (typeof ranks)[number]);
      const status = await call(as(role));
      if (access === "edge" || access === "service") assert.equal(status, 401, `${name} by ${role}`);
      else if (access !== "open" && rank < needed) assert.equal(status, 403, `${name} by ${role}`);
      else if (access !== "open") assert.ok(!denied(status), `${name} by ${role}: ${status}`);
    }
    const isFor = { edge: [originToken], service: [serviceToken], scraper: [serviceToken] }[access as "edge"] ?? [];
    for (const token of [originToken, serviceToken, "another-token"]) {
      const status = await call({ authorization: `Bearer ${token}` });
      if (access === "open") continue;
      assert.equal(denied(status), !isFor.includes(token), `${name} with ${token}: ${status}`);
    }
  }
});

test("a token of another secret, another algorithm or another time opens nothing", async () => {
  const claims = { sub: "eve", role: "admin" };
  const now = Math.floor(Date.now() / 1000);
  const tokens = {
    "another secret": signToken(claims, "another-secret-that-is-not-ours-at-all"),
    "no algorithm": signToken(claims, accessSecret, { alg: "none" }).replace(/[^.]*$/, ""),
    "an algorithm that we don’t know": signToken(claims, accessSecret, { alg: "HS512" }),
    "run out": signToken({ ...claims, iat: now - 700, exp: now - 1 }),
    "too long a life": signToken({ ...claims, exp: now + 25 * 3_600 }),
    "not yet": signToken({ ...claims, nbf: now + 600 }),
    "an unknown role": signToken({ ...claims, role: "root" }),
    "nobody’s": signToken({ role: "admin" }),
  };
  for (const [name, token] of Object.entries(tokens)) {
    const answer = await ask(origin.url, { target: "/events", headers: { authorization: `Bearer ${token}` } });
    assert.equal(answer.status, 401, name);
    assert.equal(answer.headers["www-authenticate"], "Bearer", name);
  }
});

test("no token and no password gets into the log", () => {
  for (const secret of [password, "eyJ"]) assert.ok(!origin.errors().includes(secret));
});
