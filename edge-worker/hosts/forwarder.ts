/**
 * The sink for everybody who is far away. Accepted lines wait in a room and go out in batches across requests; a batch
 * leaves the room only when the receiver has answered that it is theirs. At least once is enough: they store by event_id.
 *
 * One pump works at a time. On a platform where timers and requests belong to the incoming request that made them, a pump
 * can die with its request; a promise made by one request must not be settled by another. So a pump announces until when
 * it will be heard of, any later request takes over from one that is overdue, and nobody ever waits for somebody else.
 */

import type { Outcome, Receiver } from "./post.ts";
import type { Sink, SinkState } from "./sink.ts";
import type { Batch, WaitingRoom } from "./waiting-room.ts";

export interface ForwarderOptions {
  receiver: Receiver;
  room: WaitingRoom;
  /** A batch goes out when this much waits, or when its oldest line has waited `batchWaitMs`. */
  batchBytes: number;
  batchWaitMs: number;
  /** What one batch may hold where more waits: after an outage, fewer and larger. */
  batchBytesMax: number;
  retryFirstMs: number;
  retryMaxMs: number;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  random: () => number;
  log: Log;
}

export type Log = (message: string, facts: Record<string, unknown>) => void;

export const logToConsole: Log = (message, facts) =>
  console.error(JSON.stringify({ level: "error", component: "mayday-edge", message, ...facts }));

export const forwarderDefaults = {
  batchBytes: 64 * 1024,
  batchWaitMs: 250,
  batchBytesMax: 256 * 1024,
  retryFirstMs: 250,
  retryMaxMs: 15_000,
  now: () => Date.now(),
  sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
  random: () => Math.random(),
  log: logToConsole,
} satisfies Omit<ForwarderOptions, "receiver" | "room">;

/** A pump that waits for a batch to fill looks this often whether it has. */
const lookMs = 25;
/** How much later than announced a pump may be before it counts as dead. */
const graceMs = 5_000;
/** While the receiver refuses, say so this often. */
const logEveryMs = 60_000;

export class Forwarder implements Sink {
  readonly #options: ForwarderOptions;
  readonly #room: WaitingRoom;
  #forwarded = 0;
  #refused = 0;
  #takenAt: number;
  #pump = 0;
  #pumpDueAt = 0;
  #failures = 0;
  #loggedAt = Number.NEGATIVE_INFINITY;
  /** Events to be sent one by one, since a body that held them was refused. */
  #suspects = 0;
  #isClosing = false;

  constructor(options: ForwarderOptions) {
    this.#options = options;
    this.#room = options.room;
    this.#takenAt = options.now();
  }

  roomBytes(): number {
    return this.#room.roomBytes();
  }

  keep(lines: Uint8Array, events: number): boolean {
    return this.#room.keep(lines, events, this.#options.now());
  }

  state(): SinkState {
    const { oldestAt, events, lost, replayed } = this.#room;
    const stalledMs = oldestAt === undefined ? 0 : this.#options.now() - Math.max(oldestAt, this.#takenAt);
    return {
      forwarded: this.#forwarded,
      pending: events,
      stalledMs: Math.max(stalledMs, 0),
      refused: this.#refused + lost,
      replayed,
    };
  }

