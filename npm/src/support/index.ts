/**
 * The support widget: `init({ support: support() })` lets an error in an action open it, and `trigger`, `open` and `openWithPrefill`
 * are there by hand. Importing this does nothing; the widget itself comes when it is first needed.
 */

import { captureException, type Context, type LogEvent, type Report, type Support } from "../index.ts";
import type { Evidence, Opening, SupportOptions } from "./types.ts";
import type { MaydaySupport } from "./widget.ts";

export type { RequestLog, SupportOptions, SupportTexts, Ticket } from "./types.ts";

/** Errors that go along with a report. */
const evidenceMax = 5;

/** Openings that a page tells the core of; it remembers no more. */
const openingsMax = 32;

/** As the wire has it. */
const actionMax = 64;

/** The user's choice, for good, and what this session has opened for. */
const mutedKey = "mayday.support.muted";
const openedKey = "mayday.support.opened";

type Core = Parameters<Support["look"]>[1];

/** There is one widget in a page, and so there is one state of it. */
let options: SupportOptions = {};
let nativeFetch: typeof fetch | undefined;
let module: Core | undefined;
let last: LogEvent | undefined;
let evidence: Evidence[] = [];
let element: MaydaySupport | undefined;
let opening: Opening | undefined;
const listeners = new Set<() => void>();

/** Storage may be denied, or full, or hold anything. */
function stored<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** Given to `init`: `init({ support: support({ endpoint: "https://api.example.com" }) })`. */
export function support(given: SupportOptions = {}): Support {
  options = given;
  nativeFetch = globalThis.fetch?.bind(globalThis);
  return { look, told };
}

/** The logger shows an event that it is about to record. The core decides; this knows the page. */
const look: Support["look"] = (event, core) => {
  last = event;
  try {
    const action = event.level === "error" && globalThis.document && actionOf(event);
    if (action) judge(event, String(action).slice(0, actionMax), core);
  } catch {
    // A page can put anything into an event, and a team's function can fail: the event goes all the same.
  }
};

function judge(event: LogEvent, action: string, core: Core): void {
  const { error, http, tags, message } = event;
  if (module !== core) stored(() => openings().forEach(([name, at]) => core.trigger("", "", name, at)));
  module = core;
  const facts = [error?.type, tags?.["error.code"], tags?.["error.status"], http?.status];
  const isMuted = stored(() => localStorage[mutedKey]);
  facts.push(tags?.["noise"] && "noise", opening && "open", isMuted && "muted");
  const now = Date.now();
  const name = core.trigger(facts.join(" "), [action, error?.type, message].join("|"), 0, now);
  event.support = { action, opened: !!name };
  if (name) {
    stored(() => (sessionStorage[openedKey] = JSON.stringify([...openings(), [name, now]].slice(-openingsMax))));
    void show({ message: "", action, event, isAutomatic: true });
  } else if (tags?.["action"] && opening && isVague(opening))
    // What the page says of it is better than what the logger guessed a moment ago.
    void show({ ...opening, message: "", action, event });
}

/** What this session has opened for, and when. */
const openings = (): [name: number, at: number][] => JSON.parse(sessionStorage[openedKey] ?? "[]");

/** The logger tells what became of events. */
const told = (report: Report): void => {
  if (report.what !== "sent") return;
  const errors = (report.events as (Evidence & LogEvent)[]).filter(({ level }) => level === "error");
  const known = new Set(errors.map(({ event_id }) => event_id));
  evidence = [...evidence.filter(({ event_id }) => !known.has(event_id)), ...errors].slice(-evidenceMax);
  element?.refresh(evidence);
};

function actionOf(event: LogEvent): string | null | undefined {
  const { tags, component, error } = event;
  const { automatic = true } = options;
  if (tags?.["action"]) return tags["action"];
  if (typeof automatic === "function") return automatic(event);
  if (!automatic) return undefined;
  if (component === "WebSocket") return "websocket_connect";
  if (component === "window.onerror" || component === "unhandledrejection") return "generic_unexpected_error";
  if (component !== "fetch" && component !== "XMLHttpRequest") return undefined;
  return `generic_${error?.type === "TimeoutError" ? "timeout" : error?.type === "HttpError" ? "server_error" : "network_error"}`;
}

