/** The edge as a Bun process: `bun bun.js --port 8788`. */

import { runProcess, type Server } from "./process.ts";
import { answerWeb, plainAddress } from "./web.ts";

interface BunServer {
  port: number;
  requestIP(request: Request): { address: string } | null;
  stop(closeActiveConnections: boolean): Promise<void>;
}

declare const Bun: {
  serve(options: {
    hostname: string;
    port: number;
    idleTimeout: number;
    fetch(request: Request, server: BunServer): Promise<Response>;
  }): BunServer;
};

/** A connection on which nothing moves for so long is closed. */
const idleTimeoutS = 10;

await runProcess((host, { hostname, port }): Server => {
  const server = Bun.serve({
    hostname,
    port,
    idleTimeout: idleTimeoutS,
    async fetch(request, bun) {
      const response = await answerWeb(host.edge, request, { address: plainAddress(bun.requestIP(request)?.address) });
      void host.sink.work();
      return response;
    },
  });
  return { port: server.port, finish: () => server.stop(false), abort: () => void server.stop(true) };
});
