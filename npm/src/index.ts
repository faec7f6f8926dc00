/**
 * All that a page loads before its first paint: the hooks, a small buffer, and the API. What is captured here is described,
 * folded and sent by `client.ts`, which comes after the paint, or with the first thing captured.
 */
import { installHooks, isNew, openPage, signatureOf } from "./hooks.ts";
import type { Capture, Client, State } from "./state.ts";
import type { Breadcrumb, Context, Level, LogEvent, Options } from "./types.ts";

export type * from "./types.ts";

/** Distinct captures that wait for the module. More are counted as dropped. */
const earlyMax = 50;

const state: State = {
  crumbs: [],
  early: new Map(),
  lost: 0,
  isNew,
  remember: addBreadcrumb,
  openPage,
};
let loading: Promise<Client | void> | undefined;

let unhook: (() => void) | undefined;

/** The logger's own trouble is not the page's, nor is a proxy that refuses to say what it is. */
const quietly = (run: () => void): void => {
  try {
    run();
  } catch {
    // Nobody to tell: a report of it could be the next trouble.
  }
};

const capture: Capture = (kind, signature, detail) => {
  // Without `quietly`: a storm would make a closure each time.
  try {
    if (state.client) return state.client.capture(kind, signature, detail);
    const waiting = state.early.get(signature);
    if (waiting) waiting.count++;
    else if (state.early.size < earlyMax) state.early.set(signature, { kind, detail, at: Date.now(), count: 1 });
    else state.lost++;
    if (state.options) load();
  } catch {
    // As there.
  }
};

function load(): Promise<Client | void> {
  return (loading ??= import("./client.js")
    .then((module: typeof import("./client.ts")) => module.connect(state))
    .catch((error: unknown) => {
      state.options?.onReport?.({ what: "failed", error });
      return undefined;
    })
    .catch(() => undefined));
}

/** Starts capturing. Returns at once and costs less than a millisecond; on a server it does nothing. Once is enough. */
export function init(options: Options = {}): void {
  quietly(() => {
    const page = globalThis as typeof globalThis & { importScripts?: unknown };
    if (state.options || (!page.document && !page.importScripts)) return;
    state.options = options;
    state.fetch = page.fetch?.bind(page);
    state.isHooked = true;
    unhook = installHooks(page, capture, state);
    if (state.early.size) load();
    else {
      // After the first paint; in a page that is never painted (a hidden tab, a worker) after a second.
      page.requestAnimationFrame?.(() => setTimeout(load));
      setTimeout(() => state.options === options && load(), 1000);
    }
  });
}

/** Reports an error that you caught. */
export function captureException(error: unknown, context?: Context): void {
  quietly(() => {
    // Thrown on, it would come again by a hook. In which action it was, no hook could know.
    if (isNew("exception", error) || context?.tags?.action)
      capture("exception", signatureOf("exception", error), { error, context });
  });
}

/** Reports a sentence. */
export function captureMessage(message: string, level: Level = "info"): void {
  logEvent({ message, level });
}

/** Reports an event of your own making. */
export function logEvent(event: LogEvent): void {
  quietly(() => {
    const { level = "info", message, component, error } = event;
    capture("event", ["event", level, component, error?.type, error?.stack?.[0], message].join("|"), event);
  });
}

/** Says who the user is, or with no argument that nobody is signed in. Only a SHA-256 of the id ever leaves the page. */
export function setUser(id?: string | number | null): void {
  quietly(() => (state.user = id == null ? "" : String(id)));
}

/** Goes along with every event from now on that does not say otherwise: tags, as a rule. It takes the place of an earlier one. */
export function setContext(context: Context = {}): void {
  quietly(() => (state.context = context));
}

/** Remembers something that may explain the next error. */
export function addBreadcrumb(crumb: Breadcrumb): void {
  quietly(() => {
    state.crumbs.push({ timestamp: new Date().toISOString(), ...crumb });
    if (state.crumbs.length > (state.options?.maxBreadcrumbs ?? 20)) state.crumbs.shift();
  });
}

/** Sends what waits, now. True if it all arrived before `timeoutMs` had passed. */
export async function flush(timeoutMs = 2000): Promise<boolean> {
  if (!state.options) return false;
  if (!loading && !state.early.size) return true;
  const late = new Promise<boolean>((resolve) => setTimeout(resolve, timeoutMs, false));
  return Promise.race([late, load().then((ready) => !!ready && ready.flush())]);
}

/** Gives the page back as it was, at once, and then sends what waits. */
export async function close(timeoutMs = 2000): Promise<boolean> {
  state.isHooked = false;
  unhook?.();
  const sent = await flush(timeoutMs);
  state.client?.close();
  state.client = loading = state.options = undefined;
  return sent;
}
