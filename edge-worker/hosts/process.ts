/**
 * What an edge that is a process of its own does around HTTP, alike on Node, Deno and Bun: its command line, one clear line
 * where it can't start, and an end in order. `--check` only reads the configuration.
 */

import { readFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import { disk } from "./disk.ts";
import { createHost, type Host } from "./host.ts";
import { ConfigurationError } from "./instance.ts";

/** One HTTP server, as the runtime has it. */
export interface Server {
  port: number;
  /** Takes no more connections; settles when the requests that are being answered are. */
  finish(): Promise<unknown>;
  /** Ends the connections that are still open. */
  abort(): void;
}

export interface Address {
  hostname: string;
  port: number;
}

/** What a supervisor grants between SIGTERM and SIGKILL is 10 s as a rule: for requests first, then for what they left. */
const finishMs = 2_000;
const drainMs = 6_000;

export async function runProcess(serve: (host: Host, address: Address) => Server | Promise<Server>): Promise<void> {
  const { values } = parseArgs({
    args: process.argv.slice(2),
    options: {
      host: { type: "string", default: "127.0.0.1" },
      port: { type: "string", default: "8788" },
      check: { type: "boolean" },
    },
  });
  const host = start();
  if (values.check) process.exit(await host.sink.close(0));
  const server = await listen(() => serve(host, { hostname: values.host, port: Number(values.port) }));
  console.error(`mayday-edge listening on http://${values.host}:${server.port}`);
  // What an earlier run left in the spool does not wait for the first request.
  void host.sink.work();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop(host, server));
}

function fail(message: string): never {
  console.error(`mayday-edge: ${message}`);
  process.exit(1);
}

function start(): Host {
  const moduleOf = (name: string) => new WebAssembly.Module(readFileSync(new URL(name, import.meta.url)));
  const modules = { edge: moduleOf("./edge.wasm"), onDemand: () => moduleOf("./on-demand.wasm") };
  try {
    // A copy, for not every runtime is done with the bytes when this returns.
    return createHost(modules, process.env, { writeLines: (lines) => process.stdout.write(lines.slice()), disk });
  } catch (error) {
    if (error instanceof ConfigurationError) fail(error.message);
    throw error;
  }
}

async function listen(serve: () => Server | Promise<Server>): Promise<Server> {
  try {
    return await serve();
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}

/** Requests before the sink: what they bring is still to be handed over. */
async function stop(host: Host, server: Server): Promise<void> {
  const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(true), finishMs));
  if (await Promise.race([server.finish().then(() => false), late])) server.abort();
  const lost = await host.sink.close(drainMs);
  if (lost > 0) console.error(`mayday-edge: ${lost} events were not taken and are lost`);
  process.exit(lost > 0 ? 1 : 0);
}
