/** From environment variables to an edge with its sink: what every entry begins with. */

import { createEdge, type Edge } from "./edge.ts";
import { originOf, type Environment } from "./environment.ts";
import { Forwarder, forwarderDefaults } from "./forwarder.ts";
import { ConfigurationError } from "./instance.ts";
import { StdoutSink, type Sink } from "./sink.ts";

/** One POST to the origin may take this long: a commit on a slow disk, not a hung connection. */
const originTimeoutMs = 10_000;

export interface Host {
  edge: Edge;
  sink: Sink;
}

/** What a runtime has. An entry tells it; nobody else asks which runtime this is. */
export interface Platform {
  /** Writes whole lines to standard output. */
  writeLines(lines: Uint8Array): void;
}

/** `MAYDAY_SINK` chooses the sink: `origin`, the default, or `stdout`. Throws `ConfigurationError`. */
export function createHost(module: WebAssembly.Module, environment: Environment, platform: Platform): Host {
  const sink = createSink(environment, platform);
  return { edge: createEdge(module, environment, sink), sink };
}

function createSink(environment: Environment, { writeLines }: Platform): Sink {
  const name = environment["MAYDAY_SINK"] || "origin";
  if (name === "stdout") return new StdoutSink(writeLines);
  if (name !== "origin") throw new ConfigurationError("MAYDAY_SINK must be one of origin, stdout");
  const origin = { ...originOf(environment), fetch: globalThis.fetch.bind(globalThis), timeoutMs: originTimeoutMs };
  return new Forwarder({ ...forwarderDefaults, origin });
}
