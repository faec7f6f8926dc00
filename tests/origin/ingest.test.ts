import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import {
  fetchAll,
  ingest,
  makeEvent,
  type Origin,
  postIngest,
  removeFolders,
  startOrigin,
  toLines,
} from "../support/origin.js";
import { fetchAsAgent } from "../support/tokens.ts";

let origin: Origin;
before(async () => {
  origin = await startOrigin();
});
after(async () => {
  await origin.stop();
  await removeFolders();
});

test("an event is stored once however often it is sent", async () => {
  const events = [makeEvent(), makeEvent()];
  const first = await ingest(origin, events);
  assert.deepEqual([first.stored, first.known, first.rejected], [2, 0, []]);
  const again = await ingest(origin, [...events, makeEvent()]);
  assert.equal(again.stored, 1);
  assert.equal(again.known, 2);
});

test("the same events in many requests at once are stored once", async () => {
  const events = Array.from({ length: 50 }, () => makeEvent({ message: "at once" }));
  const answers = await Promise.all(Array.from({ length: 20 }, () => ingest(origin, events)));
  assert.equal(
    answers.reduce((sum, answer) => sum + answer.stored, 0),
    50,
  );
  assert.equal(
    answers.reduce((sum, answer) => sum + answer.known, 0),
    19 * 50,
  );
});

test("an event comes back as it was sent", async () => {
  const event = makeEvent({
    message: 'a "quoted" <b>text</b> \u00e9\u{1f600} \\',
    data: { status: 500, list: [1, null, { a: 1.5e3 }] },
  });
  await ingest(origin, [event]);
  const response = await fetchAsAgent(`${origin.url}/events/${event.event_id}`);
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), event);
});

test("a bad line is refused alone", async () => {
  const good = makeEvent();
  const { level: _, ...withoutLevel } = makeEvent();
  const body = `${JSON.stringify(good)}\n{"broken":\n${JSON.stringify(withoutLevel)}\n[1]\n`;
  const response = await postIngest(origin, body);
  assert.equal(response.status, 200);
  const answer = (await response.json()) as { stored: number; rejected: unknown };
  assert.equal(answer.stored, 1);
  assert.deepEqual(answer.rejected, [
    { index: 1, reason: "invalid_json" },
    { index: 2, reason: "missing:level" },
    { index: 3, reason: "not_an_object" },
  ]);
});

test("nothing but bad lines is answered too", async () => {
  const response = await postIngest(origin, "nonsense\n");
  assert.equal(response.status, 200);
  assert.equal(((await response.json()) as { stored: number }).stored, 0);
});

test("without the right token nothing is stored", async () => {
  const before = (await fetchAll(origin)).length;
  for (const token of ["", "wrong", "dev-origin-toke", "dev-origin-tokenx", "dev-origin-token x"]) {
    const response = await postIngest(origin, toLines([makeEvent()]), token);
    assert.equal(response.status, 401, token);
    const body = (await response.json()) as { detail: string; request_id: string };
    assert.equal(body.detail, "unauthorized");
    assert.equal(body.request_id, response.headers.get("x-request-id"));
  }
  const without = await fetch(`${origin.url}/ingest`, { method: "POST", body: toLines([makeEvent()]) });
  assert.equal(without.status, 401);
  assert.equal((await fetchAll(origin)).length, before);
});

test("a body at the limit is taken, one byte more is not", async () => {
  const line = toLines([makeEvent()]);
  const limit = 1024 * 1024;
  assert.equal((await postIngest(origin, line + " ".repeat(limit - line.length))).status, 200);
  const response = await postIngest(origin, line + " ".repeat(limit - line.length + 1));
  assert.equal(response.status, 413);
  assert.equal(((await response.json()) as { detail: string }).detail, "payload_too_large");
});

test("a chunked body over the limit is refused while it comes", async () => {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < 40; ++i) yield new Uint8Array(64 * 1024).fill(0x20);
  }
  const response = await fetch(`${origin.url}/ingest`, {
    method: "POST",
    headers: { authorization: "Bearer dev-origin-token" },
    body: chunks(),
    duplex: "half",
  } as unknown as RequestInit);
  assert.equal(response.status, 413);
});

test("the edge is linked in: an event is cleaned and stored before it is acknowledged", async () => {
  const { event_id: id, ...event } = makeEvent({ message: "mail to bob@example.com", session_id: "linked-in" });
  const response = await fetch(`${origin.url}/v1/logs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ events: [event], unused: id }),
  });
  assert.equal(response.status, 200);
  assert.equal(((await response.json()) as { accepted: number }).accepted, 1);
  const page = (await (await fetchAsAgent(`${origin.url}/events?session_id=linked-in`)).json()) as {
    events: { message: string }[];
  };
  assert.deepEqual(
    page.events.map(({ message }) => message),
    ["mail to [redacted:email]"],
  );
  const health = await fetch(`${origin.url}/v1/logs/health`);
  assert.equal(health.status, 200);
  assert.equal(((await health.json()) as { accepted: number }).accepted, 1);
});

test("the edge answers what is too large with its own words", async () => {
  const response = await fetch(`${origin.url}/v1/logs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: " ".repeat(256 * 1024 + 1),
  });
  assert.equal(response.status, 413);
  assert.equal(((await response.json()) as { detail: string }).detail, "payload_too_large");
});

test("a preflight of a page that is not listed is refused", async () => {
  const response = await fetch(`${origin.url}/v1/logs`, {
    method: "OPTIONS",
    headers: { origin: "https://evil.example" },
  });
  assert.equal(response.headers.get("access-control-allow-origin"), null);
});
