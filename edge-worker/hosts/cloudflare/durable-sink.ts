/** The sink that is a Durable Object, one for each receiver: lines are accepted when it has stored them. */

import type { Log } from "../forwarder.ts";
import { reasonOf } from "../post.ts";
import type { Sink, SinkState } from "../sink.ts";

/** A Durable Object's binding, as far as it is used. */
export interface DurableNamespace {
  idFromName(name: string): unknown;
  get(id: unknown): { fetch(url: string, init?: RequestInit): Promise<Response> };
}

/** What the object tells of itself. */
export interface DurableState {
  pending: number;
  stalledMs: number;
}

/** While events wait there, it is asked this often how far it has come. */
const askEveryMs = 1_000;

export class DurableSink implements Sink {
  readonly #namespace: DurableNamespace;
  readonly #receiver: string;
  readonly #log: Log;
  #stored = 0;
  #onTheWay = 0;
  #refused = 0;
  #there: DurableState = { pending: 0, stalledMs: 0 };
  #askedAt = 0;

  constructor(namespace: DurableNamespace, receiver: string, log: Log) {
    this.#namespace = namespace;
    this.#receiver = receiver;
    this.#log = log;
  }

  /** It alone knows; where it is full it says so to `keep`. */
  roomBytes(): number {
    return Number.MAX_SAFE_INTEGER;
  }

  async keep(lines: Uint8Array, events: number): Promise<boolean> {
    this.#onTheWay += events;
    const isStored = await this.#ask({ method: "POST", body: lines.slice() });
    this.#onTheWay -= events;
    if (isStored) this.#stored += events;
    else this.#refused += events;
    return isStored;
  }

  work(): Promise<void> | undefined {
    if (this.#there.pending === 0 || Date.now() - this.#askedAt < askEveryMs) return undefined;
    return this.#ask({}).then(() => {});
  }

  /** Of what waits there, at most what came from here is told: other isolates tell of theirs. */
  state(): SinkState {
    const waiting = Math.min(this.#there.pending, this.#stored);
    return {
      forwarded: this.#stored - waiting,
      pending: waiting + this.#onTheWay,
      stalledMs: this.#there.stalledMs,
      refused: this.#refused,
      replayed: 0,
    };
  }

  close(): Promise<number> {
    return Promise.resolve(0);
  }

  async #ask(init: RequestInit): Promise<boolean> {
    this.#askedAt = Date.now();
    try {
      const stub = this.#namespace.get(this.#namespace.idFromName(this.#receiver));
      const response = await stub.fetch(`https://spool.mayday/${this.#receiver}`, init);
      if (response.status === 200 || response.status === 503) this.#there = (await response.json()) as DurableState;
      return response.status === 200;
    } catch (error) {
      this.#log(`${this.#receiver}: the spool can't be reached`, { reason: reasonOf(error) });
      return false;
    }
  }
}
