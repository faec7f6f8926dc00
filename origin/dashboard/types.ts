/** What the origin's routes answer. Every text in an event was typed or thrown in somebody's browser: never markup. */
export type Level = "error" | "warn" | "info" | "debug";

export const levels: readonly Level[] = ["error", "warn", "info", "debug"];

export interface Breadcrumb {
  timestamp?: string;
  category?: string;
  message?: string;
  level?: string;
}

export interface LogEvent {
  event_id: string;
  timestamp: string;
  received_at?: string;
  level: Level;
  service: string;
  environment: string;
  release: string;
  message: string;
  trace_id?: string;
  request_id?: string;
  session_id?: string;
  user_id?: string;
  component?: string;
  route?: string;
  fingerprint?: string;
  count?: number;
  device?: Record<string, unknown>;
  error?: { type?: string; message?: string; stack?: string[] };
  http?: Record<string, unknown>;
  data?: Record<string, unknown>;
  breadcrumbs?: Breadcrumb[];
  tags?: Record<string, unknown>;
  support?: Record<string, unknown>;
  _meta?: Record<string, unknown>;
  [field: string]: unknown;
}

export interface EventPage {
  events: LogEvent[];
  next: string | null;
}

export interface Minute {
  at_ms: number;
  error: number;
  warn: number;
  info: number;
  debug: number;
}

export interface Pattern {
  fingerprint: string;
  level: Level;
  message: string;
  error_type: string;
  count: number;
  first_seen: string;
  last_seen: string;
}

export interface Stats {
  since: string;
  until: string;
  totals: Record<Level, number>;
  minutes: Minute[];
  patterns: Pattern[];
  choices: { service: string[]; environment: string[]; release: string[] };
}
