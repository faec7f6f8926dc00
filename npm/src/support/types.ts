import type { LogEvent } from "../index.ts";

/** One of the user's own requests, as their backend logged it. */
export interface RequestLog {
  timestamp: string;
  requestId: string;
  method: string;
  url: string;
  statusCode: number;
  durationMs: number;
  level: string;
  error?: string;
}

export interface Ticket {
  id: string;
  number: number;
  status: string;
}

/** Every sentence and label of the widget; `{}` stands for a number. */
export interface SupportTexts {
  title: string;
  message: string;
  contact: string;
  attach: string;
  /** What is told where the user's requests can't be had. */
  noLogs: string;
  preview: string;
  page: string;
  /** The session, and a hash of the user's id. */
  session: string;
  errors: string;
  requests: string;
  mute: string;
  send: string;
  later: string;
  close: string;
  done: string;
  failed: string;
  signIn: string;
  busy: string;
  /** Read aloud where it opens by itself and leaves the focus where it is. */
  noticed: string;
  network: string;
  timeout: string;
  server: string;
  permission: string;
  validation: string;
  workflow: string;
  unknown: string;
}

export interface SupportOptions {
  /** What stands before `/support/report` and `/support/logs`. Default: the page's own origin. */
  endpoint?: string;
  /** The user's bearer token. Without it, cookies say who the user is. */
  getAccessToken?: () => string | null | undefined | Promise<string | null | undefined>;
  /**
   * Whether errors open the widget that nobody gave to `trigger`: uncaught ones, and requests that the server failed or did not
   * answer. A function answers the action that an event stands for, or nothing. Default true.
   */
  automatic?: boolean | ((event: LogEvent) => string | null | undefined);
  /** Messages of your own actions, or in place of ours: one for all languages, or one for each. */
  actions?: Record<string, string | Record<string, string>>;
  /** Default: that of `<html lang>`. There is English and French. */
  language?: string;
  texts?: Partial<SupportTexts>;
  /** Told of the ticket that came of a report. */
  onTicket?: (ticket: Ticket) => void;
}

/** An error that was sent, as the user is shown it. */
export interface Evidence {
  event_id: string;
  message: string;
}

/** What the widget needs to know of the page. */
export interface Host {
  options: SupportOptions;
  /** The page's own `fetch`, from before the logger's hook: its own requests are no news. */
  fetch: typeof globalThis.fetch;
  sessionId?: string | undefined;
  userId?: string | undefined;
  evidence: Evidence[];
  mute(muted: boolean): void;
  closed(): void;
}

/** What the widget opens for. */
export interface Opening {
  message: string;
  action: string;
  /** The error, where there was one. */
  event?: LogEvent | undefined;
  /** Nobody asked for it. */
  isAutomatic?: boolean;
}
