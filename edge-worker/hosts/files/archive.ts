/**
 * A gzip archive: one `YYYY-MM-DD.jsonl.gz` a day (UTC), each batch a gzip member of its own (RFC 1952, section 2.2), so that
 * the file is whole after each of them, and `zcat` reads it while it is written. A member says in an extra field (section
 * 2.3.1.1, `MD`) how long it is: after a kill in the middle of a write, the unfinished one is found and cut off.
 */

import { closeSync, fdatasync, fstatSync, ftruncateSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { deflateRawSync } from "node:zlib";
import type { Log } from "../forwarder.ts";
import { reasonOf, type Receiver } from "../post.ts";
import { crc32 } from "../spool/crc32.ts";
import { appendWhole } from "./rotating-file.ts";
import { makeFolder } from "./session-files.ts";

/** Magic, deflate, FEXTRA, no time, no flags, unknown system; 8 bytes of extra field: `MD`, 4 bytes long. */
const head = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 8, 0, 0x4d, 0x44, 4, 0]);
/** A disk may be slow to say that it has something. */
const timeoutMs = 10_000;

const memberBytesMin = head.length + 4 + 8;

/** Throws `ConfigurationError` where the folder can't be made. */
export function archiveReceiver(folder: string, log: Log): Receiver {
  makeFolder("MAYDAY_ARCHIVE_DIR", folder);
  const mended = new Set<string>();
  return {
    name: "archive",
    timeoutMs,
    async send(lines) {
      const path = join(folder, `${new Date().toISOString().slice(0, 10)}.jsonl.gz`);
      try {
        const file = openSync(path, "a+", 0o600);
        try {
          if (!mended.has(path)) mend(file, path, log);
          mended.add(path);
          appendWhole(file, memberOf(lines));
          // What is taken leaves the spool, so it must be on the disk itself.
          await promisify(fdatasync)(file);
        } finally {
          closeSync(file);
        }
        return { kind: "taken", rejected: 0 };
      } catch (error) {
        return { kind: "later", reason: reasonOf(error), retryAfterMs: 0 };
      }
    },
  };
}

function memberOf(lines: Uint8Array): Buffer {
  const deflated = deflateRawSync(lines);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(memberBytesMin + deflated.length);
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc32(lines), 0);
  tail.writeUInt32LE(lines.length, 4);
  return Buffer.concat([head, length, deflated, tail]);
}

/** Goes from member to member, and cuts off an unfinished one. A file that is not ours, or not only, stays as it is. */
function mend(file: number, path: string, log: Log): void {
  const { size } = fstatSync(file);
  const start = Buffer.alloc(head.length + 4);
  let end = 0;
  for (;;) {
    const read = readSync(file, start, 0, start.length, end);
    const isOurs = start.subarray(0, Math.min(read, head.length)).equals(head.subarray(0, read));
    if (read === 0 || !isOurs) return;
    const bytes = read === start.length ? start.readUInt32LE(head.length) : Number.POSITIVE_INFINITY;
    if (end + bytes > size) break;
    // What nobody wrote: to go on by it would go round in circles.
    if (bytes < memberBytesMin) return;
    end += bytes;
  }
  ftruncateSync(file, end);
  log("archive: an unfinished write was cut off", { level: "warn", file: path, tornBytes: size - end });
}
