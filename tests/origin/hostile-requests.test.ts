/**
 * What an attacker would try, on every route of docs/openapi.json: values out of all bounds and texts that are no texts, in each
 * parameter, each field of a body and each header that is read. Nothing of it is a 5xx, nothing is echoed into a header, and what is refused is
 * not stored.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { type Answer, ask } from "../support/http.ts";
import { fetchAll, makeEvent, type Origin, originToken, removeFolders, startOrigin } from "../support/origin.ts";
import { inRoot } from "../support/paths.ts";
import { accessSecret, as } from "../support/tokens.ts";

interface Schema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  items?: Schema;
}
interface Operation {
  "x-access": string;
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}
const document = JSON.parse(readFileSync(inRoot("docs/openapi.json"), "utf8")) as Document;

let origin: Origin;
before(async () => {
  // Enough for all of it: what is tried is the routes, not the limiter before them.
  origin = await startOrigin({ env: { LOG_RATE_BURST: "1000000", LOG_RATE_PER_SECOND: "1000000" } });
});
after(async () => {
  await origin.stop();
  await removeFolders();
});

/** As they stand in a target, behind what escapes what must be. */
const words = [
  ...["-1", "0", "1.5", "1e9", "2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775809"],
  ...["99999999999999999999999999", "NaN", "0x10", "%20", "", "%00", "a%00b", "%ff%fe", "%c0%af", "%ed%a0%80", "%zz"],
  ...["%0d%0ax-injected:%201", "%27%3B%20DROP%20TABLE%20events%3B--", "%22%7D%2C%7B", "..%2f..%2f..%2fetc%2fpasswd"],
  ...[
    "..",
    "%2e%2e",
    "%252e%252e%252f",
    "x".repeat(4_000),
    "%F0%9F%92%A5".repeat(300),
    "%e2%80%ae",
    "[]",
    "$1",
    "{{7*7}}",
  ],
];

const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;

/** As they stand in a body's JSON, each in the place of one value. */
const values = [
  ...["null", "true", "-1", "0", "1.5", "1e308", "-9223372036854775809", "18446744073709551616", '""', "[]", "{}"],
  ...[
    '"a\\u0000b"',
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\r\\nx-injected: 1"',
    `"'; DROP TABLE events; --"`,
    '"\\u202e"',
  ],
  ...[`"${"x".repeat(20_000)}"`, `"${"\u{1f4a5}".repeat(5_000)}"`, '"../../../etc/passwd"', '"\\u001b[2J"', '"%n%s%x"'],
  // Well formed, and deeper than a stack goes.
  ...[60, 30_000].flatMap((depth) => [`${"[".repeat(depth)}${"]".repeat(depth)}`, nested(depth)]),
  '{"__proto__":{"x":1}}',
  ...[
    "9223372036854775807",
    "4611686018427387904",
    "9007199254740991",
    '"9999-12-31T23:59:59.999Z"',
    '"0001-01-01T00:00:00Z"',
    '"1969-12-31T23:59:59Z"',
  ],
  ...['["a\\u0000b"]', '[{"a":"\\u0000"}]', `[${"1,".repeat(2_000)}1]`, '{"\\u0000":"\\u0000"}'],
];

/** No JSON, or none that is read. */
const bodies: (string | Buffer)[] = [
  "",
  " ",
  "{",
  "nul",
  "[1,]",
  "1e999",
  '{"a":1}{"b":2}',
  '{"a":"\u0000"}',
  "\ufeff{}",
  "[".repeat(100_000),
  '{"a":'.repeat(50_000),
  Buffer.from([0xff, 0xfe, 0x00]),
  Buffer.concat([Buffer.from('{"message":"'), Buffer.from([0xc3, 0x28, 0xed, 0xa0, 0x80]), Buffer.from('"}')]),
  Buffer.from([0x1f, 0x8b, 0x08, 0x00, 0x00]),
  Buffer.alloc(300_000, "x"),
];

