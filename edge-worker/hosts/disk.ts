/** What a host does with a disk, on runtimes that have `node:fs`: Node, Deno and Bun. */

import { join } from "node:path";
import type { Environment } from "./environment.ts";
import type { Log } from "./forwarder.ts";
import { ConfigurationError } from "./instance.ts";
import { DiskRoom } from "./spool/disk-room.ts";
import type { WaitingRoom } from "./waiting-room.ts";

export interface Disk {
  /** The room of `receiver` in `MAYDAY_SPOOL_DIR`; nothing where that is not set. Throws `ConfigurationError`. */
  openRoom(receiver: string, environment: Environment, log: Log): WaitingRoom | undefined;
}

const spoolBytesDefault = 256 * 1024 * 1024;
const spoolBytesMin = 1024 * 1024;

export const disk: Disk = {
  openRoom(receiver, environment, log) {
    const folder = environment["MAYDAY_SPOOL_DIR"];
    return folder ? new DiskRoom(join(folder, receiver), spoolBytesOf(environment), log) : undefined;
  },
};

function spoolBytesOf(environment: Environment): number {
  const text = environment["MAYDAY_SPOOL_BYTES"];
  if (!text) return spoolBytesDefault;
  const bytes = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (bytes >= spoolBytesMin) return bytes;
  throw new ConfigurationError(`MAYDAY_SPOOL_BYTES must be a whole number of bytes, at least ${spoolBytesMin}`);
}