  work(): Promise<void> | undefined {
    if (this.#room.events === 0 || this.#options.now() < this.#pumpDueAt) return undefined;
    this.#pump += 1;
    this.#announce(0);
    return this.#run(this.#pump);
  }

  /** Sends what waits, without waiting for batches to fill; what is on a disk waits there while it is not taken. */
  async close(deadlineMs: number): Promise<number> {
    const { now, sleep } = this.#options;
    const deadline = now() + deadlineMs;
    this.#isClosing = true;
    // A pump that sleeps after a refusal need not be waited for: the receiver may be back.
    if (this.#failures > 0) this.#pumpDueAt = 0;
    while (this.#room.events > 0 && now() < deadline && !(this.#room.isDurable && this.#failures > 0)) {
      void this.work();
      await sleep(lookMs);
    }
    // Whatever pump is still on its way finds that it was overtaken.
    this.#pump += 1;
    this.#pumpDueAt = Number.POSITIVE_INFINITY;
    this.#room.close();
    return this.#room.isDurable ? 0 : this.#room.events;
  }

  /**
   * Sends one batch, where it is time to. Resolves to how long to wait before the next step; nothing where no event waits.
   * A pump that was overtaken meanwhile changes nothing: whoever took over sends this batch again and removes it.
   */
  async step(pump = this.#pump): Promise<number | undefined> {
    const wait = this.#fillMs();
    if (wait > 0) return wait;
    const batch = this.#room.first(this.#suspects > 0 ? 0 : this.#options.batchBytesMax);
    if (batch === undefined) return this.#room.events > 0 ? this.#failed("what waits can't be read", 0) : undefined;
    this.#announce(this.#options.receiver.timeoutMs);
    const outcome = await this.#options.receiver.send(batch.body);
    if (pump !== this.#pump) return undefined;
    if (outcome.kind === "later") return this.#failed(outcome.reason, outcome.retryAfterMs);
    if (outcome.kind === "taken") this.#taken(batch, outcome);
    else this.#never(batch, outcome.reason);
    return this.#room.events > 0 ? 0 : undefined;
  }

  async #run(pump: number): Promise<void> {
    for (;;) {
      const wait = await this.step(pump);
      if (pump !== this.#pump) return;
      if (wait === undefined) break;
      if (wait === 0) continue;
      const nap = this.#failures > 0 ? wait : Math.min(wait, lookMs);
      this.#announce(nap);
      await this.#options.sleep(nap);
      if (pump !== this.#pump) return;
    }
    this.#pumpDueAt = 0;
  }

  /** How much longer the next batch may still fill. */
  #fillMs(): number {
    const { batchBytes, batchWaitMs, now } = this.#options;
    if (this.#isClosing || this.#failures > 0 || this.#suspects > 0 || this.#room.bytes >= batchBytes) return 0;
    const { oldestAt } = this.#room;
    // A clock that went back must not make anybody wait longer.
    return oldestAt === undefined ? 0 : Math.min(oldestAt + batchWaitMs - now(), batchWaitMs);
  }

  #taken(batch: Batch, { rejected, why }: Outcome & { kind: "taken" }): void {
    const refused = Math.min(rejected, batch.events);
    this.#room.remove(batch);
    this.#forwarded += batch.events - refused;
    this.#refused += refused;
    if (refused > 0) this.#log("refused events; they are dropped", { rejected: why ?? refused });
    this.#suspects = Math.max(this.#suspects - batch.events, 0);
    this.#answered();
  }

  /** One bad event must not take its neighbours along, nor hold up the rest for ever. */
  #never(batch: Batch, reason: string): void {
    if (batch.events > 1) {
      this.#suspects = batch.events;
      return;
    }
    this.#room.remove(batch);
    this.#refused += batch.events;
    this.#suspects = Math.max(this.#suspects - batch.events, 0);
    this.#log("refused an event; it is dropped", { reason, event_id: eventIdOf(batch.body) });
    this.#answered();
  }

  #answered(): void {
    this.#takenAt = this.#options.now();
    if (this.#failures > 0) this.#log("takes events again", {});
    this.#failures = 0;
    this.#loggedAt = Number.NEGATIVE_INFINITY;
  }

  /** The time until the next try. */
  #failed(reason: string, retryAfterMs: number): number {
    const { retryFirstMs, retryMaxMs, now, random } = this.#options;
    const grown = Math.min(retryFirstMs * 2 ** Math.min(this.#failures, 20), retryMaxMs);
    this.#failures += 1;
    if (now() - this.#loggedAt >= logEveryMs) {
      this.#loggedAt = now();
      this.#log("does not take events; they wait", { reason });
    }
    if (this.#isClosing) return retryFirstMs;
    // Between half and one and a half of the delay, so that many hosts do not come back at once.
    return Math.max(grown * (0.5 + random()), retryAfterMs);
  }

  #announce(ms: number): void {
    this.#pumpDueAt = this.#options.now() + ms + graceMs;
  }

  #log(message: string, facts: Record<string, unknown>): void {
    const { pending, forwarded, refused } = this.state();
    const { name } = this.#options.receiver;
    this.#options.log(`${name} ${message}`, { ...facts, pending, forwarded, refused });
  }
}

export function eventIdOf(line: Uint8Array): string {
  try {
    const event = JSON.parse(new TextDecoder().decode(line)) as { event_id?: unknown };
    return String(event.event_id ?? "unknown");
  } catch {
    return "unknown";
  }
}
