/** docs/openapi.json, held against the server that runs: its routes, who may call them, what they answer. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

import { ask } from "../support/http.ts";
import {
  ingest,
  makeEvent,
  type Origin,
  originBinary,
  originToken,
  removeFolders,
  startOrigin,
} from "../support/origin.js";
import { inRoot } from "../support/paths.ts";
import { accessSecret, as } from "../support/tokens.ts";

interface Operation {
  operationId: string;
  "x-access": string;
  responses: Record<string, { $ref?: string; content?: Record<string, { schema: object }> }>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: {
    responses: Record<string, { content: Record<string, { schema: object }> }>;
    schemas: Record<string, object>;
  };
}

const text = readFileSync(inRoot("docs/openapi.json"), "utf8");
const document = JSON.parse(text) as Document;
const ajv = new Ajv2020({ strict: false, allErrors: true });
(addFormats as unknown as (to: Ajv2020) => void)(ajv);
ajv.addSchema(document, "api");

let origin: Origin;
before(async () => {
  origin = await startOrigin({ env: { LOG_RATE_BURST: "1000", LOG_RATE_PER_SECOND: "1000" } });
});
after(async () => {
  await origin.stop();
  await removeFolders();
});

test("it is an OpenAPI 3.1 document", async () => {
  const result = await new Validator().validate(JSON.parse(text) as Record<string, unknown>);
  assert.ok(result.valid, JSON.stringify(result.errors));
});

interface Route {
  method: string;
  path: string;
  access: string;
}

test("it has the server’s routes, each with who may call it, and no other", () => {
  const routes = JSON.parse(spawnSync(originBinary, ["routes"], { encoding: "utf8" }).stdout) as Route[];
  const told = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { "x-access": access }]) => `${method.toUpperCase()} ${path} ${access}`),
  );
  // The linked-in edge answers every method itself: what it is asked by stands in the document.
  const edge: Record<string, string> = { "/v1/logs": "POST", "/v1/logs/{rest}": "GET" };
  const real = routes.map(({ method, path, access }) => {
    const named = path.replace("*}", "}");
    return `${method || edge[named]} ${named} ${access}`;
  });
  assert.deepEqual(told.sort(), real.sort());
});

/** The schema's judge of one answer; undefined where the document knows no such body. */
function judgeOf(operation: Operation, status: number, contentType: string): ValidateFunction | undefined {
  const answer = operation.responses[String(status)];
  assert.ok(answer, `${operation.operationId} may not answer ${status}`);
  const content = answer.$ref ? document.components.responses[answer.$ref.split("/").pop()!]!.content : answer.content;
  if (!content) return undefined;
  const [type, { schema }] = Object.entries(content)[0] as [string, { schema: object }];
  assert.equal(contentType, type, operation.operationId);
  // References within the document start at its root.
  const rooted = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')) as object;
  return ajv.compile(rooted);
}

const seen = new Set<string>();

interface Call {
  body?: unknown;
  headers?: Record<string, string>;
  query?: string;
  raw?: string;
}

async function call(
  method: string,
  path: string,
  place: string,
  { body, headers = {}, query = "", raw }: Call,
  wanted: number,
): Promise<string> {
  const operation = document.paths[path]![method]!;
  const answer = await ask(origin.url, {
    method: method.toUpperCase(),
    target: place + query,
    headers: { "content-type": "application/json", ...headers },
    body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
  });
  assert.equal(answer.status, wanted, `${method} ${place}: ${answer.text}`);
  const judge = judgeOf(operation, answer.status, String(answer.headers["content-type"] ?? ""));
  const isJson = String(answer.headers["content-type"]).startsWith("application/json");
  if (judge) {
    const value: unknown = isJson ? JSON.parse(answer.text) : answer.text;
    assert.ok(
      judge(value),
      `${operation.operationId} ${answer.status}: ${ajv.errorsText(judge.errors)} in ${answer.text}`,
    );
  } else {
    assert.equal(answer.text, "", operation.operationId);
  }
  seen.add(`${operation.operationId} ${answer.status}`);
  return answer.text;
}

const user = as("user", accessSecret, "jane");
const agent = as("agent");
const admin = as("admin");
const password = "nine purple llamas";

const event = makeEvent({
  user_id: "cd".repeat(32),
  session_id: "s1",
  fingerprint: "00000000000000e1",
  tags: { "impact.severity": "high" },
});

test("events: what it answers is what the document says", async () => {
  await ingest(origin, [event, event, makeEvent({ ...event, event_id: "01900000-0000-7000-8000-0000000000e2" })]);
  await call(
    "post",
    "/ingest",
    "/ingest",
    { raw: `${JSON.stringify(makeEvent())}\nx\n`, headers: { authorization: `Bearer ${originToken}` } },
    200,
  );
  await call("post", "/v1/logs", "/v1/logs", { body: makeEvent() }, 200);
  await call("get", "/v1/logs/{rest}", "/v1/logs/health", {}, 200);
});

