/** What a host does with a disk, on runtimes that have `node:fs`: Node, Deno and Bun. */

import { join } from "node:path";
import type { Edge } from "./edge.ts";
import type { Environment } from "./environment.ts";
import { archiveReceiver } from "./files/archive.ts";
import { withRequestLog } from "./files/request-log.ts";
import { SessionFiles } from "./files/session-files.ts";
import type { Log } from "./forwarder.ts";
import type { Receiver } from "./post.ts";
import type { Sink } from "./sink.ts";
import { DiskRoom } from "./spool/disk-room.ts";
import { spoolBytesOf, type WaitingRoom } from "./waiting-room.ts";

/** Each throws `ConfigurationError` where a folder can't be used. */
export interface Disk {
  /** The room of `receiver` in `MAYDAY_SPOOL_DIR`; nothing where that is not set. */
  openRoom(receiver: string, environment: Environment, log: Log): WaitingRoom | undefined;
  openFiles(environment: Environment, log: Log): Sink;
  openArchive(environment: Environment, log: Log): Receiver;
  logRequests(edge: Edge, environment: Environment, log: Log): Edge;
}

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
