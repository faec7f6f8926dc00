/** Lines that wait for their receiver, oldest first, bounded. This one keeps them in memory; `spool/` has one on a disk. */

import type { Environment } from "./environment.ts";
import { ConfigurationError } from "./instance.ts";
import { countLines, wholeLines } from "./lines.ts";

/** Whole lines, as they go out together. */
export interface Batch {
  body: Uint8Array;
  events: number;
}

export interface WaitingRoom {
  /** What waits. */
  readonly bytes: number;
  readonly events: number;
  /** Since when the oldest has been waiting; nothing where the room is empty. */
  readonly oldestAt: number | undefined;
  /** Events that were kept here and can't be read back. */
  readonly lost: number;
  /** Events that waited when this room was opened. */
  readonly replayed: number;
  /** What waits here outlives the process. */
  readonly isDurable: boolean;

  /** How long `lines` may be for `keep` to take them. */
  roomBytes(): number;
  /** Takes a copy of all of `lines` or, answering false, none. */
  keep(lines: Uint8Array, events: number, now: number): boolean;
  /** The oldest lines, at least one and together at most `bytesMax`; they stay until `remove`. Nothing where none waits. */
  first(bytesMax: number): Batch | undefined;
  /** Forgets `batch`, which is what `first` answered last. */
  remove(batch: Batch): void;
  close(): void;
}

const spoolBytesDefault = 256 * 1024 * 1024;
const spoolBytesMin = 1024 * 1024;

/** What may wait in a durable room for each receiver. Throws `ConfigurationError`. */
export function spoolBytesOf(environment: Environment): number {
  const text = environment["MAYDAY_SPOOL_BYTES"];
  if (!text) return spoolBytesDefault;
  const bytes = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (bytes >= spoolBytesMin) return bytes;
  throw new ConfigurationError(`MAYDAY_SPOOL_BYTES must be a whole number of bytes, at least ${spoolBytesMin}`);
}

interface Chunk {
  lines: Uint8Array;
  events: number;
  keptAt: number;
}

export class MemoryRoom implements WaitingRoom {
  readonly lost = 0;
  readonly replayed = 0;
  readonly isDurable = false;
  #chunks: Chunk[] = [];
  #bytes = 0;
  #events = 0;
  readonly #bytesMax: number;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get events(): number {
    return this.#events;
  }

  get oldestAt(): number | undefined {
    return this.#chunks[0]?.keptAt;
  }

  roomBytes(): number {
    return this.#bytesMax - this.#bytes;
  }

  keep(lines: Uint8Array, events: number, now: number): boolean {
    if (lines.length > this.roomBytes()) return false;
    this.#chunks.push({ lines: lines.slice(), events, keptAt: now });
    this.#bytes += lines.length;
    this.#events += events;
    return true;
  }

  first(bytesMax: number): Batch | undefined {
    const [oldest] = this.#chunks;
    if (oldest === undefined) return undefined;
    if (oldest.lines.length > bytesMax) {
      const body = oldest.lines.subarray(0, wholeLines(oldest.lines, bytesMax));
      return { body, events: countLines(body) };
    }
    let chunks = 0;
    let bytes = 0;
    let events = 0;
    for (const chunk of this.#chunks) {
      if (bytes + chunk.lines.length > bytesMax) break;
      chunks += 1;
      bytes += chunk.lines.length;
      events += chunk.events;
    }
    const body = new Uint8Array(bytes);
    let offset = 0;
    for (const chunk of this.#chunks.slice(0, chunks)) {
      body.set(chunk.lines, offset);
      offset += chunk.lines.length;
    }
    return { body, events };
  }

  remove({ body, events }: Batch): void {
    this.#bytes -= body.length;
    this.#events -= events;
    let bytes = body.length;
    let whole = 0;
    for (const chunk of this.#chunks) {
      if (chunk.lines.length > bytes) break;
      bytes -= chunk.lines.length;
      events -= chunk.events;
      whole += 1;
    }
    this.#chunks.splice(0, whole);
    const [cut] = this.#chunks;
    if (bytes === 0 || cut === undefined) return;
    cut.lines = cut.lines.subarray(bytes);
    cut.events -= events;
  }

  close(): void {}
}
