/** How bad it is. In production the edge keeps `error` and `warn`. */
export type Level = "error" | "warn" | "info" | "debug";

/** What happened before an error. */
export interface Breadcrumb {
  message: string;
  /** For example `click`, `navigation`, `cart`. */
  category?: string;
  level?: Level;
  /** RFC 3339; now, where missing. */
  timestamp?: string;
}

/** One log event, as it goes to the edge. Only `message` is yours to give: `init` and the page fill in the rest. */
export interface LogEvent {
  message: string;
  level?: Level;
  timestamp?: string;
  service?: string;
  environment?: string;
  release?: string;
  trace_id?: string;
  request_id?: string;
  session_id?: string;
  user_id?: string;
  component?: string;
  route?: string;
  device?: {
    browser?: string;
    browser_version?: string;
    os?: string;
    mobile?: boolean;
    viewport?: string;
    language?: string;
    connection?: string;
  };
  error?: { type?: string; message?: string; stack?: string[] };
  http?: { method?: string; route?: string; host?: string; status?: number; duration_ms?: number };
  /** Kept under these keys alone: route, route_template, host, method, status, duration_ms, component, pathname. */
  data?: Record<string, string | number | boolean>;
  breadcrumbs?: Breadcrumb[];
  /** At most 16, keys of 32 and values of 128 characters. */
  tags?: Record<string, string>;
  /** How many equal events this one stands for. */
  count?: number;
  /** The user met it in this action, and the support widget opened by itself, or did not. `mayday/support` fills it in. */
  support?: { action?: string; opened?: boolean };
}

/** What you know and the error doesn't. */
export type Context = Partial<Omit<LogEvent, "error" | "http" | "count" | "timestamp">>;

/** Why an event never left the page. */
export type DropReason = "rate_limited" | "duplicate" | "queue_full" | "before_send" | "sampled";

/** What the logger did, one step at a time: for your tests, your debugging, your support page. */
export type Report =
  /** An event was built and waits for its batch. */
  | { what: "queued"; event: LogEvent; waiting: number }
  /** An event equal to one of the last 30 seconds was counted and not built. */
  | { what: "folded"; component: string }
  /** An event never entered the queue, or was made to leave it. */
  | { what: "dropped"; reason: DropReason | "invalid"; component: string }
  /** A batch was answered; `status` is 0 where there was no answer, and 202 for a beacon, which never learns of one. */
  | {
      what: "sent";
      status: number;
      accepted: number;
      requestId?: string;
      events: { event_id: string; message: string; count?: number }[];
      waiting: number;
      discarded: Partial<Record<DropReason, number>>;
    }
  /** The module could not be loaded: this page logs nothing. */
  | { what: "failed"; error: unknown };

/** What `support()` of `mayday/support` gives. */
export interface Support {
  /** Shown each event before it is recorded; `core` decides whether the widget opens for it. */
  look(event: LogEvent, core: { trigger(facts: string, error: string, name: number, now: number): number }): void;
  /** Told of every step. */
  told(report: Report): void;
}

export interface Options {
  /** Where events go. Default `/v1/logs` of the page's own origin: blockers stop third-party beacons. */
  endpoint?: string;
  /** Which of your apps this is. Default `web`. */
  service?: string;
  /** `dev`, `staging`, `prod`. Default `dev` on a loopback address, else `prod`. */
  environment?: string;
  /** Your build's version. Default empty. */
  release?: string;
  /** Default: made for each tab, and kept in its sessionStorage. */
  sessionId?: string;
  /** The share of events that is kept, 0 to 1: of all, by level, or by your own rule. What is left out is counted. Default 1. */
  sample?: number | Partial<Record<Level, number>> | ((event: LogEvent) => number);
  /** The last word on every event: change it, or return null to drop it. */
  beforeSend?: (event: LogEvent) => LogEvent | null;
  /** Stack frames kept of each error, 0 to 50. Default 6. */
  stackLines?: number;
  /** Breadcrumbs kept, 0 to 20. Default 20. */
  maxBreadcrumbs?: number;
  /** Report `console.error`, and remember what else goes to the console. Default false: the console stays untouched. */
  captureConsole?: boolean;
  /** Where your server has `mayday.wasm`, if your bundler does not place it. */
  wasmUrl?: string | URL;
  /** Signs a body: what it answers goes along as `sig`. Note that a secret that a page holds is public. */
  sign?: (body: string) => string;
  /** `support()` of `mayday/support`: an error in an action opens the support widget. */
  support?: Support;
  /** Told of every step. What it throws is ignored. */
  onReport?: (report: Report) => void;
}
