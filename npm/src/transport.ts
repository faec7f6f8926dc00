import type { MaydayModule } from "#glue";
import type { Spool, Spooled } from "./spool.ts";
import type { State, Ways } from "./state.ts";
import type { DropReason, Report } from "./types.ts";

/** In the order of the core's `Drop`. */
export const reasons: DropReason[] = ["rate_limited", "duplicate", "queue_full", "before_send", "sampled"];

/** A request that takes longer is taken to have failed. */
const answerMsMax = 20_000;

/** What browsers give beacons and keepalive requests together is 65,536 bytes. */
const keepaliveBytesMax = 60_000;

/** Timers count in 32 bits. */
const timerMsMax = 2 ** 30;

/** Events taken from the spool at once. The module's queue holds twice as many. */
const claimedMax = 50;

/** Other tabs wait no longer than this for a server that asked for rest; the core believes no more either. */
const restMsMax = 3600_000;

/** Carries bodies from the module to the endpoint when the module says so, and what can't go to the spool and back. */
export class Transport {
  #module: MaydayModule;
  #state: State;
  #spool: Spool;
  #report: (report: Report) => void;
  #endpoint: URL;
  /** Cross-origin, `text/plain` goes without a preflight. */
  #type: string;
  #timer?: ReturnType<typeof setTimeout>;
  #inFlight?: Promise<unknown>;
  /** Something came while one was: what the module then said is not its last word. */
  #isPoked = false;
  /** An answer that comes after `#leave` gave the same events to a beacon is nobody's. */
  #turn = 0;
  /** The last answer was one: a beacon, which learns of none, will probably be taken too. */
  #isHeard = false;
  /** Events of the module's queue that are in the spool also. */
  #claimed = new Set<string>();

