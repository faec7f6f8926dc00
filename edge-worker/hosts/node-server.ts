/** The edge behind node:http. */

import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Incoming } from "./edge.ts";
import type { Host } from "./host.ts";
import { join, plainAddress } from "./web.ts";

export interface NodeServerOptions {
  /** Headers that trickle in for longer are a slow attack: the connection is closed. */
  headersTimeoutMs: number;
  /** The same for a whole request. A phone on a bad network needs a while for 256 KiB. */
  requestTimeoutMs: number;
}

export const nodeServerDefaults: NodeServerOptions = { headersTimeoutMs: 10_000, requestTimeoutMs: 30_000 };

/** After an early answer, what is still coming of the body is thrown away for this long. */
const lingerMs = 1_000;

export function createNodeServer({ edge, sink }: Host, options: NodeServerOptions): Server {
  const { headersTimeoutMs: headersTimeout, requestTimeoutMs: requestTimeout } = options;
  const checkMs = Math.min(1_000, headersTimeout);
  const timeouts = { headersTimeout, requestTimeout, keepAliveTimeout: 5_000, connectionsCheckingInterval: checkMs };
  return createServer({ ...timeouts, maxHeaderSize: 16 * 1024, noDelay: true }, (request, response) => {
    edge.answer(incomingOf(request)).then(
      ({ status, headers, body }) => {
        if (!request.complete) linger(request);
        if (status !== 204) headers.push(["content-length", String(Buffer.byteLength(body))]);
        response.writeHead(status, headers.flat()).end(body);
        void sink.work();
      },
      // The peer went away in the middle of its body: there is nobody to answer.
      () => request.destroy(),
    );
  });
}

function incomingOf(request: IncomingMessage): Incoming {
  return {
    method: request.method ?? "",
    target: request.url ?? "",
    header: (name) => request.headers[name] as string | undefined,
    address: plainAddress(request.socket.remoteAddress),
    body: (bytesMax) => readBody(request, bytesMax),
  };
}

function readBody(request: IncomingMessage, bytesMax: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    const finish = (): void => {
      request.pause();
      request.off("data", take);
      resolve(join(chunks, bytes));
    };
    const take = (chunk: Buffer): void => {
      chunks.push(chunk.subarray(0, bytesMax - bytes));
      bytes += Math.min(chunk.length, bytesMax - bytes);
      if (bytes >= bytesMax) finish();
    };
    request.on("data", take).once("end", finish).once("error", reject);
    request.once("close", () => reject(new Error("the connection was closed")));
  });
}

/** Closing at once would send a reset, which can overtake the answer. */
function linger(request: IncomingMessage): void {
  const timer = setTimeout(() => request.destroy(), lingerMs);
  request.once("close", () => clearTimeout(timer));
  request.resume();
}
