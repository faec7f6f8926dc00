/** How far a spool was read: what stands before has been taken, and is not sent again after a restart. */

import { closeSync, constants, openSync, readSync, writeSync } from "node:fs";
import { crc32 } from "./crc32.ts";

export interface Position {
  segment: number;
  /** Of a record in the segment's file. */
  offset: number;
  /** Bytes of that record's lines. */
  into: number;
}

const bytes = 28;

/** A file of 28 bytes, written in place by one call: a kill leaves the old position or the new one. */
export class PositionFile {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  }

  /** Nothing where none was written, or where it is damaged: then all is sent again, and known by its event_id. */
  read(): Position | undefined {
    const buffer = Buffer.alloc(bytes);
    if (readSync(this.#file, buffer, 0, bytes, 0) !== bytes) return undefined;
    if (crc32(buffer.subarray(0, 24)) !== buffer.readUInt32LE(24)) return undefined;
    return { segment: buffer.readDoubleLE(0), offset: buffer.readDoubleLE(8), into: buffer.readDoubleLE(16) };
  }

  write({ segment, offset, into }: Position): void {
    const buffer = Buffer.allocUnsafe(bytes);
    buffer.writeDoubleLE(segment, 0);
    buffer.writeDoubleLE(offset, 8);
    buffer.writeDoubleLE(into, 16);
    buffer.writeUInt32LE(crc32(buffer.subarray(0, 24)), 24);
    writeSync(this.#file, buffer, 0, bytes, 0);
  }

  close(): void {
    closeSync(this.#file);
  }
}
