import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { exchange, fetchAll, makeEvent, type Origin, removeFolders, startOrigin, toLines } from "../support/origin.js";
import { as } from "../support/tokens.ts";

let origin: Origin;
before(async () => {
  origin = await startOrigin();
});
after(async () => {
  await origin.stop();
  await removeFolders();
});

const head = (target: string, ...lines: string[]): string =>
  [`${target} HTTP/1.1`, "Host: 127.0.0.1", ...lines, "", ""].join("\r\n");

const statuses = (answer: string): string[] =>
  [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status!);

const smuggled = head("GET /health", "Connection: close");

for (const [name, lines] of [
  ["Content-Length and Transfer-Encoding", ["Content-Length: 4", "Transfer-Encoding: chunked"]],
  ["Transfer-Encoding and Content-Length", ["Transfer-Encoding: chunked", "Content-Length: 4"]],
  ["two Content-Lengths", ["Content-Length: 4", "Content-Length: 60"]],
  ["a Transfer-Encoding that is not chunked", ["Transfer-Encoding: xchunked"]],
  ["a Transfer-Encoding of two codings", ["Transfer-Encoding: gzip, chunked"]],
  ["two Transfer-Encodings", ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"]],
  ["a space before the colon", ["Transfer-Encoding : chunked"]],
  ["a signed Content-Length", ["Content-Length: +4"]],
] as const) {
  test(`a request with ${name} is refused and nothing after it is read`, async () => {
    const answer = await exchange(
      origin.port,
      `${head("POST /v1/logs", "Content-Type: application/json", ...lines)}0\r\n\r\n${smuggled}`,
    );
    assert.deepEqual(statuses(answer), ["400"]);
    assert.match(answer, /connection: close/i);
    assert.match(answer, /"detail":"invalid_request","request_id":"[^"]+"/);
  });
}

test("no Host or two are refused", async () => {
  assert.deepEqual(statuses(await exchange(origin.port, "GET /health HTTP/1.1\r\n\r\n")), ["400"]);
  assert.deepEqual(statuses(await exchange(origin.port, head("GET /health", "Host: localhost"))), ["400"]);
});

test("pipelined requests are answered in their order", async () => {
  const event = makeEvent({ message: "pipelined" });
  const line = toLines([event]);
  const post = head("POST /ingest", "Authorization: Bearer dev-origin-token", `Content-Length: ${line.length}`) + line;
  const answer = await exchange(
    origin.port,
    head("GET /health", "x-request-id: a") +
      post +
      head("GET /nothing") +
      post +
      head(`GET /events/${event.event_id}`, `Authorization: ${as("agent").authorization}`, "Connection: close"),
  );
  assert.deepEqual(statuses(answer), ["200", "200", "404", "200", "200"]);
  assert.ok(answer.indexOf('"stored":1') < answer.indexOf('"known":1'));
});

test("a header that is too large is refused", async () => {
  const answer = await exchange(origin.port, head("GET /health", `X-Filler: ${"x".repeat(17 * 1024)}`));
  assert.deepEqual(statuses(answer), ["431"]);
  assert.match(answer, /"request_id":/);
});

test("a header just below the limit is taken", async () => {
  const answer = await exchange(
    origin.port,
    head("GET /health", `X-Filler: ${"x".repeat(15 * 1024)}`, "Connection: close"),
  );
  assert.deepEqual(statuses(answer), ["200"]);
});

test("what is no HTTP is refused", async () => {
  assert.deepEqual(statuses(await exchange(origin.port, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")), [
    "400",
  ]);
});

test("a body that is too large is answered before it is read, also where the client waits to be asked", async () => {
  const lines = ["Authorization: Bearer dev-origin-token", "Content-Length: 99999999", "Expect: 100-continue"];
  const answer = await exchange(origin.port, head("POST /ingest", ...lines), /payload_too_large/);
  assert.deepEqual(statuses(answer), ["413"]);
});

test("a client that waits to be asked is asked", async () => {
  const line = toLines([makeEvent()]);
  const lines = [
    "Authorization: Bearer dev-origin-token",
    `Content-Length: ${line.length}`,
    "Expect: 100-continue",
    "Connection: close",
  ];
  const answer = await exchange(origin.port, head("POST /ingest", ...lines) + line);
  assert.deepEqual(statuses(answer), ["100", "200"]);
});

test("a wrong token is answered before the body is read", async () => {
  const answer = await exchange(
    origin.port,
    head("POST /ingest", "Authorization: Bearer x", "Content-Length: 1000"),
    /unauthorized/,
  );
  assert.deepEqual(statuses(answer), ["401"]);
});

test("HTTP/1.0 is answered and closed", async () => {
  const answer = await exchange(origin.port, "GET /health HTTP/1.0\r\n\r\n");
  assert.deepEqual(statuses(answer), ["200"]);
});

test("a client that goes away in the middle of a body leaves nothing", async () => {
  const before = (await fetchAll(origin)).length;
  const line = toLines([makeEvent()]);
  const { connect } = await import("node:net");
  const socket = connect(origin.port, "127.0.0.1");
  await new Promise<void>((resolve) =>
    socket.write(
      head("POST /ingest", "Authorization: Bearer dev-origin-token", `Content-Length: ${line.length + 9}`) + line,
      () => resolve(),
    ),
  );
  socket.destroy();
  assert.deepEqual(statuses(await exchange(origin.port, smuggled)), ["200"]);
  assert.equal((await fetchAll(origin)).length, before);
});
