/** The half that comes after the first paint: describes what the hooks saw, and lets the module decide. */
import type { MaydayModule } from "#glue";
import { watch } from "./breadcrumbs.ts";
import { describe } from "./describe.ts";
import { loadModule } from "./module.ts";
import { Spool } from "./spool.ts";
import { deviceOf, hex, sessionOf } from "./page.ts";
import type { Client, Early, Kind, State, Ways } from "./state.ts";
import { reasons, Transport } from "./transport.ts";
import type { LogEvent, Options, Report } from "./types.ts";

/** UTF-16 units of one text that are looked at; the core cuts shorter, when it has taken out the secrets. */
const textMax = 4_000;

/** Signatures that keep their number. */
const namesMax = 1_000;

/** Loads the module, takes over from the buffer, and captures what is in it. */
export async function connect(state: State): Promise<Client | void> {
  const options = state.options!;
  // Before the module, so that it is open when there is something to keep.
  const ways = state.openPage();
  const spool = new Spool(ways, (count) => recorder.drop(2, "mayday", count));
  const module = await loadModule(() =>
    state.fetch!(options.wasmUrl ?? new URL("./mayday.wasm", import.meta.url), { credentials: "same-origin" }),
  );
  if (state.options !== options) {
    // Closed meanwhile, and maybe begun anew.
    ways.leave();
    return spool.close();
  }
  module.start(hex(64), Date.now());

  const recorder = new Recorder(state, options, module, spool, ways);
  for (const [signature, early] of state.early) recorder.capture(early.kind, signature, early.detail, early);
  state.early.clear();
  if (state.lost) recorder.drop(2, "mayday", state.lost);
  state.lost = 0;
  // Not when the caller hears of it: what is captured between the two would be seen by nobody.
  return (state.client = recorder);
}

class Recorder implements Client {
  #state: State;
  #options: Options;
  #module: MaydayModule;
  #transport: Transport;
  #common: Partial<LogEvent>;
  /** A signature crosses to the module as a number of its own: a storm would spend most of its time on the text. */
  #names = new Map<string, number>();
  #named = 0;
  #user = "";
  #userHash = "";
  #leave: () => void;

  constructor(state: State, options: Options, module: MaydayModule, spool: Spool, ways: Ways) {
    this.#leave = ways.leave;
    this.#state = state;
    this.#options = options;
    this.#module = module;
    this.#transport = new Transport(module, state, spool, ways, (report) => this.#report(report));
    this.#common = {
      service: options.service ?? "web",
      environment: options.environment ?? (/^(localhost|127\.|\[::1)/.test(location.host) ? "dev" : "prod"),
      release: options.release ?? "",
      session_id: options.sessionId ?? sessionOf(),
    };
    watch(state, ways, (kind, signature, detail: any) => {
      if (state.isNew(kind, detail.error)) this.capture(kind, signature, detail);
    });
  }

  capture(kind: Kind, signature: string, detail: any, early?: Early): void {
    const now = Date.now();
    const name = this.#nameOf(signature);
    if (!early && this.#module.repeats(name, now)) {
      // A storm pays for what it is told alone.
      if (this.#options.onReport) this.#report({ what: "folded", component: describe(kind, detail).component! });
      return this.#transport.poke(false);
    }
    let event: LogEvent | null = this.#build(kind, detail, early?.at ?? now);
    const component = event.component!;
    if (this.#isSampledOut(event)) return this.drop(4, component);
    if (early) event.count = early.count * (event.count ?? 1);
    try {
      if (this.#options.beforeSend) event = this.#options.beforeSend(event);
    } catch {
      event = null; // It may have been there to take something out: then nothing goes.
    }
    if (!event) return this.drop(3, component);
    this.#options.support?.look(event, this.#module);
    // The module makes these two itself.
    const { count = 1, event_id: _, ...rest } = event as LogEvent & { event_id?: unknown };
    // Refused is what repeats another, and what is too large.
    if (this.#module.record(toJson(rest), name, count >= 1 ? count : 1, now))
      this.#report({ what: "queued", event, waiting: this.#transport.waiting });
    else
      this.#report(event.message ? { what: "folded", component } : { what: "dropped", reason: "invalid", component });
    this.#transport.poke(true);
  }

  /** Counts what the page itself dropped; `reason` is an index into `reasons`. */
  drop(reason: number, component: string, times = 1): void {
    this.#module.discard(reason, times);
    this.#report({ what: "dropped", reason: reasons[reason]!, component });
  }

  flush(): Promise<boolean> {
    return this.#transport.flush();
  }

  close(): void {
    this.#leave();
    this.#transport.close();
  }

  #build(kind: Kind, detail: any, at: number): LogEvent {
    const { user, crumbs, context } = this.#state;
    if (user && user !== this.#user) this.#userHash = this.#module.hashUser((this.#user = user));
    const described = describe(kind, detail);
    const { error } = described;
    if (error?.stack) {
      const lines = Array.isArray(error.stack) ? error.stack : String(error.stack).split("\n");
      described.error = { ...error, stack: lines.slice(0, this.#options.stackLines ?? 6) };
    }
    return {
      timestamp: new Date(at).toISOString(),
      route: location.pathname,
      device: deviceOf(),
      user_id: user ? this.#userHash : undefined,
      breadcrumbs: crumbs.length ? crumbs : undefined,
      ...this.#common,
      ...context,
      ...described,
      tags: context?.tags || described.tags ? { ...context?.tags, ...described.tags } : undefined,
      level: described.level ?? "error",
    };
  }

  #nameOf(signature: string): number {
    let name = this.#names.get(signature);
    if (!name) {
      if (this.#names.size === namesMax) this.#names.clear();
      this.#names.set(signature, (name = ++this.#named));
    }
    return name;
  }

  #isSampledOut(event: LogEvent): boolean {
    const { sample = 1 } = this.#options;
    try {
      const share =
        typeof sample === "function" ? sample(event) : typeof sample === "number" ? sample : sample[event.level!];
      return share! < 1 && Math.random() >= share!;
    } catch {
      return false; // A rule that fails leaves nothing out.
    }
  }

  #report(report: Report): void {
    this.#options.support?.told(report);
    try {
      this.#options.onReport?.(report);
    } catch {
      // A listener's own trouble.
    }
  }
}

/** No text of a page's is longer than what is looked at. */
function toJson(event: unknown): string {
  return JSON.stringify(event, (_, value) => (typeof value === "string" ? value.slice(0, textMax) : value));
}
