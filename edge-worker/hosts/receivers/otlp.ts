/** Any OpenTelemetry collector: OTLP/HTTP logs as JSON, by the protocol's standard variables and semantic conventions. */

import type { Environment } from "../environment.ts";
import { eventsIn, type Line } from "../lines.ts";
import { membersOf, type Target } from "../post.ts";
import { headersOf, serverOf } from "./settings.ts";

type AnyValue =
  | { stringValue: string }
  | { boolValue: boolean }
  | { intValue: string }
  | { doubleValue: number }
  | { arrayValue: { values: AnyValue[] } }
  | { kvlistValue: { values: KeyValue[] } };
interface KeyValue {
  key: string;
  value: AnyValue;
}

const severities: Record<string, number> = { debug: 5, info: 9, warn: 13, error: 17 };

/** Where the semantic conventions have a name of their own. Everything else is `mayday.<field>`. */
const attributeNames: Record<string, string> = {
  event_id: "log.record.uid",
  session_id: "session.id",
  user_id: "user.hash",
  route: "url.path",
};
/** These have a place of their own in the record or its resource. */
const placed = new Set(["timestamp", "received_at", "level", "message", "trace_id", "error", "http"]);
const placedInResource = new Set(["service", "environment", "release"]);

/** Throws `ConfigurationError`. */
export function otlpTarget(environment: Environment): Target {
  const { url } = serverOf(environment, "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");
  return {
    name: "otlp",
    url: `${url}/v1/logs`,
    headers: { ...headersOf(environment, "OTEL_EXPORTER_OTLP_HEADERS"), "content-type": "application/json" },
    bodyOf: (lines) => JSON.stringify({ resourceLogs: resourceLogsOf(lines) }),
    /** The protocol calls a partial success a success that is not to be sent again. */
    taken(text) {
      const { rejectedLogRecords, errorMessage } = (membersOf(text)["partialSuccess"] ?? {}) as Record<string, unknown>;
      return { kind: "taken", rejected: Number(rejectedLogRecords ?? 0) || 0, why: errorMessage };
    },
  };
}

function resourceLogsOf(lines: Uint8Array) {
  const byResource = new Map<string, { attributes: KeyValue[]; logRecords: object[] }>();
  for (const { event } of eventsIn(lines)) {
    const attributes = attributesOf({
      "service.name": event.service,
      "deployment.environment.name": event.environment,
      "service.version": event.release || undefined,
    });
    const key = JSON.stringify(attributes);
    const group = byResource.get(key) ?? { attributes, logRecords: [] };
    byResource.set(key, group);
    group.logRecords.push(recordOf(event));
  }
  return [...byResource.values()].map(({ attributes, logRecords }) => ({
    resource: { attributes },
    scopeLogs: [{ scope: { name: "mayday" }, logRecords }],
  }));
}

function recordOf(event: Line): object {
  const { timestamp, received_at, level = "", message = "", trace_id, error, http } = event;
  const rest = Object.entries(event).filter(([key]) => !placed.has(key) && !placedInResource.has(key));
  const named = rest.map(([key, value]) => [attributeNames[key] ?? `mayday.${key}`, value] as const);
  const observed = nanosecondsOf(received_at) ?? nanosecondsOf(timestamp);
  return {
    timeUnixNano: nanosecondsOf(timestamp) ?? observed,
    observedTimeUnixNano: observed,
    severityNumber: severities[level] ?? 0,
    severityText: level,
    body: { stringValue: message },
    attributes: attributesOf({ ...exceptionOf(error), ...requestOf(http), ...Object.fromEntries(named) }),
    ...(trace_id ? { traceId: trace_id } : {}),
  };
}

function exceptionOf(error: Line["error"]): Record<string, unknown> {
  if (!error) return {};
  const stack = Array.isArray(error.stack) ? error.stack.join("\n") : error.stack;
  return { "exception.type": error.type, "exception.message": error.message, "exception.stacktrace": stack };
}

function requestOf(http: unknown): Record<string, unknown> {
  if (typeof http !== "object" || http === null) return {};
  const { method, route, host, status, duration_ms } = http as Record<string, unknown>;
  return {
    "http.request.method": method,
    "http.route": route,
    "server.address": host,
    "http.response.status_code": status,
    "mayday.http.duration_ms": duration_ms,
  };
}

function attributesOf(named: Record<string, unknown>): KeyValue[] {
  return Object.entries(named).flatMap(([key, value]) => {
    const found = valueOf(value);
    return found ? [{ key, value: found }] : [];
  });
}

/** Of 64-bit integers proto3's JSON makes strings. */
function valueOf(value: unknown): AnyValue | undefined {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number")
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.flatMap((one) => valueOf(one) ?? []) } };
  if (typeof value !== "object" || value === null) return undefined;
  return { kvlistValue: { values: attributesOf(value as Record<string, unknown>) } };
}

function nanosecondsOf(time: string | undefined): string | undefined {
  const ms = Date.parse(time ?? "");
  return ms >= 0 ? `${ms}000000` : undefined;
}
