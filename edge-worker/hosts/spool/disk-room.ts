/**
 * A waiting room on a disk. What `keep` took is with the operating system when it answers, so that a kill of this process
 * loses nothing; twice a second it is brought to the disk, so that a loss of power costs half a second. Nothing is kept in
 * memory: batches are read back from the segments, which the system's cache still holds while all is well.
 */

import { closeSync, fsync, mkdirSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { clearInterval, setInterval } from "node:timers";
import type { Log } from "../forwarder.ts";
import { ConfigurationError } from "../instance.ts";
import { countLines, wholeLines } from "../lines.ts";
import type { Batch, WaitingRoom } from "../waiting-room.ts";
import { FolderLock } from "./folder-lock.ts";
import { PositionFile, type Position } from "./position.ts";
import { headerBytes, type Kept } from "./record.ts";
import { numberIn, Segment } from "./segment.ts";

const segmentBytesMax = 4 * 1024 * 1024;
/** An empty room's only segment is given back to the disk from this size on. */
const emptySegmentBytesMax = 256 * 1024;
const syncMs = 500;
const logEveryMs = 60_000;

/** A place to read on from, and what was lost on the way there. */
interface Cursor extends Position {
  /** Events of this segment that were passed. */
  passed: number;
  lost: number;
}

export class DiskRoom implements WaitingRoom {
  readonly isDurable = true;
  readonly #folder: string;
  readonly #bytesMax: number;
  readonly #log: Log;
  readonly #lock: FolderLock;
  readonly #positions: PositionFile;
  readonly #timer: NodeJS.Timeout;
  readonly #directory: number;
  /** Oldest first; the last one is written to. */
  #segments: Segment[] = [];
  #cursor: Cursor = { segment: 0, offset: 0, into: 0, passed: 0, lost: 0 };
  /** Where `first` came to. */
  #next: Cursor | undefined;
  #numberLast = 0;
  #bytes = 0;
  #events = 0;
  #lost = 0;
  #replayed = 0;
  #diskBytes = 0;
  #oldestAt: number | undefined;
  #complainedAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  /** Throws `ConfigurationError` where `folder` can't be used, or is used by another process. */
  constructor(folder: string, bytesMax: number, log: Log) {
    this.#folder = folder;
    this.#bytesMax = bytesMax;
    this.#log = log;
    let lock: FolderLock | undefined;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      lock = this.#lock = new FolderLock(folder);
      this.#positions = new PositionFile(join(folder, "position"));
      this.#directory = openSync(folder, "r");
      this.#replay();
    } catch (error) {
      lock?.release();
      if (error instanceof ConfigurationError) throw error;
      throw new ConfigurationError(`MAYDAY_SPOOL_DIR: ${(error as Error).message}`);
    }
    this.#timer = setInterval(() => this.#sync(), syncMs);
    this.#timer.unref();
  }

  get bytes(): number {
    return this.#bytes;
  }

  get events(): number {
    return this.#events;
  }

  get lost(): number {
    return this.#lost;
  }

  get replayed(): number {
    return this.#replayed;
  }

  get oldestAt(): number | undefined {
    if (this.#events === 0) return undefined;
    return (this.#oldestAt ??= this.#read({ ...this.#cursor })?.keptAt);
  }

  roomBytes(): number {
    if (!this.#mayWrite()) return 0;
    return Math.max(this.#bytesMax - this.#diskBytes - headerBytes, 0);
  }

  keep(lines: Uint8Array, events: number, now: number): boolean {
    if (lines.length > this.roomBytes()) return false;
    try {
      if (this.#tail(lines.length).append(lines, events, now)) {
        if (this.#events === 0) this.#oldestAt = now;
        this.#bytes += lines.length;
        this.#events += events;
        this.#diskBytes += headerBytes + lines.length;
        return true;
      }
      this.#complain("the disk takes no more");
    } catch (error) {
      this.#complain((error as Error).message);
    }
    return false;
  }

  first(bytesMax: number): Batch | undefined {
    if (!this.#mayWrite() || this.#events === 0) return undefined;
    try {
      return this.#batch(bytesMax);
    } catch (error) {
      this.#complain((error as Error).message);
      return undefined;
    }
  }

  remove({ body, events }: Batch): void {
    if (this.#next === undefined) return;
    this.#bytes -= body.length;
    this.#events -= events;
    this.#moveTo(this.#next);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#timer);
    if (this.#lock.isHeld && this.#events === 0) for (const segment of this.#segments.splice(0)) segment.delete();
    for (const segment of this.#segments) segment.rest();
    this.#positions.close();
    closeSync(this.#directory);
    this.#lock.release();
  }

  #batch(bytesMax: number): Batch | undefined {
    const cursor = { ...this.#cursor };
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    let events = 0;
    for (let record = this.#read(cursor); record; record = this.#read(cursor)) {
      const rest = record.lines.subarray(cursor.into);
      const isCut = bytes + rest.length > bytesMax;
      if (isCut && bytes > 0) break;
      const piece = isCut ? rest.subarray(0, wholeLines(rest, bytesMax)) : rest;
      const counted = piece.length === record.lines.length ? record.events : countLines(piece);
      pieces.push(piece);
      bytes += piece.length;
      events += counted;
      cursor.passed += counted;
      cursor.into += piece.length;
      if (cursor.into === record.lines.length) {
        cursor.offset += record.bytes;
        cursor.into = 0;
      }
      if (isCut) break;
    }
    this.#next = cursor;
    if (events > 0) return { body: Buffer.concat(pieces), events };
    // All that waits is damaged.
    this.#moveTo(cursor);
    return undefined;
  }

  #mayWrite(): boolean {
    if (this.#isClosed) return false;
    if (!this.#lock.isHeld) this.#complain("another process has taken this spool");
    return this.#lock.isHeld;
  }

  /** The whole record at `cursor`, which moves on over segments that end and over what is damaged. */
  #read(cursor: Cursor): Kept | undefined {
    for (const segment of this.#segments) {
      if (segment.number < cursor.segment) continue;
      if (segment.number > cursor.segment)
        Object.assign(cursor, { segment: segment.number, offset: 0, into: 0, passed: 0 });
      const found = segment.recordFrom(cursor.offset);
      if (found) {
        if (found.offset !== cursor.offset) Object.assign(cursor, { offset: found.offset, into: 0 });
        return found.record;
      }
      cursor.lost += segment.events - cursor.passed;
      Object.assign(cursor, { offset: segment.end, into: 0, passed: segment.events });
    }
    return undefined;
  }

  /** What stands before `cursor` is done with. */
  #moveTo(cursor: Cursor): void {
    this.#events -= cursor.lost;
    this.#lost += cursor.lost;
    if (cursor.lost > 0) this.#log("events on the disk were damaged and are lost", { events: cursor.lost });
    this.#cursor = { ...cursor, lost: 0 };
    this.#next = undefined;
    this.#oldestAt = undefined;
    if (this.#events === 0) this.#bytes = 0;
    this.#writePosition();
    while (this.#segments[0] && this.#isDone(this.#segments[0])) {
      this.#diskBytes -= this.#segments[0].end;
      this.#segments.shift()?.delete();
    }
  }

  /** Where this fails, a restart sends again what was taken, and it is known by its event_id. */
  #writePosition(): void {
    try {
      this.#positions.write(this.#cursor);
    } catch (error) {
      this.#complain((error as Error).message);
    }
  }

  #isDone(segment: Segment): boolean {
    return segment.number < this.#cursor.segment || (this.#events === 0 && segment.end >= emptySegmentBytesMax);
  }

  /** The segment that the next record goes into. */
  #tail(linesBytes: number): Segment {
    const last = this.#segments.at(-1);
    const bytesMax = Math.min(segmentBytesMax, this.#bytesMax / 4);
    if (last && last.number === this.#numberLast && (last.end === 0 || last.end + headerBytes + linesBytes <= bytesMax))
      return last;
    // Numbers only grow: one below the position would count as taken.
    const segment = new Segment(this.#folder, this.#numberLast + 1, true);
    last?.sync();
    this.#numberLast += 1;
    this.#segments.push(segment);
    fsync(this.#directory, () => {});
    return segment;
  }

  #replay(): void {
    const position = this.#positions.read() ?? { segment: 0, offset: 0, into: 0 };
    const numbers = readdirSync(this.#folder).flatMap((name) => numberIn(name) ?? []);
    for (const number of numbers.sort((a, b) => a - b)) {
      const segment = new Segment(this.#folder, number, false);
      if (number < position.segment) segment.delete();
      else this.#take(segment, number === position.segment ? position.offset : 0);
    }
    // What an earlier process wrote is only read, so that it could not disturb this one even if it still lived.
    this.#numberLast = Math.max(position.segment, numbers.at(-1) ?? 0) + 1;
    this.#cursor = { ...position, passed: 0, lost: 0 };
    this.#passInto(position);
    // Now, while there is room on the disk: later it is written in place.
    this.#writePosition();
    this.#replayed = this.#events;
    const facts = { level: "info", spool: this.#folder, events: this.#events };
    if (this.#events > 0) this.#log("events of an earlier run wait in the spool", facts);
  }

  #take(segment: Segment, offset: number): void {
    const { bytes, damagedBytes, tornBytes } = segment.scan(offset);
    const facts = { spool: this.#folder, segment: segment.number };
    if (damagedBytes > 0) this.#log("a part of the spool is damaged and passed over", { ...facts, damagedBytes });
    if (tornBytes > 0) this.#log("an unfinished write was cut off the spool", { level: "warn", ...facts, tornBytes });
    if (segment.events === 0) return segment.delete();
    this.#segments.push(segment);
    this.#events += segment.events;
    this.#bytes += bytes;
    this.#diskBytes += segment.end;
  }

  /** Of the record at the position, the first lines may have been taken. */
  #passInto({ segment, offset, into }: Position): void {
    const [first] = this.#segments;
    const found = first?.number === segment ? first.recordFrom(offset) : undefined;
    if (found?.offset !== offset || into > found.record.lines.length) {
      this.#cursor.into = 0;
      return;
    }
    this.#cursor.passed = countLines(found.record.lines.subarray(0, into));
    this.#events -= this.#cursor.passed;
    this.#bytes -= into;
  }

  #sync(): void {
    for (const segment of this.#segments.slice(-2)) segment.sync();
  }

  /** Once a minute: under load, a full disk would else be told a thousand times a second. */
  #complain(reason: string): void {
    const now = Date.now();
    if (now - this.#complainedAt < logEveryMs) return;
    this.#complainedAt = now;
    this.#log("the spool takes no events", { spool: this.#folder, reason });
  }
}