/** The logger guessed, and the user has not begun to write. */
const isVague = ({ action, message, event }: Opening): boolean =>
  !event?.tags?.["action"] && /^generic_|^websocket_connect$/.test(action) && element?.message === message;

const mute = (muted: boolean): unknown =>
  stored(() => (muted ? (localStorage[mutedKey] = "1") : localStorage.removeItem(mutedKey)));

async function show(wanted: Opening): Promise<void> {
  if (!globalThis.document) return;
  opening = wanted;
  try {
    const widget = await import("./widget.js");
    // Closed meanwhile, or wanted for something else.
    if (opening !== wanted) return;
    wanted.message ||= wanted.action && widget.prefillOf(options, wanted.action);
    if (!element) {
      if (!customElements.get("mayday-support")) customElements.define("mayday-support", widget.MaydaySupport);
      // One that the page has itself, where it wants it, or ours.
      element = (document.querySelector("mayday-support") ?? document.createElement("mayday-support")) as MaydaySupport;
    }
    if (!element.isConnected) document.body.append(element);
    const sessionId = last?.session_id ?? stored(() => sessionStorage["mayday.session"] as string);
    element.show(
      {
        options,
        fetch: nativeFetch ?? fetch.bind(globalThis),
        sessionId,
        userId: last?.user_id,
        evidence,
        mute,
        closed,
      },
      wanted,
    );
    changed();
  } catch (error) {
    closed();
    captureException(error, { component: "mayday-support" });
  }
}

/** What is known of the widget. */
export interface SupportState {
  isOpen: boolean;
  /** What the user found in the form. */
  prefillMessage: string;
  /** What they were doing, for example `poll_launch`. */
  prefillActionType: string;
}

const stateOf = (): SupportState => ({
  isOpen: !!opening,
  prefillMessage: opening?.message ?? "",
  prefillActionType: opening?.action ?? "",
});
let state = stateOf();

function changed(): void {
  Object.assign(widget, (state = stateOf()));
  for (const listen of listeners) listen();
}

function closed(): void {
  opening = undefined;
  changed();
}

export interface SupportWidget extends SupportState {
  /** Opens an empty form. */
  open(): void;
  /** Opens it with a message, or with that of an action, or both. */
  openWithPrefill(message?: string, actionType?: string): void;
  close(): void;
}

export const openWithPrefill = (message = "", action = ""): void => void show({ message, action });
export const open = (): void => openWithPrefill();
export const close = (): void => {
  closed();
  element?.close();
};

const widget: SupportWidget = { ...state, open, openWithPrefill, close };

/** The widget without a framework: one object, and its state is up to date whenever it is read. */
export const useSupportWidget = (): Readonly<SupportWidget> => widget;

/** Calls `listen` when the state has changed, until the function that it answers is called. */
export function subscribe(listen: () => void): () => void {
  listeners.add(listen);
  return () => void listeners.delete(listen);
}

/** The same object, until something has changed. */
export const getState = (): SupportState => state;

export interface TriggerContext extends Context {
  /** What the user was doing: `poll_launch`, or one of your own. */
  action: string;
}

/**
 * Reports an error that an action met, and opens the widget with the action's message: at most once a minute, never twice for the
 * same error in a session, and not for what was cancelled or is an expected validation error.
 */
export function trigger(error: unknown, { action, tags, ...context }: TriggerContext): void {
  const { code, status, response } = Object(error) as Record<string, any>;
  const known = { "error.code": code, "error.status": status ?? response?.status };
  const told = Object.entries(known).filter(([, value]) => value != null);
  captureException(error, {
    component: action,
    ...context,
    tags: { ...tags, ...Object.fromEntries(told.map(([key, value]) => [key, String(value)])), action },
  });
}

export interface SupportTrigger {
  trigger(error: unknown, context?: Partial<TriggerContext>): void;
}

/** `trigger` of one action or page; `context` goes along with all of it. */
export function useSupportTrigger(context: Partial<TriggerContext> = {}): SupportTrigger {
  return { trigger: (error, more) => trigger(error, { action: "generic_unexpected_error", ...context, ...more }) };
}
