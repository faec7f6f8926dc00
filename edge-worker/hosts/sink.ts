/** Where accepted events go. A host has one sink; the edge asks it for room, hands lines over and reports its state. */

export interface Sink {
  /** Bytes that can still be kept; unbounded is `Number.MAX_SAFE_INTEGER`. */
  roomBytes(): number;

  /**
   * Takes the lines over, or answers false and need not forward them. A sink that has to ask somebody else, like a queue,
   * answers later; its events are pending meanwhile, and refused after a late false. Never throws nor rejects. The lines
   * are void when this returns: what stays is copied.
   */
  keep(lines: Uint8Array, events: number): boolean | Promise<boolean>;

  /** Work to be done behind the answers. The host keeps the promise alive (`waitUntil`); nothing where there is none. */
  work(): Promise<void> | undefined;

  /** At every moment forwarded + pending + refused is what was replayed and what was given to `keep`, but for a false at once. */
  state(): SinkState;

  /**
   * Before the process ends: hands over what waits, for at most `deadlineMs`, and lets go of files. Resolves to how many
   * events are lost with the process; what waits on a disk is not.
   */
  close(deadlineMs: number): Promise<number>;
}

export interface SinkState {
  /** Events taken by what is behind the sink. */
  forwarded: number;
  /** Events that wait. */
  pending: number;
  /** For how long nothing was taken while events waited. */
  stalledMs: number;
  /** Events that were kept and are gone: what is behind the sink will never take them. */
  refused: number;
  /** Events that waited on the disk when this process started. */
  replayed: number;
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
    return { forwarded: this.#forwarded, pending: 0, stalledMs: 0, refused: 0, replayed: 0 };
  }

  close(): Promise<number> {
    return Promise.resolve(0);
  }
}
