/** From environment variables to an edge with its sink: what every entry begins with. */

import type { Disk } from "./disk.ts";
import { createEdge, type Edge } from "./edge.ts";
import type { Environment } from "./environment.ts";
import { Forwarder, forwarderDefaults, logToConsole } from "./forwarder.ts";
import { ConfigurationError } from "./instance.ts";
import { httpReceiver, type Receiver, type Target } from "./post.ts";
import { originTarget } from "./receivers/origin.ts";
import { SeveralSinks } from "./several.ts";
import { StdoutSink, type Sink } from "./sink.ts";
import { MemoryRoom } from "./waiting-room.ts";

/** What a runtime has. An entry tells it; nobody else asks which runtime this is. */
export interface Platform {
  /** Writes whole lines to standard output. */
  writeLines(lines: Uint8Array): void;
  /** `disk` of `disk.ts`, where there is one. */
  disk?: Disk;
}

export interface Host {
  edge: Edge;
  sink: Sink;
}

/** What may wait in memory for each receiver. A Cloudflare worker has 128 MB for everything. */
const memoryBytesMax = 4 * 1024 * 1024;

/** The receivers that are reached by HTTP. */
const targets: Record<string, (environment: Environment) => Target> = { origin: originTarget };

/** `MAYDAY_SINK` names the sinks, one or several with commas; `origin` is the default. Throws `ConfigurationError`. */
export function createHost(module: WebAssembly.Module, environment: Environment, platform: Platform): Host {
  const makers = sinkNamesOf(environment).map((name) => makerOf(name, environment, platform));
  // Only now that everything is known to be right are files opened.
  const [first, ...others] = makers.map((make) => make());
  const sink = others.length > 0 ? new SeveralSinks(first!, others) : first!;
  return { edge: createEdge(module, environment, sink), sink };
}

function sinkNamesOf(environment: Environment): string[] {
  const known = ["stdout", ...Object.keys(targets)];
  const names = (environment["MAYDAY_SINK"] || "origin").split(",").map((name) => name.trim());
  if (names.every((name) => known.includes(name)) && new Set(names).size === names.length) return names;
  throw new ConfigurationError(`MAYDAY_SINK must be one or more of ${known.join(", ")}, with commas between`);
}

/** Reads what the sink needs, and answers what opens it. */
function makerOf(name: string, environment: Environment, platform: Platform): () => Sink {
  if (name === "stdout") return () => new StdoutSink((lines) => platform.writeLines(lines));
  const receiver = httpReceiver(targets[name]!(environment), (url, init) => fetch(url, init));
  return () => new Forwarder({ ...forwarderDefaults, receiver, room: roomOf(receiver, environment, platform) });
}

function roomOf({ name }: Receiver, environment: Environment, { disk }: Platform) {
  if (environment["MAYDAY_SPOOL_DIR"] && !disk)
    throw new ConfigurationError(
      "MAYDAY_SPOOL_DIR: this host has no disk; on Cloudflare bind MAYDAY_QUEUE or MAYDAY_SPOOL",
    );
  return disk?.openRoom(name, environment, logToConsole) ?? new MemoryRoom(memoryBytesMax);
}
