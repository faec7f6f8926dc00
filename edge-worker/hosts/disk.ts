/** What a host does with a disk, on runtimes that have `node:fs`: Node, Deno and Bun. */

import { join } from "node:path";
import type { Edge } from "./edge.ts";
import type { Environment } from "./environment.ts";
import { archiveReceiver } from "./files/archive.ts";
import { withRequestLog } from "./files/request-log.ts";
import { SessionFiles } from "./files/session-files.ts";
import type { Log } from "./forwarder.ts";
import { ConfigurationError } from "./instance.ts";
import type { Receiver } from "./post.ts";
import type { Sink } from "./sink.ts";
import { DiskRoom } from "./spool/disk-room.ts";
import type { WaitingRoom } from "./waiting-room.ts";

/** Each throws `ConfigurationError` where a folder can't be used. */
export interface Disk {
  /** The room of `receiver` in `MAYDAY_SPOOL_DIR`; nothing where that is not set. */
  openRoom(receiver: string, environment: Environment, log: Log): WaitingRoom | undefined;
  openFiles(environment: Environment, log: Log): Sink;
  openArchive(environment: Environment, log: Log): Receiver;
  logRequests(edge: Edge, environment: Environment, log: Log): Edge;
}

const spoolBytesDefault = 256 * 1024 * 1024;
const spoolBytesMin = 1024 * 1024;

export const disk: Disk = {
  openRoom(receiver, environment, log) {
    const folder = environment["MAYDAY_SPOOL_DIR"];
    return folder ? new DiskRoom(join(folder, receiver), spoolBytesOf(environment), log) : undefined;
  },
  openFiles: (environment, log) => new SessionFiles(environment["TROUBLESHOOT_FE_LOG_DIR"] || ".log", log),
  openArchive: (environment, log) => archiveReceiver(environment["MAYDAY_ARCHIVE_DIR"] || ".log_archive", log),
  logRequests: (edge, environment, log) =>
    withRequestLog(edge, environment["TROUBLESHOOT_API_LOG_DIR"] || ".log_api", log),
};

function spoolBytesOf(environment: Environment): number {
  const text = environment["MAYDAY_SPOOL_BYTES"];
  if (!text) return spoolBytesDefault;
  const bytes = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (bytes >= spoolBytesMin) return bytes;
  throw new ConfigurationError(`MAYDAY_SPOOL_BYTES must be a whole number of bytes, at least ${spoolBytesMin}`);
}
