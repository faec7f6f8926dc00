/** From environment variables to an edge with its sink: what every entry begins with. */

import { DurableSink, type DurableNamespace } from "./cloudflare/durable-sink.ts";
import { QueueSink, type Queue } from "./cloudflare/queue-sink.ts";
import type { Disk } from "./disk.ts";
import { createEdge, type Edge } from "./edge.ts";
import type { Environment } from "./environment.ts";
import { Forwarder, forwarderDefaults, logToConsole } from "./forwarder.ts";
import { ConfigurationError, type Modules } from "./instance.ts";
import type { Receiver } from "./post.ts";
import { receiverNames, receiverOf } from "./receivers/receivers.ts";
import { SeveralSinks } from "./several.ts";
import { StdoutSink, type Sink } from "./sink.ts";
import { MemoryRoom, spoolBytesOf, type WaitingRoom } from "./waiting-room.ts";

/** What a runtime has. An entry tells it; nobody else asks which runtime this is. */
export interface Platform {
  /** Writes whole lines to standard output. */
  writeLines(lines: Uint8Array): void;
  /** `disk` of `disk.ts`, where there is one. */
  disk?: Disk;
  /** What is bound on Cloudflare. Where there is a queue, it is used before a spool. */
  bindings?: { queue?: Queue | undefined; spool?: DurableNamespace | undefined };
}

export interface Host {
  edge: Edge;
  sink: Sink;
}

/** What may wait in memory for each receiver. A Cloudflare worker has 128 MB for everything. */
const memoryBytesMax = 4 * 1024 * 1024;

const sinkNames = [...receiverNames, "stdout", "files", "archive"];

/** `MAYDAY_SINK` names the sinks, one or several with commas; `origin` is the default. Throws `ConfigurationError`. */
export function createHost(modules: Modules, environment: Environment, platform: Platform): Host {
  const names = sinkNamesOf(environment);
  const makers = names.map((name) => makerOf(name, environment, platform));
  const sinks: Sink[] = [];
  try {
    // Only now that all variables are known to be right are files opened.
    for (const make of makers) sinks.push(make());
    const [first, ...others] = sinks;
    const sink = others.length > 0 ? new SeveralSinks(first!, others) : first!;
    const edge = createEdge(modules, environment, sink);
    const logged = names.includes("files") ? platform.disk?.logRequests(edge, environment, logToConsole) : undefined;
    return { edge: logged ?? edge, sink };
  } catch (error) {
    // What was opened is let go of: a lock that stays behind would keep the next start waiting.
    for (const sink of sinks) void sink.close(0);
    throw error;
  }
}

function sinkNamesOf(environment: Environment): string[] {
  const names = (environment["MAYDAY_SINK"] || "origin").split(",").map((name) => name.trim());
  if (names.every((name) => sinkNames.includes(name)) && new Set(names).size === names.length) return names;
  throw new ConfigurationError(`MAYDAY_SINK must be one or several of ${sinkNames.join(", ")}, with commas between`);
}

/** Reads what the sink needs, and answers what opens it. */
function makerOf(name: string, environment: Environment, platform: Platform): () => Sink {
  if (name === "stdout") return () => new StdoutSink((lines) => platform.writeLines(lines));
  const receiver = receiverOf(name, environment);
  const { queue, spool } = platform.bindings ?? {};
  if (receiver && queue) return () => new QueueSink(queue, name, logToConsole);
  if (receiver && spool) {
    // The object reads it for itself, but only here can it stop the start.
    spoolBytesOf(environment);
    return () => new DurableSink(spool, name, logToConsole);
  }
  const forwarderTo = (receiver: Receiver) =>
    new Forwarder({ ...forwarderDefaults, receiver, room: roomOf(receiver, environment, platform) });
  if (receiver) return () => forwarderTo(receiver);
  const { disk } = platform;
  if (!disk) throw new ConfigurationError(`MAYDAY_SINK=${name} needs a disk, which this host does not have`);
  if (name === "files") return () => disk.openFiles(environment, logToConsole);
  return () => forwarderTo(disk.openArchive(environment, logToConsole));
}

function roomOf({ name }: Receiver, environment: Environment, { disk }: Platform): WaitingRoom {
  if (environment["MAYDAY_SPOOL_DIR"] && !disk)
    throw new ConfigurationError(
      "MAYDAY_SPOOL_DIR: this host has no disk; on Cloudflare bind MAYDAY_QUEUE or MAYDAY_SPOOL",
    );
  const durable = disk?.openRoom(name, environment, logToConsole);
  if (durable === undefined && environment["ENVIRONMENT"] === "prod") {
    const remedy = disk ? "set MAYDAY_SPOOL_DIR" : "on Cloudflare bind MAYDAY_QUEUE or MAYDAY_SPOOL";
    logToConsole(`events for ${name} wait in memory, which a crash loses: ${remedy}`, { level: "warn" });
  }
  return durable ?? new MemoryRoom(memoryBytesMax);
}
