/** The edge as a Deno process: `deno run --allow-net --allow-env --allow-read=. deno.js --port 8788`. */

import { runProcess, type Server } from "./process.ts";
import { answerWeb, plainAddress } from "./web.ts";

interface DenoServer {
  addr: { port: number };
  shutdown(): Promise<void>;
}

declare const Deno: {
  serve(
    options: { hostname: string; port: number; onListen(): void },
    handler: (request: Request, info: { remoteAddr: { hostname: string } }) => Promise<Response>,
  ): DenoServer;
};

await runProcess((host, { hostname, port }): Server => {
  const server = Deno.serve({ hostname, port, onListen: () => {} }, async (request, { remoteAddr }) => {
    const response = await answerWeb(host.edge, request, { address: plainAddress(remoteAddr.hostname) });
    void host.sink.work();
    return response;
  });
  // A server that shuts down can't be aborted as well; what is open then ends with the process.
  return { port: server.addr.port, finish: () => server.shutdown(), abort: () => {} };
});
