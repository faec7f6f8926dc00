/** The half that comes after the first paint: describes what the hooks saw, and lets the module decide. */
import { componentOf, describe, levelOf } from './describe.ts';
import { loadModule } from './module.ts';
import { sessionOf, hex, deviceOf } from './page.ts';
import type { Client, Kind, State } from './state.ts';
import { createTransport, reasons } from './transport.ts';
import type { LogEvent, Report } from './types.ts';

/** UTF-16 units of one text that are looked at; the core cuts shorter, when it has taken out the secrets. */
const textMax = 4_000;

/** SPEC section 3.2 and 3.3. */
const burst = 10, perSecond = 2, dedupeWindowMs = 30_000, batchWaitMs = 2_000;

/** Loads the module, takes over from the buffer, and captures what is in it. */
export async function connect(state: State): Promise<Client> {
  const options = state.options!;
  const module = await loadModule(() =>
    state.fetch!(options.wasmUrl ?? new URL('./mayday.wasm', import.meta.url), { credentials: 'same-origin' }));
  module.start(hex(64), burst, perSecond, dedupeWindowMs, batchWaitMs, Date.now());

  const report = (what: Report): void => {
    try {
      options.onReport?.(what);
    } catch {
      // A listener's own trouble.
    }
  };
  const transport = createTransport(module, state, report);
  const common: Partial<LogEvent> = {
    service: options.service ?? 'web',
    environment: options.environment ?? (/^(localhost|127\.|\[::1)/.test(location.host) ? 'dev' : 'prod'),
    release: options.release ?? '',
    session_id: options.sessionId ?? sessionOf(),
  };
  let hashed = '', hashedOf = '';
  // A signature crosses to the module as a short name of its own: a storm would spend most of its time on the text.
  const names = new Map<string, string>();
  let named = 0;

  const drop = (index: number, component: string, times = 1): void => {
    for (; times > 0; times--) module.discard(index);
    report({ what: 'dropped', reason: reasons[index], component });
  };

  const build = (kind: Kind, detail: unknown, at: number): LogEvent => {
    if (state.user && state.user !== hashedOf) hashed = module.hashUser((hashedOf = state.user));
    return {
      timestamp: new Date(at).toISOString(),
      level: levelOf(kind, detail),
      component: componentOf(kind, detail),
      route: location.pathname,
      device: deviceOf(),
      user_id: state.user ? hashed : undefined,
      breadcrumbs: state.crumbs.length ? state.crumbs : undefined,
      ...common,
      ...describe(kind, detail),
    };
  };

  const capture = (kind: Kind, signature: string, detail: any, early?: { at: number; count: number }): void => {
    const time = Date.now();
    let name = names.get(signature);
    if (!name) {
      if (names.size > 999) names.clear();
      names.set(signature, (name = `${named++}`));
    }
    if (!early && module.repeats(name, time)) {
      if (options.onReport) report({ what: 'folded', component: componentOf(kind, detail) });
      return transport.poke(false);
    }
    const component = componentOf(kind, detail);
    const { sample = 1 } = options;
    const share = typeof sample === 'number' ? sample : (sample[levelOf(kind, detail)] ?? 1);
    if (share < 1 && Math.random() >= share) return drop(4, component);

    let event: LogEvent | null = build(kind, detail, early?.at ?? time);
    if (event.error?.stack) event.error.stack = event.error.stack.slice(0, options.stackLines ?? 6);
    if (early && early.count > 1) event.count = early.count;
    try {
      // A `beforeSend` that throws may have been there to take something out: then nothing goes.
      if (options.beforeSend) event = options.beforeSend(event);
    } catch {
      event = null;
    }
    if (!event) return drop(3, component);
    // The module makes these two itself; and no text of a page's is longer than what is looked at.
    const { count = 1, event_id: _, ...rest } = event as LogEvent & { event_id?: unknown };
    const json = JSON.stringify(rest, (_, value) => (typeof value === 'string' ? value.slice(0, textMax) : value));
    // Refused is what equals another by the core's own measure, or has nothing to say.
    if (module.record(json, name, count, time)) report({ what: 'queued', event, waiting: module.waiting() });
    else report(event.message ? { what: 'folded', component } : { what: 'dropped', reason: 'invalid', component });
    transport.poke(true);
  };

  for (const [signature, { kind, detail, at, count }] of state.early) capture(kind, signature, detail, { at, count });
  state.early.clear();
  if (state.lost) drop(2, 'mayday', Math.min(state.lost, 100_000));
  state.lost = 0;

  return { capture, flush: transport.flush, close: transport.close };
}
