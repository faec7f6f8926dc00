/** What the hosts that keep events do with accepted events while the origin is there, is not, or refuses. */

import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { edgeHosts, startEdge, type EdgeHost } from "../support/edge-host.ts";
import { eventOf, type TestEvent } from "../support/events.ts";
import { ask, type Answer } from "../support/http.ts";
import { startOrigin, type OriginStandIn } from "../support/origin-stand-in.ts";
import { until } from "../support/poll.ts";
import { freePorts } from "../support/ports.ts";

const token = "a-token-of-the-test";

for (const { name, drains } of edgeHosts.filter(({ waits }) => waits)) {
  describe(`forwarding from ${name}`, () => {
    const open: { stop(): Promise<unknown> }[] = [];
    afterEach(async () => {
      for (const one of open.splice(0).reverse()) await one.stop();
    });

    async function edgeFor(originUrl: string): Promise<EdgeHost> {
      const environment = {
        ORIGIN_URL: originUrl,
        ORIGIN_TOKEN: token,
        MAYDAY_SINK: "origin",
        LOG_RATE_BURST: "100000",
      };
      const edge = await startEdge(name, environment);
      // Nothing is to be handed over; but `wrangler dev` must end the worker that it started.
      open.push({ stop: () => edge.stop(drains ? "SIGKILL" : "SIGTERM") });
      return edge;
    }
    async function origin(...options: Parameters<typeof startOrigin>): Promise<OriginStandIn> {
      const started = await startOrigin(...options);
      open.push({ stop: () => started.close() });
      return started;
    }

    test("an accepted event reaches the origin once, with the token", async () => {
      const up = await origin();
      const edge = await edgeFor(up.url);
      const event = eventOf();
      assert.equal((await send(edge, [event])).status, 200);
      await until("the event arrives", () => up.storedIds().includes(event.event_id));
      await until("health says so", async () => (await health(edge)).forwarded === 1);
      assert.equal(up.deliveries[0]?.authorization, `Bearer ${token}`);
      assert.equal((await health(edge)).pending, 0);
    });

    test("events of several requests go out together", async () => {
      const up = await origin();
      const edge = await edgeFor(up.url);
      const events = Array.from({ length: 8 }, () => eventOf());
      await Promise.all(events.map((event) => send(edge, [event])));
      await until("all arrive", () => up.storedIds().length === 8);
      assert.ok(up.deliveries.length < 8, `${up.deliveries.length} requests for 8 events`);
    });

    test("while the origin is down events wait, and arrive once each when it is back", async () => {
      const port = await freePorts();
      const edge = await edgeFor(`http://127.0.0.1:${port}`);
      const events = Array.from({ length: 5 }, () => eventOf());
      for (const event of events) assert.equal((await send(edge, [event])).status, 200);
      await until("the edge has noticed", () => edge.stderr().includes("they wait"));
      assert.equal((await health(edge)).pending, 5);
      const up = await origin(undefined, port);
      await until("all arrive", () => up.storedIds().length >= 5, 20_000);
      await until("none is pending", async () => (await health(edge)).pending === 0);
      assert.deepEqual(up.storedIds().sort(), events.map((event) => event.event_id).sort());
    });

    test("an origin that is busy is asked again when it said, not before", async () => {
      let refusals = 0;
      const up = await origin(() =>
        (refusals += 1) === 1 ? { status: 503, headers: { "retry-after": "2" } } : { status: 200 },
      );
      const edge = await edgeFor(up.url);
      await send(edge, [eventOf()]);
      await until("the second try", () => up.deliveries.length === 2);
      const waited = up.deliveries[1]!.at - up.deliveries[0]!.at;
      assert.ok(waited >= 1_990, `asked again after ${waited} ms`);
    });

    test("an event that the origin refuses does not take its neighbours along", async () => {
      const bad = eventOf({ message: "poison" });
      const good = [eventOf(), eventOf(), eventOf()];
      const up = await origin(({ lines }) => ({ status: lines.some((line) => line.includes("poison")) ? 400 : 200 }));
      const edge = await edgeFor(up.url);
      await send(edge, [good[0]!, bad, good[1]!, good[2]!]);
      await until("the good arrive", () => up.storedIds().length === 3);
      await until("the loss is said aloud", () => edge.stderr().includes(bad.event_id));
      assert.deepEqual(up.storedIds().sort(), good.map((event) => event.event_id).sort());
      const last = eventOf();
      await send(edge, [last]);
      await until("the next one arrives", () => up.storedIds().includes(last.event_id));
    });

    test("a wrong token loses nothing: events wait until it is mended", async () => {
      let isMended = false;
      const up = await origin(() => ({ status: isMended ? 200 : 401 }));
      const edge = await edgeFor(up.url);
      const event = eventOf();
      await send(edge, [event]);
      await until("the edge says why", () => edge.stderr().includes("401"));
      assert.equal((await health(edge)).pending, 1);
      isMended = true;
      await until("it arrives", () => up.storedIds().includes(event.event_id));
    });

    test("when the waiting room is full the answer is 503, and what was accepted still arrives", async () => {
      const port = await freePorts();
      const edge = await edgeFor(`http://127.0.0.1:${port}`);
      const accepted: string[] = [];
      let refusal: Answer | undefined;
      for (let request = 0; request < 100 && refusal === undefined; request += 1) {
        const events = Array.from({ length: 100 }, () =>
          eventOf({ message: "m".repeat(500), component: "c".repeat(120) }),
        );
        const answer = await send(edge, events);
        if (answer.status === 200) accepted.push(...events.map((event) => event.event_id));
        else refusal = answer;
      }
      assert.equal(refusal?.status, 503);
      assert.equal((JSON.parse(refusal.text) as { detail: string }).detail, "origin_unavailable");
      assert.ok(Number(refusal.headers["retry-after"]) >= 1);
      assert.ok(accepted.length >= 2_000, `${accepted.length} were accepted`);
      const up = await origin(undefined, port);
      await until("all arrive", () => up.storedIds().length >= accepted.length, 30_000);
      assert.deepEqual(up.storedIds().sort(), accepted.sort());
      assert.equal((await send(edge, [eventOf()])).status, 200, "there is room again");
    });
  });
}

function send(edge: EdgeHost, events: TestEvent[]): Promise<Answer> {
  const headers = { "content-type": "application/json" };
  return ask(edge.url, { method: "POST", target: "/v1/logs", headers, body: JSON.stringify(events) });
}

async function health(edge: EdgeHost): Promise<{ forwarded: number; pending: number }> {
  const { text } = await ask(edge.url, { target: "/v1/logs/health" });
  return JSON.parse(text) as { forwarded: number; pending: number };
}
