/** Where accepted events go. A host has one sink; the edge asks it for room, hands lines over and reports its state. */

export interface Sink {
  /** Bytes that can still be kept; unbounded is `Number.MAX_SAFE_INTEGER`. */
  roomBytes(): number;

  /** Takes the lines over, or answers false and has taken none of them. They are void afterwards: what stays is copied. */
  keep(lines: Uint8Array, events: number): boolean;

  /** Work to be done behind the answers. The host keeps the promise alive (`waitUntil`); nothing where there is none. */
  work(): Promise<void> | undefined;

  state(): SinkState;
}

export interface SinkState {
  /** Events taken by what is behind the sink. */
  forwarded: number;
  /** Events that wait. */
  pending: number;
  /** For how long nothing was taken while events waited. */
  stalledMs: number;
}

/** Writes each line as it comes: twelve-factor, where the platform collects standard output. */
export class StdoutSink implements Sink {
  #forwarded = 0;
  readonly #write: (lines: Uint8Array) => void;

  constructor(write: (lines: Uint8Array) => void) {
    this.#write = write;
  }

  roomBytes(): number {
    return Number.MAX_SAFE_INTEGER;
  }

  keep(lines: Uint8Array, events: number): boolean {
    this.#write(lines);
    this.#forwarded += events;
    return true;
  }

  work(): undefined {}

  state(): SinkState {
    return { forwarded: this.#forwarded, pending: 0, stalledMs: 0 };
  }
}
