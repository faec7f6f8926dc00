/** One file of a spool: records behind one another, only ever appended to. */

import { closeSync, fdatasync, fstatSync, ftruncateSync, openSync, unlinkSync, writevSync } from "node:fs";
import { join } from "node:path";
import { findRecord, headerBytes, headerOf, readRecord, type Kept } from "./record.ts";

export class Segment {
  readonly number: number;
  /** Where the last whole record ends. */
  end = 0;
  /** Events in records from where it was scanned, or written, on. */
  events = 0;
  readonly #path: string;
  #file: number | undefined;
  #isDirty = false;

  /** With `isNew` the file must not be there yet. */
  constructor(folder: string, number: number, isNew: boolean) {
    this.number = number;
    this.#path = join(folder, nameOf(number));
    if (isNew) this.#file = openSync(this.#path, "wx+", 0o600);
  }

  /**
   * Counts what stands from `offset` on, steps over what is damaged, and cuts off what follows the last whole record: a
   * write that a kill interrupted, which was never acknowledged. `damagedBytes` is what was stepped over.
   */
  scan(offset: number): { bytes: number; damagedBytes: number; tornBytes: number } {
    const file = this.#open();
    const { size } = fstatSync(file);
    const found = { bytes: 0, damagedBytes: 0, tornBytes: 0 };
    this.end = Math.min(offset, size);
    for (let at = this.end; at < size;) {
      const record = readRecord(file, at, size);
      if (record) {
        found.bytes += record.lines.length;
        this.events += record.events;
        at += record.bytes;
        this.end = at;
      } else {
        const next = findRecord(file, at + 1, size);
        if (next < size) found.damagedBytes += next - at;
        at = next;
      }
    }
    found.tornBytes = size - this.end;
    if (found.tornBytes > 0) ftruncateSync(file, this.end);
    this.rest();
    return found;
  }

  /** False where the disk takes it not, or not whole; what it took is cut off again. The reason is thrown away. */
  append(lines: Uint8Array, events: number, keptAt: number): boolean {
    const file = this.#open();
    const bytes = headerBytes + lines.length;
    try {
      if (writevSync(file, [headerOf(lines, events, keptAt), lines], this.end) !== bytes)
        throw new Error("a short write");
    } catch {
      this.#cut(file);
      return false;
    }
    this.end += bytes;
    this.events += events;
    this.#isDirty = true;
    return true;
  }

  /** The first whole record from `offset` on, and where it stands. */
  recordFrom(offset: number): { record: Kept; offset: number } | undefined {
    if (offset >= this.end) return undefined;
    const file = this.#open();
    const here = readRecord(file, offset, this.end);
    if (here) return { record: here, offset };
    const next = findRecord(file, offset + 1, this.end);
    const record = readRecord(file, next, this.end);
    return record && { record, offset: next };
  }

  /** Begins to bring to the disk what only the operating system has so far. */
  sync(): void {
    if (!this.#isDirty || this.#file === undefined) return;
    this.#isDirty = false;
    fdatasync(this.#file, () => {});
  }

  /** Lets go of the file until it is needed again. */
  rest(): void {
    if (this.#file === undefined) return;
    const file = this.#file;
    this.#file = undefined;
    if (!this.#isDirty) return closeSync(file);
    this.#isDirty = false;
    fdatasync(file, () => closeSync(file));
  }

  delete(): void {
    this.#isDirty = false;
    this.rest();
    try {
      unlinkSync(this.#path);
    } catch {
      // Gone already, or not ours to remove: the position says that it was taken.
    }
  }

  #open(): number {
    return (this.#file ??= openSync(this.#path, "r+"));
  }

  /** Where even this fails, the next record is written over what is there, and a restart finds it torn. */
  #cut(file: number): void {
    try {
      ftruncateSync(file, this.end);
    } catch {
      // The caller says that the disk takes nothing.
    }
  }
}

const nameOf = (number: number): string => `${String(number).padStart(10, "0")}.spool`;

/** The number in a segment's file name; nothing for any other file. */
export function numberIn(name: string): number | undefined {
  const found = /^(\d{10})\.spool$/.exec(name);
  return found ? Number(found[1]) : undefined;
}
