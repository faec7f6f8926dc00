/** The edge as a Node process: `node node.js --port 8788`; the rest by environment variables. `--check` only reads them. */

import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { disk } from "./disk.ts";
import { createHost, type Host } from "./host.ts";
import { ConfigurationError } from "./instance.ts";
import { createNodeServer, nodeServerDefaults } from "./node-server.ts";

/** What a supervisor grants between SIGTERM and SIGKILL is 10 s as a rule. */
const drainMs = 8_000;

const { values } = parseArgs({
  options: {
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: "8788" },
    check: { type: "boolean" },
  },
});

function fail(message: string): never {
  console.error(`mayday-edge: ${message}`);
  process.exit(1);
}

function start(): Host {
  const module = new WebAssembly.Module(readFileSync(new URL("./edge.wasm", import.meta.url)));
  try {
    // Synchronous for files and pipes on Linux: what was accepted is not in a buffer when the process stops.
    return createHost(module, process.env, { writeLines: (lines) => process.stdout.write(lines), disk });
  } catch (error) {
    if (error instanceof ConfigurationError) fail(error.message);
    throw error;
  }
}

const host = start();
if (values.check) process.exit(await host.sink.close(0));
const server = createNodeServer(host, nodeServerDefaults);
server.once("error", (error) => fail(error.message));
server.listen(Number(values.port), values.host, () => {
  const { port } = server.address() as AddressInfo;
  console.error(`mayday-edge listening on http://${values.host}:${port}`);
  // What an earlier run left in the spool does not wait for the first request.
  void host.sink.work();
});

async function stop(): Promise<void> {
  server.close();
  server.closeIdleConnections();
  const lost = await host.sink.close(drainMs);
  if (lost > 0) console.error(`mayday-edge: ${lost} events were not taken and are lost`);
  server.closeAllConnections();
  process.exit(lost > 0 ? 1 : 0);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop());
