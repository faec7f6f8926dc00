/** Lines that wait for the origin, oldest first, in a bounded amount of memory. */

export interface Batch {
  body: Uint8Array;
  events: number;
  /** How many of the room's chunks it is. */
  chunks: number;
}

interface Chunk {
  lines: Uint8Array;
  events: number;
  keptAt: number;
}

export class WaitingRoom {
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

  /** Since when the oldest has been waiting; nothing where the room is empty. */
  get oldestAt(): number | undefined {
    return this.#chunks[0]?.keptAt;
  }

  roomBytes(): number {
    return this.#bytesMax - this.#bytes;
  }

  /** False, and nothing is kept, where `lines` is more than there is room for. */
  keep(lines: Uint8Array, events: number, now: number): boolean {
    if (lines.length > this.roomBytes()) return false;
    this.#chunks.push({ lines: lines.slice(), events, keptAt: now });
    this.#bytes += lines.length;
    this.#events += events;
    return true;
  }

  /** The oldest chunks, at least one and together at most `bytesMax`. They stay here until `remove`. */
  first(bytesMax: number): Batch {
    let chunks = 0;
    let bytes = 0;
    let events = 0;
    for (const chunk of this.#chunks) {
      if (chunks > 0 && bytes + chunk.lines.length > bytesMax) break;
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
    return { body, events, chunks };
  }

  /** Forgets the oldest `chunks`. */
  remove(chunks: number): void {
    for (const chunk of this.#chunks.splice(0, chunks)) {
      this.#bytes -= chunk.lines.length;
      this.#events -= chunk.events;
    }
  }

  /** Cuts the oldest chunks into single lines, so that `first(0)` is one event. */
  split(chunks: number): void {
    const single = this.#chunks
      .splice(0, chunks)
      .flatMap((chunk) => linesOf(chunk.lines).map((lines): Chunk => ({ lines, events: 1, keptAt: chunk.keptAt })));
    this.#chunks.unshift(...single);
  }
}

/** Each line with its line feed. */
function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const feed = bytes.indexOf(0x0a, start);
    const end = feed < 0 ? bytes.length : feed + 1;
    lines.push(bytes.subarray(start, end));
    start = end;
  }
  return lines;
}
