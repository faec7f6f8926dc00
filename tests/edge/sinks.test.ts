/** What every sink promises the edge, whatever is behind it: the lines as they were, and figures that add up. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DurableSink, type DurableNamespace } from "../../edge-worker/hosts/cloudflare/durable-sink.ts";
import { QueueSink } from "../../edge-worker/hosts/cloudflare/queue-sink.ts";
import { Forwarder, forwarderDefaults } from "../../edge-worker/hosts/forwarder.ts";
import { countLines, piecesOf, wholeLines } from "../../edge-worker/hosts/lines.ts";
import { SeveralSinks } from "../../edge-worker/hosts/several.ts";
import { StdoutSink, type Sink } from "../../edge-worker/hosts/sink.ts";
import { MemoryRoom } from "../../edge-worker/hosts/waiting-room.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const silent = (): void => {};

/** A platform's part whose answer is given by hand. */
function gate() {
  const seen: string[] = [];
  let settle: (isTaken: boolean) => void = () => {};
  const taken = new Promise<boolean>((resolve) => (settle = resolve));
  const queue = new QueueSink(
    {
      async sendBatch(messages) {
        seen.push(...messages.map(({ body }) => textOf(body)));
        if (!(await taken)) throw new Error("no");
      },
    },
    "origin",
    silent,
  );
  const namespace: DurableNamespace = {
    idFromName: (name) => name,
    get: () => ({
      async fetch(_url, init) {
        // As a platform may, it reads later.
        await Promise.resolve();
        if (init?.body) seen.push(textOf(init.body as Uint8Array));
        const isTaken = await taken;
        return Response.json({ pending: isTaken ? 2 : 0, stalledMs: 0 }, { status: isTaken ? 200 : 503 });
      },
    }),
  };
  return { seen, settle, queue, durable: new DurableSink(namespace, "origin", silent) };
}

function forwarderTo(bodies: string[], bytesMax = 1024): Forwarder {
  const receiver = {
    name: "origin",
    timeoutMs: 1_000,
    send: async (lines: Uint8Array) => {
      bodies.push(textOf(lines));
      return { kind: "taken", rejected: 0 } as const;
    },
  };
  return new Forwarder({ ...forwarderDefaults, receiver, room: new MemoryRoom(bytesMax), log: silent });
}

const sum = (sink: Sink): number => {
  const { forwarded, pending, refused } = sink.state();
  return forwarded + pending + refused;
};

test("lines that are overwritten after keep go on as they were", async () => {
  const { seen, settle, queue, durable } = gate();
  const [forwarded, beside]: [string[], string[]] = [[], []];
  const several = new SeveralSinks(forwarderTo(beside), [queue]);
  for (const sink of [forwarderTo(forwarded), queue, durable, several]) {
    const lines = bytesOf('{"a":1}\n');
    const answer = sink.keep(lines, 1);
    lines.fill(0x21);
    settle(true);
    assert.equal(await answer, true);
    await sink.close(1_000);
  }
  assert.deepEqual(forwarded, ['{"a":1}\n']);
  assert.deepEqual(seen, ['origin\n{"a":1}\n', '{"a":1}\n', 'origin\n{"a":1}\n']);
  assert.deepEqual(beside, ['{"a":1}\n']);
});

for (const isTaken of [true, false]) {
  for (const name of ["queue", "durable"] as const) {
    test(`events on their way to a ${name} are pending, then ${isTaken ? "taken" : "refused"}`, async () => {
      const { settle, ...sinks } = gate();
      const sink = sinks[name];
      const answer = sink.keep(bytesOf('{"a":1}\n{"a":2}\n'), 2);
      assert.equal(sink.state().pending, 2);
      assert.equal(sum(sink), 2);
      settle(isTaken);
      assert.equal(await answer, isTaken);
      assert.equal(sum(sink), 2);
      assert.equal(sink.state().refused, isTaken ? 0 : 2);
    });
  }
}

describe("several sinks", () => {
  test("a line that one has no room for is taken by none", () => {
    const bodies: string[] = [];
    const several = new SeveralSinks(new StdoutSink((lines) => bodies.push(textOf(lines))), [forwarderTo([], 4)]);
    assert.equal(several.roomBytes(), 4);
    assert.equal(several.keep(bytesOf('{"a":1}\n'), 1), false);
    assert.deepEqual(bodies, []);
    assert.equal(sum(several), 0);
  });

  test("a late refusal by one of them is counted, and the first never has the line", async () => {
    const { settle, queue } = gate();
    const bodies: string[] = [];
    const several = new SeveralSinks(new StdoutSink((lines) => bodies.push(textOf(lines))), [queue]);
    const answer = several.keep(bytesOf('{"a":1}\n'), 1);
    settle(false);
    assert.equal(await answer, false);
    assert.deepEqual(bodies, []);
    assert.deepEqual(several.state(), { forwarded: 0, pending: 0, stalledMs: 0, refused: 1, replayed: 0 });
  });

  test("forwarded is what the slowest has handed on", async () => {
    const fast = new StdoutSink(silent);
    const slow = forwarderTo([]);
    const several = new SeveralSinks(fast, [slow]);
    assert.equal(several.keep(bytesOf('{"a":1}\n'), 1), true);
    assert.deepEqual([several.state().forwarded, several.state().pending], [0, 1]);
    await slow.close(1_000);
    assert.deepEqual([several.state().forwarded, several.state().pending], [1, 0]);
  });
});

test("a run of lines ends on a line feed, and has at least one line", () => {
  const lines = bytesOf("aa\nbb\ncc\n");
  assert.deepEqual(
    [9, 8, 6, 5, 3, 2, 0].map((bytesMax) => wholeLines(lines, bytesMax)),
    [9, 6, 6, 3, 3, 3, 3],
  );
  assert.deepEqual([...piecesOf(lines, 7)].map(textOf), ["aa\nbb\n", "cc\n"]);
  assert.equal(countLines(lines), 3);
});
