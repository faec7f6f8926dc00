import type { MaydayModule } from "#glue";
import type { State } from "./state.ts";
import type { DropReason, Report } from "./types.ts";

/** In the order of the core's `Drop`. */
export const reasons: DropReason[] = ["rate_limited", "duplicate", "queue_full", "before_send", "sampled"];

/** A request that takes longer is taken to have failed. */
const answerMsMax = 20_000;

/** What browsers give beacons and keepalive requests together is 65,536 bytes. */
const keepaliveBytesMax = 60_000;

/** Timers count in 32 bits. */
const timerMsMax = 2 ** 30;

/** Carries bodies from the module to the endpoint when the module says so. It decides nothing. */
export class Transport {
  #module: MaydayModule;
  #state: State;
  #report: (report: Report) => void;
  #endpoint: URL;
  /** Cross-origin, `text/plain` goes without a preflight. */
  #type: string;
  #timer?: ReturnType<typeof setTimeout>;
  #inFlight?: Promise<boolean>;
  /** An answer that comes after `#leave` gave the same events to a beacon is nobody's. */
  #turn = 0;

  constructor(module: MaydayModule, state: State, report: (report: Report) => void) {
    this.#module = module;
    this.#state = state;
    this.#report = report;
    this.#endpoint = new URL(state.options?.endpoint ?? "/v1/logs", location.href);
    this.#type = this.#endpoint.origin === location.origin ? "application/json" : "text/plain;charset=UTF-8";
    globalThis.document?.addEventListener("visibilitychange", this.#onHidden);
    addEventListener("pagehide", this.#leave);
  }

  /** Something may be waiting. Costs nothing if that is known. */
  poke(isNew: boolean): void {
    if ((isNew || !this.#timer) && !this.#inFlight) this.#wait(0);
  }

  /** Sends all that waits. True if it arrived. */
  async flush(): Promise<boolean> {
    // What is in flight took its place in the order.
    await this.#inFlight;
    for (let body; (body = this.#take(true));) if (!(await (this.#inFlight = this.#send(body)))) break;
    this.#wait(this.#module.wakeMs());
    return this.#module.waiting() === 0;
  }

  close(): void {
    this.#turn++;
    this.#wait(-1);
    globalThis.document?.removeEventListener("visibilitychange", this.#onHidden);
    removeEventListener("pagehide", this.#leave);
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = ms < 0 ? undefined : setTimeout(this.#pump, Math.min(ms, timerMsMax));
  }

  #pump = (): void => {
    this.#timer = undefined;
    if (this.#inFlight) return;
    const body = this.#take(false);
    if (body) (this.#inFlight = this.#send(body)).then(this.#pump, this.#pump);
    else this.#wait(this.#module.wakeMs());
  };

  #take(leaving: boolean): string {
    try {
      return this.#module.take(Date.now(), leaving);
    } catch {
      return ""; // It trapped: this page logs no more, and goes on.
    }
  }

  #post(body: string, keepalive: boolean): Promise<Response> {
    return this.#state.fetch!(this.#endpoint, {
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
    this.#inFlight = undefined;
    this.#settle(body, status, retryAfterMs, answer);
    return status >= 200 && status < 300;
  }

  #onHidden = (): void => {
    if (document.visibilityState === "hidden") this.#leave();
  };

  /** The page may be gone in a moment: hands everything to the browser. */
  #leave = (): void => {
    // Offline a beacon is accepted and lost; what waits may yet go out if the page comes back.
    if (navigator.onLine === false) return;
    // What is in flight goes again: the browser may cancel it with the page, and sent twice it is stored once.
    this.#turn++;
    this.#inFlight = undefined;
    let room = keepaliveBytesMax;
    for (let body: string; (body = this.#take(true));) {
      room -= this.#hand(body, room);
      this.#settle(body, 202, 0);
    }
    // What is folded from here on has its window to wait for, if the page stays.
    this.#wait(this.#module.wakeMs());
  };

  /** Gives one body to the browser, and tells how many of its `room` bytes that took. */
  #hand(body: string, room: number): number {
    const blob = new Blob([body], { type: this.#type });
    if (navigator.sendBeacon?.(this.#endpoint, blob)) return blob.size;
    const plain = (): Promise<unknown> => this.#post(body, false).catch(() => {});
    // Refused with room left, beacons are blocked; without, only a plain request goes.
    if (blob.size > room) return (void plain(), 0);
    this.#post(body, true).catch(plain);
    return blob.size;
  }

  #settle(body: string, status: number, retryAfterMs: number, answer?: any): void {
    this.#module.settle(status, retryAfterMs, Date.now());
    if (!this.#state.options?.onReport) return;
    const { events } = JSON.parse(body);
    const discarded: Partial<Record<DropReason, number>> = {};
    reasons.forEach((reason, index) => (discarded[reason] = this.#module.discarded(index)));
    const accepted = answer?.accepted ?? (status === 202 ? events.length : 0);
    this.#report({
      what: "sent",
      status,
      accepted,
      requestId: answer?.request_id,
      events,
      waiting: this.#module.waiting(),
      discarded,
    });
  }
}
