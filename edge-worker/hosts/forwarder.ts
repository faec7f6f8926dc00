/**
 * The sink that is the origin. Accepted lines wait in memory and go out as NDJSON in batches across requests; a batch
 * leaves the room only when the origin has answered that it is committed. At least once is enough: the origin stores by
 * event_id.
 *
 * One pump works at a time. On a platform where timers and requests belong to the incoming request that made them, a pump
 * can die with its request; a promise made by one request must not be settled by another. So a pump announces until when
 * it will be heard of, any later request takes over from one that is overdue, and nobody ever waits for somebody else.
 */

import { post, type Origin, type Rejected } from "./post.ts";
import type { Sink, SinkState } from "./sink.ts";
import { WaitingRoom, type Batch } from "./waiting-room.ts";

export interface ForwarderOptions {
  origin: Origin;
  roomBytesMax: number;
  /** A batch goes out when this much waits, or when its oldest line has waited `batchWaitMs`. */
  batchBytes: number;
  batchWaitMs: number;
  /** What one POST may hold where more waits: after an outage, fewer and larger. */
  batchBytesMax: number;
  retryFirstMs: number;
  retryMaxMs: number;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  random: () => number;
  log: (message: string, facts: Record<string, unknown>) => void;
}

export const forwarderDefaults = {
  roomBytesMax: 4 * 1024 * 1024,
  batchBytes: 64 * 1024,
  batchWaitMs: 250,
  batchBytesMax: 256 * 1024,
  retryFirstMs: 250,
  retryMaxMs: 15_000,
  now: () => Date.now(),
  sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
  random: () => Math.random(),
  log: (message: string, facts: Record<string, unknown>) =>
    console.error(JSON.stringify({ level: "error", component: "mayday-edge", message, ...facts })),
} satisfies Omit<ForwarderOptions, "origin">;

/** A pump that waits for a batch to fill looks this often whether it has. */
const lookMs = 25;
/** How much later than announced a pump may be before it counts as dead. */
const graceMs = 5_000;
/** While the origin refuses, say so this often. */
const logEveryMs = 60_000;

export class Forwarder implements Sink {
  readonly #options: ForwarderOptions;
  readonly #room: WaitingRoom;
  #forwarded = 0;
  #refused = 0;
  #takenAt = 0;
  #pump = 0;
  #pumpDueAt = 0;
  #failures = 0;
  #loggedAt = Number.NEGATIVE_INFINITY;
  /** Events to be sent one by one, since a body that held them was refused. */
  #suspects = 0;
  #isDraining = false;

  constructor(options: ForwarderOptions) {
    this.#options = options;
    this.#room = new WaitingRoom(options.roomBytesMax);
  }

  roomBytes(): number {
    return this.#room.roomBytes();
  }

  keep(lines: Uint8Array, events: number): boolean {
    return this.#room.keep(lines, events, this.#options.now());
  }

  state(): SinkState {
    const oldestAt = this.#room.oldestAt;
    const stalledMs = oldestAt === undefined ? 0 : this.#options.now() - Math.max(oldestAt, this.#takenAt);
    return {
      forwarded: this.#forwarded,
      pending: this.#room.events,
      stalledMs: Math.max(stalledMs, 0),
      refused: this.#refused,
      replayed: 0,
    };
  }

  work(): Promise<void> | undefined {
    if (this.#room.events === 0 || this.#options.now() < this.#pumpDueAt) return undefined;
    this.#pump += 1;
    this.#announce(0);
    return this.#run(this.#pump);
  }

  /** Sends what waits, without waiting for batches to fill. */
  async close(deadlineMs: number): Promise<number> {
    const deadline = this.#options.now() + deadlineMs;
    this.#isDraining = true;
    while (this.#room.events > 0 && this.#options.now() < deadline) {
      void this.work();
      await this.#options.sleep(lookMs);
    }
    return this.#room.events;
  }

  async #run(pump: number): Promise<void> {
    while (this.#room.events > 0) {
      if (this.#failures === 0) await this.#fill(pump);
      if (pump !== this.#pump) return;
      const batch = this.#room.first(this.#suspects > 0 ? 0 : this.#options.batchBytesMax);
      this.#announce(this.#options.origin.timeoutMs);
      const outcome = await post(this.#options.origin, batch.body);
      // Whoever took over sends this batch again and removes it.
      if (pump !== this.#pump) return;
      if (outcome.kind === "taken") this.#taken(batch, outcome.rejected);
      else if (outcome.kind === "never") this.#never(batch, outcome.reason);
      else await this.#pause(outcome.reason, outcome.retryAfterMs);
      if (pump !== this.#pump) return;
    }
    this.#pumpDueAt = 0;
  }

  async #fill(pump: number): Promise<void> {
    const { batchBytes, batchWaitMs, now, sleep } = this.#options;
    while (pump === this.#pump && !this.#isDraining && this.#suspects === 0 && this.#room.bytes < batchBytes) {
      const wait = (this.#room.oldestAt ?? 0) + batchWaitMs - now();
      if (wait <= 0) return;
      this.#announce(lookMs);
      await sleep(Math.min(wait, lookMs));
    }
  }

  #taken(batch: Batch, rejected: Rejected[]): void {
    this.#room.remove(batch.chunks);
    this.#forwarded += batch.events - rejected.length;
    this.#refused += rejected.length;
    if (rejected.length > 0)
      this.#options.log("the origin refused events; they are dropped", { rejected, ...this.#facts() });
    this.#takenAt = this.#options.now();
    this.#suspects = Math.max(this.#suspects - batch.events, 0);
    if (this.#failures > 0) this.#options.log("the origin takes events again", this.#facts());
    this.#failures = 0;
    this.#loggedAt = Number.NEGATIVE_INFINITY;
  }

  /** One bad event must not take its neighbours along, nor hold up the rest for ever. */
  #never(batch: Batch, reason: string): void {
    if (batch.events > 1) {
      this.#room.split(batch.chunks);
      this.#suspects = batch.events;
      return;
    }
    this.#room.remove(batch.chunks);
    this.#refused += batch.events;
    this.#suspects = Math.max(this.#suspects - batch.events, 0);
    this.#options.log("the origin refused an event; it is dropped", {
      reason,
      event_id: eventIdOf(batch.body),
      ...this.#facts(),
    });
  }

  async #pause(reason: string, retryAfterMs: number): Promise<void> {
    const { retryFirstMs, retryMaxMs, now, sleep, random, log } = this.#options;
    const grown = Math.min(retryFirstMs * 2 ** Math.min(this.#failures, 20), retryMaxMs);
    // Between half and one and a half of the delay, so that many hosts do not come back at once.
    const delay = Math.max(grown * (0.5 + random()), retryAfterMs);
    this.#failures += 1;
    if (now() - this.#loggedAt >= logEveryMs) {
      this.#loggedAt = now();
      log("the origin does not take events; they wait", { reason, ...this.#facts() });
    }
    this.#announce(delay);
    await sleep(delay);
  }

  #announce(ms: number): void {
    this.#pumpDueAt = this.#options.now() + ms + graceMs;
  }

  #facts(): Record<string, number> {
    return { pending: this.#room.events, forwarded: this.#forwarded, refused: this.#refused };
  }
}

function eventIdOf(line: Uint8Array): string {
  try {
    const event = JSON.parse(new TextDecoder().decode(line)) as { event_id?: unknown };
    return String(event.event_id ?? "unknown");
  } catch {
    return "unknown";
  }
}
