/** An HTTP server that notes down what it is sent, and answers as a test wants it to. */

import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Receiver {
  url: string;
  received: Received[];
  close(): Promise<void>;
}

export type Reply = { status: number; headers?: Record<string, string>; body?: string };

export async function startReceiver(answer: (request: Received) => Reply | Promise<Reply>): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.once("end", async () => {
      const { headers, url: path = "" } = request;
      const one = { path, headers, body: Buffer.concat(chunks).toString("utf8") };
      received.push(one);
      const { status, headers: answered = {}, body = "" } = await answer(one);
      response.writeHead(status, answered).end(body);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
