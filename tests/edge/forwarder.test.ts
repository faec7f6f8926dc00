/** The forwarder by a clock of the test's own: what takes minutes, or a platform that kills, in real life. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Forwarder, forwarderDefaults, type ForwarderOptions } from "../../edge-worker/hosts/forwarder.ts";
import { httpReceiver, retryAfterMs } from "../../edge-worker/hosts/post.ts";
import { originTarget } from "../../edge-worker/hosts/receivers/origin.ts";
import { MemoryRoom } from "../../edge-worker/hosts/waiting-room.ts";

/** Time that passes only when somebody sleeps. A sleeper that is `frozen` never wakes, like a pump whose request died. */
function world(answer: (body: string) => Response | Promise<Response>) {
  const state = { now: 1_000_000, frozen: false, sleeps: [] as number[], bodies: [] as string[], logs: [] as string[] };
  const options: ForwarderOptions = {
    ...forwarderDefaults,
    room: new MemoryRoom(4 * 1024 * 1024),
    receiver: httpReceiver(originTarget({ ORIGIN_URL: "http://origin.test" }), async (_url, init) => {
      const body = new TextDecoder().decode(init.body as Uint8Array);
      state.bodies.push(body);
      return answer(body);
    }),
    now: () => state.now,
    sleep: async (ms) => {
      if (state.frozen) return new Promise<void>(() => {});
      state.sleeps.push(ms);
      state.now += ms;
    },
    random: () => 0.5,
    log: (message) => state.logs.push(message),
  };
  return { state, forwarder: new Forwarder(options) };
}

const line = (id: string, padding = 0): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify({ event_id: id, padding: "p".repeat(padding) })}\n`);
const ok = (): Response => Response.json({ stored: 1, known: 0, rejected: [] });

test("a batch waits a quarter of a second for company", async () => {
  const { state, forwarder } = world(ok);
  forwarder.keep(line("a"), 1);
  await forwarder.work();
  assert.equal(state.now, 1_000_250);
  assert.equal(state.bodies.length, 1);
});

test("a full batch does not wait", async () => {
  const { state, forwarder } = world(ok);
  forwarder.keep(line("a", 64 * 1024), 1);
  await forwarder.work();
  assert.equal(state.now, 1_000_000);
});

test("delays double up to the largest and begin anew after a success", async () => {
  let refusals = 9;
  const { state, forwarder } = world(() => ((refusals -= 1) >= 0 ? new Response(null, { status: 500 }) : ok()));
  forwarder.keep(line("a", 64 * 1024), 1);
  await forwarder.work();
  assert.deepEqual(state.sleeps, [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  assert.deepEqual(forwarder.state(), { forwarded: 1, pending: 0, stalledMs: 0, refused: 0, replayed: 0 });
  refusals = 1;
  state.sleeps.length = 0;
  forwarder.keep(line("b", 64 * 1024), 1);
  await forwarder.work();
  assert.deepEqual(state.sleeps, [250]);
});

test("a refusal is said aloud once a minute, and its end too", async () => {
  let refusals = 20;
  const { state, forwarder } = world(() => ((refusals -= 1) >= 0 ? new Response(null, { status: 404 }) : ok()));
  forwarder.keep(line("a"), 1);
  await forwarder.work();
  const spoken = state.logs.filter((message) => message.includes("they wait")).length;
  assert.ok(spoken >= 3 && spoken <= 6, `${spoken} times in ${state.now - 1_000_000} ms`);
  assert.ok(state.logs.at(-1)?.includes("again"));
});

test("how long nothing was taken is told while something waits", () => {
  const { state, forwarder } = world(ok);
  assert.equal(forwarder.state().stalledMs, 0);
  forwarder.keep(line("a"), 1);
  state.now += 61_000;
  assert.equal(forwarder.state().stalledMs, 61_000);
});

test("a second pump does not start beside a living one", () => {
  const { forwarder } = world(ok);
  forwarder.keep(line("a"), 1);
  assert.ok(forwarder.work());
  assert.equal(forwarder.work(), undefined);
});

test("a later request takes over from a pump that died with its request", async () => {
  const { state, forwarder } = world(ok);
  state.frozen = true;
  forwarder.keep(line("a"), 1);
  void forwarder.work();
  await Promise.resolve();
  state.frozen = false;
  state.now += 60_000;
  await forwarder.work();
  assert.deepEqual(forwarder.state(), { forwarded: 1, pending: 0, stalledMs: 0, refused: 0, replayed: 0 });
});

test("a pump that was overtaken in the middle of a request removes nothing", async () => {
  let release: (response: Response) => void = () => {};
  let calls = 0;
  const { state, forwarder } = world(() =>
    (calls += 1) === 1 ? new Promise<Response>((resolve) => (release = resolve)) : ok(),
  );
  forwarder.keep(line("a", 64 * 1024), 1);
  const first = forwarder.work();
  await Promise.resolve();
  state.now += 60_000;
  await forwarder.work();
  forwarder.keep(line("b", 64 * 1024), 1);
  release(ok());
  await first;
  assert.equal(forwarder.state().pending, 1, "what came later is still there");
  assert.equal(forwarder.state().forwarded, 1, "counted once");
});

test("lines that the origin rejects one by one are counted and said aloud", async () => {
  const { state, forwarder } = world(() =>
    Response.json({ stored: 1, known: 0, rejected: [{ index: 1, reason: "missing:message" }] }),
  );
  forwarder.keep(new Uint8Array([...line("a"), ...line("b")]), 2);
  await forwarder.work();
  assert.equal(forwarder.state().refused, 1);
  assert.equal(forwarder.state().forwarded, 1);
  assert.ok(state.logs.some((message) => message.includes("refused")));
});

test("there is room up to the last byte and not one more", () => {
  const { forwarder } = world(ok);
  assert.equal(forwarder.keep(new Uint8Array(forwarder.roomBytes() + 1), 1), false);
  assert.equal(forwarder.keep(new Uint8Array(forwarder.roomBytes()), 1), true);
  assert.equal(forwarder.roomBytes(), 0);
  assert.equal(forwarder.keep(new Uint8Array(1), 1), false);
});

test("Retry-After is read as seconds, as a date, and not believed past an hour", () => {
  assert.equal(retryAfterMs("3"), 3_000);
  assert.equal(retryAfterMs(new Date(5_000).toUTCString(), 1_000), 4_000);
  assert.equal(retryAfterMs("999999"), 3_600_000);
  assert.equal(retryAfterMs("soon"), 0);
  assert.equal(retryAfterMs(null), 0);
});
