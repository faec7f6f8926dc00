/** An HTTP server that takes what an edge forwards, in the way a test wants it to. */

import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Delivery {
  at: number;
  authorization: string | undefined;
  lines: string[];
}

export interface OriginStandIn {
  url: string;
  /** Every POST, in order, whatever it was answered. */
  deliveries: Delivery[];
  /** Of those that were answered 200: each event's id, as often as it came. */
  storedIds(): string[];
  close(): Promise<void>;
}

/** `answer` gives the status and headers for a delivery; missing: 200 for all. */
export async function startOrigin(
  answer: (delivery: Delivery) => { status: number; headers?: Record<string, string>; afterMs?: number } = () => ({
    status: 200,
  }),
  port = 0,
): Promise<OriginStandIn> {
  const deliveries: Delivery[] = [];
  const stored: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.once("end", () => {
      const lines = Buffer.concat(chunks).toString("utf8").split("\n").filter(Boolean);
      const delivery = { at: Date.now(), authorization: request.headers.authorization, lines };
      deliveries.push(delivery);
      const { status, headers = {}, afterMs = 0 } = answer(delivery);
      if (status === 200) stored.push(...lines.map(idOf));
      setTimeout(() => reply(response, status, headers, lines.length), afterMs);
    });
  });
  await listen(server, port);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    deliveries,
    storedIds: () => stored,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function reply(response: ServerResponse, status: number, headers: Record<string, string>, count: number): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(status === 200 ? { stored: count, known: 0, rejected: [] } : { detail: "refused" }));
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
}

function idOf(line: string): string {
  return (JSON.parse(line) as { event_id: string }).event_id;
}