const headers: Record<string, string[]> = {
  authorization: [
    "",
    "Bearer",
    "Bearer ",
    "Bearer a.b.c",
    `Bearer ${"x".repeat(5_000)}`,
    "Basic Og==",
    "Bearer \u00ff",
  ],
  cookie: [
    "mayday_access=",
    "mayday_access=%00; mayday_access=x",
    "=",
    ";;;",
    `diag=${"x".repeat(5_000)}`,
    "a\u00ff=b",
  ],
  origin: ["null", "https://", "https://evil.example\u00ff", "javascript:1", "x".repeat(3_000)],
  "content-type": [
    "",
    "application/json; charset=\u00ff",
    "text/html",
    "multipart/form-data",
    "application/json,text/plain",
  ],
  "content-encoding": ["gzip", "deflate", "br", "gzip, gzip", "\u00ff"],
  "x-forwarded-for": ["1.2.3.4, %00", "999.1.1.1", ",,,,", "[::1", "a".repeat(3_000)],
  "x-request-id": ["a b", "\u00ff", "x".repeat(129), "../..", "<script>"],
  traceparent: ["00", "ff-0-0-0", `00-${"0".repeat(32)}-${"0".repeat(16)}-01`, "\u00ff"],
  "if-none-match": ["*", '"', "x".repeat(3_000)],
  "last-event-id": ["-1", "\u00ff", "99999999999999999999"],
  accept: ["\u00ff", "text/html;q=9"],
  "sec-fetch-site": ["cross-site", "\u00ff"],
};

const resolved = (schema: Schema): Schema =>
  schema.$ref ? document.components.schemas[schema.$ref.split("/").pop()!]! : schema;

/** Good enough to be read on: in it, one value after the other is replaced. */
function sampleOf(schema: Schema): unknown {
  const { type, properties, items } = resolved(schema);
  if (properties) return Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, sampleOf(one)]));
  if (items) return [sampleOf(items)];
  return type === "boolean" ? false : type === "object" ? { a: "b" } : "a";
}

/** JSON of `sample` with `value` in the place of each of its parts in turn. */
function* spoiled(sample: unknown, value: string): Generator<string> {
  yield value;
  if (typeof sample !== "object" || sample === null) return;
  const isArray = Array.isArray(sample);
  for (const [name, part] of Object.entries(sample)) {
    for (const inner of spoiled(part, value)) {
      const parts = Object.entries(sample).map(([key, other]) =>
        isArray
          ? key === name
            ? inner
            : JSON.stringify(other)
          : `${JSON.stringify(key)}:${key === name ? inner : JSON.stringify(other)}`,
      );
      yield isArray ? `[${parts.join()}]` : `{${parts.join()}}`;
    }
  }
}

const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
);

const caller = ({ "x-access": access }: Operation): Record<string, string> =>
  /token/i.test(access) ? { authorization: `Bearer ${originToken}` } : as("admin", accessSecret, "an-admin");

/** Streams never end, and are no answer. */
const isStream = (path: string): boolean => path === "/events/live";

function assertSound(what: string, { status, headers: answered, text }: Answer): void {
  assert.ok(status >= 200 && status < 500, `${what}: ${status} ${text.slice(0, 300)}`);
  assert.equal(answered["x-injected"], undefined, what);
  assert.match(String(answered["x-request-id"]), /^[A-Za-z0-9._-]{1,128}$/, what);
  if (status >= 400) assert.match((JSON.parse(text) as { detail: string }).detail, /^[a-z_]+$/, what);
}

const fillPath = (path: string, word = "a-word"): string => path.replace(/\{\w+\}/g, word);

