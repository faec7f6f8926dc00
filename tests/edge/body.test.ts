/** How a body is read: no further than to its limit, and at the pace of whoever sends it. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { createEdge, type Edge } from "../../edge-worker/hosts/edge.ts";
import { createNodeServer } from "../../edge-worker/hosts/node-server.ts";
import { StdoutSink } from "../../edge-worker/hosts/sink.ts";
import { answerWeb, readStream } from "../../edge-worker/hosts/web.ts";
import { edgeModules } from "../support/edge-modules.ts";
import { askEdge, edgeHosts, startEdge, type EdgeHost } from "../support/edge-host.ts";
import { eventOf } from "../support/events.ts";
import { until } from "../support/poll.ts";
import { processesUnder } from "../support/process.ts";
import type { AddressInfo } from "node:net";

const bytesMax = 256 * 1024;
const chunkBytes = 16 * 1024;
const floodBytes = 512 * 1024 * 1024;

const edgeHere = (lines: string[] = []): Edge => {
  return createEdge(edgeModules(), {}, new StdoutSink((bytes) => lines.push(new TextDecoder().decode(bytes))));
};

function endlessRequest(headers: Record<string, string> = {}) {
  const seen = { pulled: 0, cancelled: false };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        seen.pulled += chunkBytes;
        controller.enqueue(new Uint8Array(chunkBytes).fill(0x20));
      },
      cancel() {
        seen.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  const init = { method: "POST", headers: { "content-type": "application/json", ...headers }, body, duplex: "half" };
  return { seen, request: new Request("http://edge.test/v1/logs", init) };
}

test("a body without an end is read to the limit and no further", async () => {
  const { seen, request } = endlessRequest();
  const response = await answerWeb(edgeHere(), request, { address: "203.0.113.7" });
  assert.equal(response.status, 413);
  assert.equal(seen.cancelled, true);
  assert.ok(seen.pulled <= bytesMax + chunkBytes, `${seen.pulled} bytes were read`);
});

test("a body that is too large by its own word is not read at all", async () => {
  const { seen, request } = endlessRequest({ "content-length": String(10 * bytesMax) });
  const response = await answerWeb(edgeHere(), request, { address: "203.0.113.7" });
  assert.equal(response.status, 413);
  assert.equal(seen.pulled, 0);
});

test("an answer without a body has none", async () => {
  const request = new Request("http://edge.test/v1/logs", { method: "OPTIONS" });
  const response = await answerWeb(edgeHere(), request, { address: "203.0.113.7" });
  assert.equal(response.body, null);
});

test("a peer whose address is not known is answered too", async () => {
  const body = JSON.stringify(eventOf());
  const headers = { "content-type": "application/json" };
  const request = new Request("http://edge.test/v1/logs", { method: "POST", headers, body });
  assert.equal((await answerWeb(edgeHere(), request, { address: "" })).status, 200);
});

for (const { name } of edgeHosts) {
  describe(`bodies in ${name}`, () => {
    let edge: EdgeHost;
    before(async () => {
      edge = await startEdge(name, { MAYDAY_SINK: "stdout", LOG_RATE_BURST: "1000" });
    });
    after(() => edge.stop());

    test("one byte too many is answered 413, and the connection's end does not swallow the answer", async () => {
      for (const bytes of [bytesMax + 1, 4 * bytesMax]) {
        const headers = { "content-type": "application/json" };
        const answer = await askEdge(edge, { method: "POST", target: "/v1/logs", headers, body: " ".repeat(bytes) });
        assert.equal(answer.status, 413);
        await expectServes(edge);
      }
    });

    test("a body that comes byte by byte is answered when it is whole", async () => {
      const body = Buffer.from(JSON.stringify(eventOf({ message: "slow é" })));
      const answer = await trickle(Number(new URL(edge.url).port), body);
      assert.match(answer, /^HTTP\/1\.1 200 /);
      await until("the line", () => edge.stdout().includes("slow é"));
    });

    test("a client that leaves in the middle of its body harms nobody", async () => {
      await leaveEarly(Number(new URL(edge.url).port));
      await expectServes(edge);
    });

    test("a body without an end is not kept in memory", async () => {
      const before = peakBytesOf(edge.pid);
      await pour(Number(new URL(edge.url).port), floodBytes);
      const grown = peakBytesOf(edge.pid) - before;
      assert.ok(grown < floodBytes / 2, `${grown} bytes of memory for ${floodBytes} of a body`);
      await expectServes(edge);
    });
  });
}

async function expectServes(edge: EdgeHost): Promise<void> {
  const body = JSON.stringify(eventOf());
  const headers = { "content-type": "application/json" };
  const answer = await askEdge(edge, { method: "POST", target: "/v1/logs", headers, body });
  assert.equal(answer.status, 200);
}

/** The most memory that each of a program's processes has had resident, together. */
function peakBytesOf(pid: number): number {
  return processesUnder(pid)
    .map((one) => /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${one.pid}/status`, "utf8"))?.[1])
    .reduce((sum, kilobytes) => sum + Number(kilobytes ?? 0) * 1024, 0);
}

/** Sends a body of no told length, heedless of the answer, until all is sent or the connection is closed. */
function pour(port: number, bytes: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("close", () => resolve()).on("error", () => {});
    socket.write("POST /v1/logs HTTP/1.1\r\nHost: edge.test\r\nTransfer-Encoding: chunked\r\n\r\n");
    const part = Buffer.concat([Buffer.from("10000\r\n"), Buffer.alloc(0x1_0000, 0x20), Buffer.from("\r\n")]);
    const step = (sent: number): void => {
      if (sent >= bytes) socket.destroy();
      else socket.write(part, (error) => (error ? socket.destroy() : step(sent + part.length)));
    };
    step(0);
  });
}

test("a body that trickles in for too long is given up", async () => {
  const body = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(new Uint8Array(1)) });
  await assert.rejects(readStream(body, bytesMax, 20), { status: 408 });
});

test("a body that breaks off is answered, not thrown", async () => {
  const body = new ReadableStream<Uint8Array>({ start: (controller) => controller.error(new Error("gone")) });
  const init = { method: "POST", headers: { "content-type": "application/json" }, body, duplex: "half" };
  const response = await answerWeb(edgeHere(), new Request("http://edge.test/v1/logs", init), { address: "" });
  assert.equal(response.status, 400);
});

test("Node closes a connection whose request never comes to an end", async () => {
  const host = { edge: edgeHere(), sink: new StdoutSink(() => {}) };
  const server = createNodeServer(host, { headersTimeoutMs: 100, requestTimeoutMs: 200 });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  let answer = "";
  socket.on("data", (chunk) => (answer += chunk.toString()));
  socket.write("POST /v1/logs HTTP/1.1\r\nHost: edge.test\r\nContent-Length: 10\r\n\r\n{");
  await new Promise((resolve) => socket.once("close", resolve));
  assert.ok(answer === "" || answer.startsWith("HTTP/1.1 408 "), answer);
  await new Promise((resolve) => server.close(resolve));
});

const headOf = (bytes: number): string =>
  `POST /v1/logs HTTP/1.1\r\nHost: edge.test\r\nContent-Type: application/json\r\nContent-Length: ${bytes}\r\n\r\n`;

/** Each byte in a packet of its own. */
function trickle(port: number, body: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    socket.once("error", reject);
    socket.on("data", (chunk) => {
      socket.destroy();
      resolve(chunk.toString());
    });
    const step = (sent: number): void => {
      if (sent < body.length) socket.write(body.subarray(sent, sent + 1), () => setImmediate(step, sent + 1));
    };
    socket.write(headOf(body.length), () => step(0));
  });
}

function leaveEarly(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("error", reject);
    socket.once("close", () => resolve());
    socket.write(`${headOf(1_000)}{"half":`, () => socket.destroy());
  });
}
