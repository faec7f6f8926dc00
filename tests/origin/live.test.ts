import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ingest, makeEvent, type Origin, removeFolders, startOrigin, type TestEvent } from "../support/origin.js";
import { fetchAsAgent } from "../support/tokens.ts";

let origin: Origin;
before(async () => {
  origin = await startOrigin();
});
after(async () => {
  await origin.stop();
  await removeFolders();
});

const waitMsMax = 10_000;

/** The blocks of an event stream as they come. */
async function* blocksOf(response: Response): AsyncGenerator<string> {
  let text = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      yield text.slice(0, end);
      text = text.slice(end + 2);
    }
  }
}

async function listen(): Promise<{ next: () => Promise<string>; close: () => void; ended: () => Promise<void> }> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error("nothing came")), waitMsMax);
  const response = await fetchAsAgent(`${origin.url}/events/live`, { signal: controller.signal });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  const blocks = blocksOf(response);
  const next = async (): Promise<string> => {
    const { value, done } = await blocks.next();
    if (done) throw new Error("the stream ended");
    return value as string;
  };
  assert.match(await next(), /^: /, "the stream says at once that it is there");
  const ended = async (): Promise<void> => {
    for await (const _ of blocks);
    clearTimeout(timer);
  };
  return {
    next,
    ended,
    close: () => {
      clearTimeout(timer);
      controller.abort();
    },
  };
}

/** An event stream's lines end at line feeds alone here; JavaScript's own `$` would stop at U+2028 too. */
const eventIn = (block: string): TestEvent =>
  JSON.parse(
    block
      .split("\n")
      .find((line) => line.startsWith("data: "))
      ?.slice("data: ".length) ?? "null",
  ) as TestEvent;

test("a committed event reaches every listener once, whole", async () => {
  await ingest(origin, [makeEvent({ message: "before anybody listened" })]);
  const listeners = await Promise.all([listen(), listen()]);
  const event = makeEvent({ message: 'line\nbreak \u2028 and "quotes"' });
  await ingest(origin, [event]);
  await ingest(origin, [event]);
  const last = makeEvent({ message: "last" });
  await ingest(origin, [last]);
  for (const { next, close } of listeners) {
    const block = await next();
    assert.match(block, new RegExp(`^id: ${event.event_id}$`, "m"));
    assert.deepEqual(eventIn(block), event);
    assert.equal(eventIn(await next()).event_id, last.event_id, "the repeated one was known");
    close();
  }
});

test("events that come by the linked-in edge are heard too", async () => {
  const { next, close } = await listen();
  const { event_id: _, ...event } = makeEvent({ message: "by the edge" });
  await fetch(`${origin.url}/v1/logs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(event),
  });
  assert.equal(eventIn(await next()).message, "by the edge");
  close();
});

test("listeners are counted", async () => {
  const { close } = await listen();
  const metrics = await (await fetchAsAgent(`${origin.url}/metrics`)).text();
  assert.match(metrics, /^mayday_live_subscribers [1-9]/m);
  close();
});

test("a carriage return between members breaks no line of the stream", async () => {
  const { next, close } = await listen();
  const event = makeEvent({ message: "returned" });
  const response = await fetch(`${origin.url}/ingest`, {
    method: "POST",
    headers: { authorization: "Bearer dev-origin-token" },
    body: JSON.stringify(event).replace(",", ",\r\r"),
  });
  assert.equal(response.status, 200);
  const block = await next();
  assert.ok(!block.includes("\r"));
  assert.deepEqual(eventIn(block), event);
  close();
});

test("a stop ends the streams, and the exit is clean", async () => {
  const { ended } = await listen();
  const code = origin.stop();
  await ended();
  assert.equal(await code, 0);
  origin = await startOrigin();
});
