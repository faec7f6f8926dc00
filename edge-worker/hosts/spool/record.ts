/**
 * One record of a segment file: a header of 24 bytes, then lines as they go out. All numbers are little-endian.
 *
 *      0  4  "MDY1"
 *      4  4  bytes of the lines
 *      8  4  events
 *     12  8  when they were kept, in milliseconds since 1970 (a double)
 *     20  4  CRC-32 of bytes 4 to 19 and of the lines
 *
 * Lines never hold a zero byte, and a length always does: nothing that a client sends can pass for a header.
 */

import { readSync } from "node:fs";
import { crc32 } from "./crc32.ts";

export interface Kept {
  lines: Uint8Array;
  events: number;
  keptAt: number;
  /** With its header. */
  bytes: number;
}

export const headerBytes = 24;
/** No record is longer: a length beyond is a damaged one. What a request leaves behind is a fraction of it. */
const linesBytesMax = 4 * 1024 * 1024;
const magic = 0x3159_444d;
const windowBytes = 64 * 1024;

export function headerOf(lines: Uint8Array, events: number, keptAt: number): Buffer {
  const header = Buffer.allocUnsafe(headerBytes);
  header.writeUInt32LE(magic, 0);
  header.writeUInt32LE(lines.length, 4);
  header.writeUInt32LE(events, 8);
  header.writeDoubleLE(keptAt, 12);
  header.writeUInt32LE(crc32(lines, crc32(header.subarray(4, 20))), 20);
  return header;
}

/** The record that begins at `offset`; nothing where none does, or where it is damaged or goes past `end`. */
export function readRecord(file: number, offset: number, end: number): Kept | undefined {
  const header = readWhole(file, offset, headerBytes);
  if (header?.readUInt32LE(0) !== magic) return undefined;
  const length = header.readUInt32LE(4);
  if (length > linesBytesMax || offset + headerBytes + length > end) return undefined;
  const lines = readWhole(file, offset + headerBytes, length);
  if (lines === undefined || header.readUInt32LE(20) !== crc32(lines, crc32(header.subarray(4, 20)))) return undefined;
  return { lines, events: header.readUInt32LE(8), keptAt: header.readDoubleLE(12), bytes: headerBytes + length };
}

/** Where the next whole record begins, from `offset` on; `end` where there is none. */
export function findRecord(file: number, offset: number, end: number): number {
  const window = Buffer.allocUnsafe(windowBytes);
  const sign = Buffer.alloc(4);
  sign.writeUInt32LE(magic, 0);
  // Windows overlap by a sign less one byte, so that none is missed on an edge.
  for (let start = offset; start < end; start += windowBytes - sign.length + 1) {
    const seen = window.subarray(0, readSync(file, window, 0, Math.min(windowBytes, end - start), start));
    for (let at = seen.indexOf(sign); at >= 0; at = seen.indexOf(sign, at + 1)) {
      if (readRecord(file, start + at, end) !== undefined) return start + at;
    }
  }
  return end;
}

function readWhole(file: number, offset: number, bytes: number): Buffer | undefined {
  const buffer = Buffer.allocUnsafe(bytes);
  let read = 0;
  while (read < bytes) {
    const more = readSync(file, buffer, read, bytes - read, offset + read);
    if (more === 0) return undefined;
    read += more;
  }
  return buffer;
}
