/** The sink that is a Cloudflare Queue: lines are accepted when the queue has them. `queue-consumer.ts` takes them out. */

import type { Log } from "../forwarder.ts";
import { piecesOf } from "../lines.ts";
import { reasonOf } from "../post.ts";
import type { Sink, SinkState } from "../sink.ts";

/** A queue's producer binding, as far as it is used. */
export interface Queue {
  sendBatch(messages: { body: Uint8Array; contentType: "bytes" }[]): Promise<unknown>;
}

/** A message may have 128 KB and a batch of them 256 KB, metadata of some 100 bytes each included. */
const messageBytesMax = 120_000;
const messagesPerBatch = 2;

/** A message is the receiver's name in a line of its own, then lines. */
export class QueueSink implements Sink {
  readonly #queue: Queue;
  readonly #receiver: string;
  readonly #log: Log;
  readonly #state: SinkState = { forwarded: 0, pending: 0, stalledMs: 0, refused: 0, replayed: 0 };

  constructor(queue: Queue, receiver: string, log: Log) {
    this.#queue = queue;
    this.#receiver = receiver;
    this.#log = log;
  }

  roomBytes(): number {
    return Number.MAX_SAFE_INTEGER;
  }

  /** Where one of several batches fails, those before it are sent twice when the client retries. */
  async keep(lines: Uint8Array, events: number): Promise<boolean> {
    this.#state.pending += events;
    const isKept = await this.#send(lines);
    this.#state.pending -= events;
    this.#state[isKept ? "forwarded" : "refused"] += events;
    return isKept;
  }

  work(): undefined {}

  /** Forwarded is what the queue has taken; what becomes of it there, the queue's own metrics tell. */
  state(): SinkState {
    return { ...this.#state };
  }

  close(): Promise<number> {
    return Promise.resolve(0);
  }

  async #send(lines: Uint8Array): Promise<boolean> {
    // All is copied before the first wait: the lines are void after it.
    const head = new TextEncoder().encode(`${this.#receiver}\n`);
    const messages = [...piecesOf(lines, messageBytesMax)].map((piece) => {
      const body = new Uint8Array(head.length + piece.length);
      body.set(head);
      body.set(piece, head.length);
      return { body, contentType: "bytes" as const };
    });
    try {
      for (let first = 0; first < messages.length; first += messagesPerBatch)
        await this.#queue.sendBatch(messages.slice(first, first + messagesPerBatch));
      return true;
    } catch (error) {
      this.#log(`${this.#receiver}: the queue takes no events`, { reason: reasonOf(error) });
      return false;
    }
  }
}
