/** The edge as a Node process: `node node.js --port 8788`; the rest by environment variables. */

import type { AddressInfo } from "node:net";
import { createNodeServer, nodeServerDefaults } from "./node-server.ts";
import { runProcess, type Server } from "./process.ts";

await runProcess(async (host, { hostname, port }): Promise<Server> => {
  const server = createNodeServer(host, nodeServerDefaults);
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, hostname, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    finish: () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      return closed;
    },
    abort: () => server.closeAllConnections(),
  };
});
