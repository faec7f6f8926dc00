/** The JavaScript worker's tables: what an event may hold (SPEC section 1). */

export type Kind =
  | "text"
  | "level"
  | "timestamp"
  | "uuid"
  | "trace"
  | "integer"
  | "number"
  | "boolean"
  | "object"
  | "stack"
  | "crumbs"
  | "tags"
  | "data";

export interface Field {
  kind: Kind;
  limit?: number;
  least?: number;
  /** Prose is redacted; a path loses its query and fragment first; everything else is an identifier. */
  profile?: "prose" | "path";
  required?: boolean;
  mayBeEmpty?: boolean;
  fields?: Record<string, Field>;
}

const text = (limit: number, profile?: Field["profile"]): Field => ({
  kind: "text",
  limit,
  ...(profile && { profile }),
});

const device: Record<string, Field> = {
  browser: text(64),
  browser_version: text(32),
  os: text(64),
  mobile: { kind: "boolean" },
  viewport: text(16),
  language: text(35),
  connection: text(16),
};
const error: Record<string, Field> = {
  type: text(64),
  message: text(256, "prose"),
  stack: { kind: "stack", limit: 512 },
};
const http: Record<string, Field> = {
  method: text(8),
  route: text(128, "path"),
  host: text(128, "prose"),
  status: { kind: "integer", least: 0, limit: 599 },
  duration_ms: { kind: "number", least: 0 },
};
export const crumbFields: Record<string, Field> = {
  timestamp: { kind: "timestamp" },
  category: text(32),
  message: text(256, "prose"),
  level: { kind: "level" },
};

export const eventFields: Record<string, Field> = {
  event_id: { kind: "uuid" },
  timestamp: { kind: "timestamp", required: true },
  level: { kind: "level", required: true },
  service: { ...text(64), required: true },
  environment: { ...text(32), required: true },
  release: { ...text(64), required: true, mayBeEmpty: true },
  message: { ...text(512, "prose"), required: true },
  trace_id: { kind: "trace" },
  request_id: text(128),
  session_id: text(128),
  user_id: text(64),
  component: text(128),
  route: text(256, "path"),
  device: { kind: "object", fields: device },
  error: { kind: "object", fields: error },
  http: { kind: "object", fields: http },
  data: { kind: "data" },
  breadcrumbs: { kind: "crumbs", limit: 20 },
  tags: { kind: "tags", limit: 16 },
  count: { kind: "integer", least: 1, limit: Number.MAX_SAFE_INTEGER },
  support: { kind: "object", fields: { action: text(64), opened: { kind: "boolean" } } },
};

export const requiredFields = Object.keys(eventFields).filter((name) => eventFields[name]!.required);

export const dataNames = new Set([
  "route",
  "route_template",
  "host",
  "method",
  "status",
  "duration_ms",
  "component",
  "pathname",
]);
export const secretName = /authorization|cookie|token|secret|password|api_?key|session|credential|private/i;