  constructor(module: MaydayModule, state: State, spool: Spool, { listen }: Ways, report: (report: Report) => void) {
    this.#module = module;
    this.#state = state;
    this.#spool = spool;
    this.#report = report;
    this.#endpoint = new URL(state.options?.endpoint ?? "/v1/logs", location.href);
    this.#type = this.#endpoint.origin === location.origin ? "application/json" : "text/plain;charset=UTF-8";
    listen("visibilitychange", () => document.visibilityState === "hidden" && this.#leave());
    listen("pagehide", () => this.#leave());
    listen("pageshow", () => this.poke(true));
    listen("online", () => {
      module.reconnect();
      this.poke(true);
    });
    // What an earlier page left.
    spool.onParcel = () => this.poke(true);
    this.poke(true);
  }

  /** Events that wait, here or in the spool. */
  get waiting(): number {
    return this.#module.waiting() + Math.max(0, this.#spool.size - this.#claimed.size);
  }

  /** Something may be waiting. Costs nothing if that is known. */
  poke(isNew: boolean): void {
    if (this.#inFlight) this.#isPoked = true;
    else if (isNew || !this.#timer) this.#wait(0);
  }

  /** Sends all that waits. True if it arrived. */
  async flush(): Promise<boolean> {
    // What is in flight took its place in the order.
    await this.#inFlight;
    for (let body; (body = this.#take(true) || ((await this.#fly(this.#restore())) && this.#take(true)));)
      if (!(await this.#fly(this.#send(body)))) break;
    this.#sleep();
    return this.waiting === 0;
  }

  /** What has not arrived stays in the spool, for the next page. */
  close(): void {
    this.#turn++;
    this.#wait(-1);
    for (let body; (body = this.#take(true)); this.#module.settle(0, 0, Date.now(), true))
      this.#spool.leave(eventsOf(body));
    this.#spool.close();
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = ms < 0 || ms === Infinity ? undefined : setTimeout(this.#pump, Math.min(ms, timerMsMax));
  }

  #pump = async (): Promise<void> => {
    this.#timer = undefined;
    if (this.#inFlight) return;
    this.#isPoked = false;
    try {
      const body = this.#take(false);
      await this.#fly(body ? this.#send(body) : this.#restore()).then((isMore) =>
        body || isMore ? this.#pump() : this.#sleep(),
      );
    } catch {
      // It trapped, as above.
    }
  };

  /** Until the module or the spool has something that may go. */
  #sleep(): void {
    const wake = this.#isPoked ? 0 : this.#module.wakeMs();
    if (!this.#timer) this.#wait(Math.min(wake < 0 ? Infinity : wake, this.#spoolWaitMs() || 1));
  }

  /** Milliseconds until something may come back from the spool. */
  #spoolWaitMs(): number {
    const now = Date.now();
    const isFull = this.#module.waiting() >= claimedMax;
    // What a page that was left took from the spool now would be the next page's to wait for.
    const { isGone, isUnseen, size } = this.#spool;
    if (isGone || isFull || !(isUnseen || size > this.#claimed.size) || this.#module.resting(now)) return Infinity;
    return Math.max(0, this.#spool.nextAt - now);
  }

  /** One thing at a time is under way. */
  #fly<T>(under: Promise<T>): Promise<T> {
    const turn = this.#turn;
    this.#inFlight = under;
    return under.finally(() => {
      if (turn === this.#turn) this.#inFlight = undefined;
    });
  }

  /** Brings events back from the spool, if they may go. True if there were any. */
  async #restore(): Promise<boolean> {
    if (this.#spoolWaitMs()) return false;
    const events = await this.#spool.claim(claimedMax - this.#module.waiting(), this.#claimed);
    for (const { event_id } of events) this.#claimed.add(event_id);
    this.#return(events);
    return events.length > 0;
  }

  #take(leaving: boolean): string {
    try {
      const now = new Date();
      return this.#module.take(+now, leaving, now.toISOString());
    } catch {
      return ""; // It trapped: this page logs no more, and goes on.
    }
  }

  /** A beacon can't have a header: so no signature is one, and there is no preflight for it either. */
  #addressFor(body: string): URL {
    const { sign } = this.#state.options ?? {};
    if (sign) this.#endpoint.searchParams.set("sig", sign(body));
    return this.#endpoint;
  }

  #post(body: string, keepalive: boolean): Promise<Response> {
    return this.#state.fetch!(this.#addressFor(body), {
      method: "POST",
      body,
      keepalive,
      credentials: "include",
      headers: { "content-type": this.#type },
      signal: AbortSignal.timeout?.(answerMsMax),
    });
  }

  /** True if it was taken. */
  async #send(body: string): Promise<boolean> {
    const turn = this.#turn;
    let status = 0,
      retryAfterMs = 0,
      answer: unknown;
    try {
      const response = await this.#post(body, false);
      status = response.status;
      const after = response.headers.get("retry-after");
      if (after) retryAfterMs = Math.max(0, +after ? +after * 1000 : Date.parse(after) - Date.now()) || 0;
      answer = await response.json();
    } catch {
      // No answer, or one that is not JSON: the status says all.
    }
    if (turn !== this.#turn) return true;
    await this.#settle(body, status, retryAfterMs, answer);
    return status >= 200 && status < 300;
  }

  /** The page may be gone in a moment: hands everything to the browser. */
  #leave(): void {
    // No answer may be the page's own end, which cancels its requests: that is no reason to rest.
    this.#module.reconnect();
    // Offline a beacon is accepted and lost, and a server that asked for rest is given it.
    const isVain = navigator.onLine === false || this.#module.resting(Date.now());
    const isTrusted = this.#isHeard && !this.#inFlight;
    // What is in flight goes again: the browser may cancel it with the page, and sent twice it is stored once.
    this.#turn++;
    this.#inFlight = undefined;
    let room = keepaliveBytesMax;
    const kept: Spooled[] = [];
    for (let body; (body = this.#take(true));) {
      const events = eventsOf(body);
      const sent = isVain ? 0 : this.#hand(body, events, room);
      room -= sent;
      // A beacon after which nothing was heard may be lost, and a plain request ends with the page: the next page sends it.
      if (sent && isTrusted) this.#forget(events);
      else kept.push(...this.#unclaim(events));
      this.#module.settle(isVain ? 0 : 202, 0, Date.now(), true);
      this.#tell(events, isVain ? 0 : 202);
    }
    // Where nothing can be kept, what waits may yet go out if the page comes back.
    void Promise.resolve(this.#spool.leave(kept)).then((isKept) => isKept || (isVain && this.#return(kept)));
    // What is folded from here on has its window to wait for, if the page stays.
    this.#wait(this.#module.wakeMs());
  }

  /** Gives one body to the browser, and tells how many of its `room` bytes that took for sure. */
  #hand(body: string, events: Spooled[], room: number): number {
    const blob = new Blob([body], { type: this.#type });
    if (navigator.sendBeacon?.(this.#addressFor(body), blob)) return blob.size;
    // Refused with room left, beacons are blocked; without, only a plain request goes.
    const plain = (): Promise<Response> => this.#post(body, false);
    (blob.size > room ? plain() : this.#post(body, true).catch(plain)).then(
      ({ ok }) => ok && this.#spool.remove(events),
      () => {},
    );
    return 0;
  }

  async #settle(body: string, status: number, retryAfterMs: number, answer?: any): Promise<void> {
    const now = Date.now();
    const events = eventsOf(body);
    const { isOpen } = this.#spool;
    this.#isHeard = this.#module.settle(status, retryAfterMs, now, isOpen);
    if (this.#isHeard) this.#forget(events);
    // Where there was no answer, another tab may find one.
    else if (isOpen) {
      const until = status && now + Math.min(retryAfterMs || 1000, restMsMax);
      if (await this.#spool.put(events, until)) this.#unclaim(events);
      else this.#return(events);
    }
    this.#tell(events, status, answer);
  }

  /** To the module's queue. */
  #return(events: Spooled[]): void {
    for (const event of events) this.#module.restore(JSON.stringify(event), event.count ?? 1, Date.now());
  }

  #forget(events: Spooled[]): void {
    const claimed = events.filter(({ event_id }) => this.#claimed.delete(event_id));
    if (claimed.length) this.#spool.remove(claimed);
  }

  #unclaim(events: Spooled[]): Spooled[] {
    for (const { event_id } of events) this.#claimed.delete(event_id);
    return events;
  }

  #tell(events: Spooled[], status: number, answer?: any): void {
    const discarded: Partial<Record<DropReason, number>> = {};
    reasons.forEach((reason, index) => (discarded[reason] = this.#module.discarded(index)));
    this.#report({
      what: "sent",
      status,
      accepted: answer?.accepted ?? (status === 202 ? events.length : 0),
      requestId: answer?.request_id,
      events,
      waiting: this.waiting,
      discarded,
    });
  }
}

const eventsOf = (body: string): Spooled[] => JSON.parse(body).events;