test("sign-in: what it answers is what the document says", async () => {
  await call("post", "/auth/register", "/auth/register", { body: { email: "jane@example.com", password } }, 201);
  const login = await call(
    "post",
    "/auth/login",
    "/auth/login",
    { body: { email: "jane@example.com", password } },
    200,
  );
  const { refresh_token } = JSON.parse(login) as { refresh_token: string };
  const renewed = await call("post", "/auth/refresh", "/auth/refresh", { body: { refresh_token } }, 200);
  await call(
    "post",
    "/auth/logout",
    "/auth/logout",
    { body: { refresh_token: (JSON.parse(renewed) as { refresh_token: string }).refresh_token } },
    204,
  );
  await call("get", "/auth/me", "/auth/me", { headers: user }, 200);
});

test("questions: what it answers is what the document says", async () => {
  await call("get", "/events", "/events", { headers: agent }, 200);
  await call("get", "/events/{event_id}", `/events/${event.event_id}`, { headers: agent }, 200);
  await call("get", "/stats", "/stats", { headers: agent }, 200);
});

test("support: what it answers is what the document says", async () => {
  const requests = {
    requests: [{ method: "GET", url: "/a", statusCode: 500, userId: "jane", durationMs: 1.5, error: "E" }],
  };
  await call(
    "post",
    "/api/v1/requests",
    "/api/v1/requests",
    { body: requests, headers: { authorization: `Bearer ${originToken}` } },
    200,
  );
  for (const prefix of ["", "/api/v2"]) {
    await call("get", `${prefix}/support/logs`, `${prefix}/support/logs`, { headers: user }, 200);
    await call("post", `${prefix}/support/report`, `${prefix}/support/report`, { body: { message: "Help" } }, 201);
    await call("delete", `${prefix}/support/logs`, `${prefix}/support/logs`, { headers: user }, 204);
  }
});

test("errors: what it answers is what the document says", async () => {
  const tracked = {
    error: { message: "x", code: "C" },
    recovery: { attempted: true, successful: true, method: "retry" },
  };
  await call(
    "post",
    "/api/v1/errors/track",
    "/api/v1/errors/track",
    { body: { error: { message: "broke" } }, headers: user },
    201,
  );
  await call("post", "/api/v1/errors/track", "/api/v1/errors/track", { body: tracked, headers: user }, 201);
  await call("get", "/api/v1/errors/user/{id}", "/api/v1/errors/user/jane", { headers: user }, 200);
  await call("get", "/api/v1/errors/rate/{user}", "/api/v1/errors/rate/jane", { headers: user }, 200);
  await call(
    "post",
    "/api/v1/errors/{id}/resolve",
    `/api/v1/errors/${event.event_id}/resolve`,
    { body: { note: "done" }, headers: agent },
    200,
  );
  await call(
    "get",
    "/api/v1/errors/patterns",
    "/api/v1/errors/patterns",
    { headers: agent, query: "?min_count=1" },
    200,
  );
  await call("get", "/api/v1/errors/struggling-users", "/api/v1/errors/struggling-users", { headers: agent }, 200);
  await call("get", "/api/v1/errors/impact/high", "/api/v1/errors/impact/high", { headers: agent }, 200);
  await call("get", "/api/v1/errors/cascade/{session}", "/api/v1/errors/cascade/s1", { headers: agent }, 200);
  await call("get", "/api/v1/alerts", "/api/v1/alerts", { headers: agent }, 200);
});

test("operation: what it answers is what the document says", async () => {
  const order = { sessionId: "s1", traceId: "t1", includeConfig: true };
  await call("post", "/api/ops/support-pack", "/api/ops/support-pack", { body: order, headers: admin }, 200);
  for (const path of ["/ready", "/health", "/", "/admin/ops"]) await call("get", path, path, {}, 200);
  await call("get", "/metrics", "/metrics", { headers: agent }, 200);
});

test("and where it does not: with a code, never with a 500", async () => {
  const hostile = [
    "{",
    "[]",
    '"x"',
    "null",
    '{"__proto__":{"a":1}}',
    `{"message":"${"x".repeat(300_000)}"}`,
    "\u0000",
    '{"error":{"message":7}}',
  ];
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const place = path.replace(/\{[^}]*\}/, "%27%3B--");
      const bodies = method === "post" ? hostile : [undefined];
      for (const raw of bodies) {
        const headers = {
          "content-type": "application/json",
          "x-request-id": "a\tb",
          ...(operation["x-access"] === "edge" || operation["x-access"] === "service"
            ? { authorization: `Bearer ${originToken}` }
            : admin),
        };
        if (path === "/events/live") continue;
        const answer = await ask(origin.url, { method: method.toUpperCase(), target: place, headers, body: raw });
        assert.ok(answer.status < 500, `${method} ${path}: ${answer.status} ${answer.text}`);
        assert.ok(
          operation.responses[String(answer.status)],
          `${method} ${path} answers ${answer.status} and does not say so`,
        );
        if (answer.status < 400) continue;
        const judge = judgeOf(operation, answer.status, String(answer.headers["content-type"]));
        assert.ok(judge?.(JSON.parse(answer.text)), answer.text);
      }
    }
  }
});

test("every operation was seen to go well, but those that are streams or files", () => {
  const all = Object.values(document.paths).flatMap((operations) => Object.values(operations));
  const untried = all.filter(({ operationId }) => ![...seen].some((one) => one.startsWith(`${operationId} `)));
  assert.deepEqual(untried.map(({ operationId }) => operationId).sort(), ["asset", "liveEvents"]);
});
