/**
 * Several sinks beside one another. Each must have a line before it counts as accepted, and each hands it on at its own
 * pace from a waiting room of its own, so that one that is down holds up no other. Where one refuses after others have
 * taken it, the client is refused and sends again, and those others get it twice, under one event_id.
 */

import type { Sink, SinkState } from "./sink.ts";

export class SeveralSinks implements Sink {
  readonly #first: Sink;
  readonly #others: Sink[];
  readonly #all: Sink[];
  /** Events that the edge took for accepted until one of the others said no, and that `first` never saw. */
  #refusedLate = 0;

  /** The figures are those of `first`, which is asked last: what it keeps is what was accepted. */
  constructor(first: Sink, others: Sink[]) {
    this.#first = first;
    this.#others = others;
    this.#all = [...others, first];
  }

  roomBytes(): number {
    return Math.min(...this.#all.map((sink) => sink.roomBytes()));
  }

  keep(lines: Uint8Array, events: number): boolean | Promise<boolean> {
    if (lines.length > this.roomBytes()) return false;
    const answers = this.#others.map((sink) => sink.keep(lines, events));
    if (answers.includes(false)) return false;
    if (answers.every((answer) => answer === true)) return this.#first.keep(lines, events);
    return this.#keepLater(answers, lines.slice(), events);
  }

  async #keepLater(answers: (boolean | Promise<boolean>)[], lines: Uint8Array, events: number): Promise<boolean> {
    const isKept = !(await Promise.all(answers)).includes(false);
    const last = isKept && this.#first.keep(lines, events);
    if (last === false) this.#refusedLate += events;
    return last;
  }

  work(): Promise<void> | undefined {
    const works = this.#all.flatMap((sink) => sink.work() ?? []);
    return works.length > 0 ? Promise.all(works).then(() => {}) : undefined;
  }

  /** Forwarded is what every one of them has taken, so what waits for the slowest is what waits. */
  state(): SinkState {
    const { forwarded, pending, refused, replayed } = this.#first.state();
    const others = this.#others.map((sink) => sink.state());
    const slowest = Math.min(Math.max(pending, ...others.map((one) => one.pending)), forwarded + pending);
    const stalledMs = Math.max(this.#first.state().stalledMs, ...others.map((one) => one.stalledMs));
    return {
      forwarded: forwarded + pending - slowest,
      pending: slowest,
      stalledMs,
      refused: refused + this.#refusedLate,
      replayed,
    };
  }

  /** An event that only one of them loses is lost all the same. */
  async close(deadlineMs: number): Promise<number> {
    return Math.max(...(await Promise.all(this.#all.map((sink) => sink.close(deadlineMs)))));
  }
}
