import type { MaydayModule } from '#glue';
import type { State } from './state.ts';
import type { DropReason, Report } from './types.ts';

/** In the order of the core's `Drop`. */
export const reasons: DropReason[] = ['rate_limited', 'duplicate', 'queue_full', 'before_send', 'sampled'];

/** A request that takes longer is taken to have failed. */
const answerMsMax = 20_000;

/** What browsers give beacons and keepalive requests together is 65,536 bytes. */
const keepaliveBytesMax = 60_000;

export interface Transport {
  /** Something may be waiting. Costs nothing if that is known. */
  poke(isNew: boolean): void;
  /** Sends all that waits. True if it arrived. */
  flush(): Promise<boolean>;
  /** The page may be gone in a moment: hands everything to the browser. */
  leave(): void;
  close(): void;
}

/** Carries bodies from the module to the endpoint when the module says so. It decides nothing. */
export function createTransport(module: MaydayModule, state: State, report: (report: Report) => void): Transport {
  const endpoint = new URL(state.options?.endpoint ?? '/v1/logs', location.href);
  // Cross-origin, `text/plain` goes without a preflight.
  const type = endpoint.origin === location.origin ? 'application/json' : 'text/plain;charset=UTF-8';
  const now = Date.now;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let inFlight: Promise<boolean> | undefined;
  let turn = 0;

  const wait = (ms: number): void => {
    clearTimeout(timer);
    timer = ms < 0 ? undefined : setTimeout(pump, Math.min(ms, 2 ** 30));
  };

  const settle = (body: string, status: number, retryAfterMs: number, answer?: any): void => {
    module.settle(status, retryAfterMs, now());
    if (!state.options?.onReport) return;
    const { events } = JSON.parse(body);
    const discarded: Partial<Record<DropReason, number>> = {};
    reasons.forEach((reason, index) => (discarded[reason] = module.discarded(index)));
    const accepted = answer?.accepted ?? (status === 202 ? events.length : 0);
    report({ what: 'sent', status, accepted, requestId: answer?.request_id, events, waiting: module.waiting(), discarded });
  };

  const post = (body: string, keepalive: boolean): Promise<Response> =>
    state.fetch!(endpoint, {
      method: 'POST', body, keepalive, credentials: 'include', headers: { 'content-type': type },
      signal: AbortSignal.timeout?.(answerMsMax),
    });

  /** True if it was taken. An answer that comes after `leave` gave the same events to a beacon is nobody's. */
  const send = async (body: string): Promise<boolean> => {
    const mine = turn;
    let status = 0, retryAfterMs = 0, answer: unknown;
    try {
      const response = await post(body, false);
      status = response.status;
      const after = response.headers.get('retry-after');
      if (after) retryAfterMs = Math.max(0, +after ? +after * 1000 : Date.parse(after) - now()) || 0;
      answer = await response.json();
    } catch {
      // No answer, or one that is not JSON: the status says all.
    }
    if (mine !== turn) return true;
    inFlight = undefined;
    settle(body, status, retryAfterMs, answer);
    return status >= 200 && status < 300;
  };

  const pump = (): void => {
    timer = undefined;
    if (inFlight || !state.fetch) return;
    const body = module.take(now(), false);
    if (body) (inFlight = send(body)).then(pump, pump);
    else wait(module.wakeMs());
  };

  const flush = async (): Promise<boolean> => {
    // What is in flight took its place in the order.
    if (inFlight) await inFlight;
    for (let body; (body = module.take(now(), true)); ) if (!(await (inFlight = send(body)))) break;
    wait(module.wakeMs());
    return module.waiting() === 0;
  };

  const leave = (): void => {
    // Offline a beacon is accepted and lost; what waits may yet go out if the page comes back.
    if (navigator.onLine === false) return;
    // What is in flight goes again: the browser may cancel it with the page, and sent twice it is stored once.
    turn++;
    inFlight = undefined;
    let room = keepaliveBytesMax;
    for (let body: string; (body = module.take(now(), true)); ) {
      const bytes = new Blob([body], { type });
      if (navigator.sendBeacon?.(endpoint, bytes)) room -= bytes.size;
      // Refused with room left, beacons are blocked; without, only a plain request goes.
      else if (bytes.size <= room) (room -= bytes.size), post(body, true).catch(() => post(body, false)).catch(() => {});
      else post(body, false).catch(() => {});
      settle(body, 202, 0);
    }
  };

  const onHidden = (): void => {
    if (document.visibilityState === 'hidden') leave();
  };
  globalThis.document?.addEventListener('visibilitychange', onHidden);
  addEventListener('pagehide', leave);

  return {
    poke: (isNew) => (isNew || !timer) && !inFlight && wait(0),
    flush,
    leave,
    close() {
      turn++;
      wait(-1);
      globalThis.document?.removeEventListener('visibilitychange', onHidden);
      removeEventListener('pagehide', leave);
    },
  };
}