test("every parameter takes what is none, and says so or finds nothing", async () => {
  for (const { method, path, operation } of routes.filter((route) => !isStream(route.path))) {
    const inQuery = (operation.parameters ?? []).filter((parameter) => parameter.in === "query");
    const targets = [
      ...(path.includes("{") ? words.map((word) => fillPath(path, word)) : []),
      ...inQuery.flatMap(({ name }) => words.map((word) => `${fillPath(path)}?${name}=${word}`)),
      ...["?", "?&&&", "?=", "?a", "?limit=1&limit=2", `?${"a=1&".repeat(1_000)}`].map(
        (query) => fillPath(path) + query,
      ),
    ];
    for (const target of targets) {
      const body = method === "POST" ? { body: "{}" } : {};
      assertSound(
        `${method} ${target.slice(0, 200)}`,
        await ask(origin.url, { method, target, headers: caller(operation), ...body }),
      );
    }
  }
});

test("every header that is read takes what is none", async () => {
  for (const { method, path, operation } of routes.filter((route) => !isStream(route.path))) {
    for (const [name, hostile] of Object.entries(headers)) {
      for (const value of hostile) {
        const body = method === "POST" ? { body: "{}" } : {};
        const given = { "content-type": "application/json", ...caller(operation), [name]: value };
        const answer = await ask(origin.url, { method, target: fillPath(path), headers: given, ...body });
        assertSound(`${method} ${path} ${name}: ${value.slice(0, 100)}`, answer);
      }
    }
  }
});

test("every body that is none is refused, and nothing of it is stored", async () => {
  const before = (await fetchAll(origin)).length;
  for (const { method, path, operation } of routes.filter((route) => route.operation.requestBody)) {
    for (const body of bodies) {
      for (const type of ["application/json", "application/x-ndjson", "text/plain"]) {
        const given = { "content-type": type, ...caller(operation) };
        const answer = await ask(origin.url, { method, target: fillPath(path), headers: given, body });
        assertSound(`${method} ${path} ${String(body).slice(0, 40)}`, answer);
      }
    }
  }
  assert.equal((await fetchAll(origin)).length, before);
});

test("every field of a body takes any value, and what is taken can be told again", async () => {
  for (const { method, path, operation } of routes.filter((route) => route.operation.requestBody)) {
    const [type, { schema }] = Object.entries(operation.requestBody!.content)[0]!;
    const sample =
      path === "/ingest" || path === "/v1/logs"
        ? sampleEvent
        : path === "/api/v1/requests"
          ? sampleRequests
          : sampleOf(schema);
    for (const value of values) {
      for (const body of spoiled(sample, value)) {
        const given = { "content-type": type, ...caller(operation) };
        const answer = await ask(origin.url, { method, target: fillPath(path), headers: given, body });
        assertSound(`${method} ${path} ${body.slice(0, 300)}`, answer);
      }
    }
  }
  for (const target of [
    "/events?limit=200",
    "/stats?minutes=60",
    "/api/v1/errors/patterns",
    "/api/v1/errors/struggling-users",
    "/api/v1/alerts",
    "/support/logs",
    "/api/v1/errors/impact/high",
  ]) {
    const answer = await ask(origin.url, { target, headers: as("admin", accessSecret, "a") });
    assertSound(target, answer);
    JSON.parse(answer.text);
  }
  await fetchAll(origin);
});

const sampleEvent = {
  ...makeEvent(),
  trace_id: "0".repeat(31) + "1",
  fingerprint: "00000000000000aa",
  session_id: "s",
  user_id: "u",
  route: "/a",
  component: "c",
  request_id: "r",
  count: 2,
  error: { type: "T", message: "m", stack: ["at a (a.js:1:1)"] },
  http: { method: "GET", route: "/a", host: "a", status: 500, duration_ms: 1 },
  tags: { "impact.severity": "high", "error.code": "c", action: "a", page: "p" },
  data: { route: "/a" },
  breadcrumbs: [{ timestamp: new Date().toISOString(), category: "c", message: "m", level: "info" }],
  device: { browser: "b", mobile: true },
};
const sampleRequests = {
  requests: [
    {
      timestamp: new Date().toISOString(),
      requestId: "r",
      userId: "a",
      method: "GET",
      url: "/a",
      statusCode: 200,
      durationMs: 1,
      level: "info",
      error: "E",
    },
  ],
};
