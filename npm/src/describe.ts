import { framesOf } from "./frames.ts";
import type { Kind, Request } from "./state.ts";
import type { Context, Level, LogEvent } from "./types.ts";

const components: Partial<Record<Kind, string>> = {
  error: "window.onerror",
  rejection: "unhandledrejection",
  csp: "securitypolicyviolation",
  console: "console.error",
};

/** Who saw it, as the event's `component` says. */
export function componentOf(kind: Kind, detail: any): string {
  return (
    components[kind] ??
    (kind === "resource"
      ? detail.tag
      : kind === "exception"
        ? (detail.context?.component ?? "captureException")
        : (detail.component ?? "logEvent"))
  );
}

/** How bad it is: an answer of 4xx is often part of the plan, and a stream that reconnects is not lost yet. */
export function levelOf(kind: Kind, detail: any): Level {
  return kind === "event"
    ? (detail.level ?? "info")
    : kind === "exception"
      ? (detail.context?.level ?? "error")
      : (kind === "request" && detail.status < 500) ||
          (kind === "stream" && !detail.isLost) ||
          (kind === "csp" && detail.disposition === "report")
        ? "warn"
        : "error";
}

/** What a hook saw, as an event. */
export function describe(kind: Kind, detail: any): LogEvent {
  if (kind === "event") return { ...detail };
  if (kind === "exception") return { ...describeError(detail.error), ...(detail.context as Context | undefined) };
  if (kind === "rejection") return describeError(detail);
  if (kind === "error") {
    const { error, message, filename, lineno, colno } = detail as ErrorEvent;
    const event = error == null ? { message, error: { type: "Error", message } } : describeError(error);
    // What throws no Error has no stack; the browser knows the place all the same.
    if (filename && !event.error!.stack?.length) event.error!.stack = [`at ${filename}:${lineno}:${colno}`];
    const noise = noiseOf(event, filename);
    return noise ? { ...event, tags: { noise } } : event;
  }
  if (kind === "request") return describeRequest(detail);
  if (kind === "console") {
    const event = detail.error ? describeError(detail.error) : undefined;
    return { error: { type: "ConsoleError", message: detail.message }, ...event, message: detail.message };
  }
  if (kind === "csp") return describeViolation(detail);
  const url = placeOf(detail.url);
  const http = { method: "GET", host: url.host, route: url.path };
  const { component, code, isLost, tag } = detail;
  const message =
    kind === "stream"
      ? `${component} ${url.text} ${isLost ? "failed" : "dropped"}${code ? ` (${code})` : ""}`
      : `Could not load ${tag} ${url.text}`;
  return { message, error: { type: kind === "stream" ? "StreamError" : "ResourceError", message }, http };
}

/** What can't be the page's own failure, or says nothing of it: the event is sent, and says so. */
function noiseOf({ message, error }: LogEvent, filename = ""): string | undefined {
  // A script of another origin without `crossorigin`: the browser keeps all of it to itself.
  if (message === "Script error." && !filename) return "cross_origin_script";
  if (/^(\w+-)+extension:/.test(filename) || /\b(\w+-)+extension:\/\//.test(error?.stack?.[0] ?? ""))
    return "extension";
  return /^ResizeObserver loop/.test(message) ? "resize_observer" : undefined;
}

function describeViolation(event: SecurityPolicyViolationEvent): LogEvent {
  const { blockedURI, effectiveDirective, sourceFile, lineNumber, columnNumber } = event;
  const blocked = blockedURI.includes(":") ? placeOf(blockedURI).text : blockedURI;
  const message = `Content-Security-Policy ${effectiveDirective} blocks ${blocked}`;
  const stack = sourceFile ? [`at ${sourceFile}:${lineNumber}:${columnNumber}`] : undefined;
  return { message, error: { type: "SecurityPolicyViolation", message, stack } };
}

function describeRequest(request: Request): LogEvent {
  const { method, status, error, requestId, traceId } = request;
  const url = placeOf(request.url);
  const what = status ? `answered ${status}` : error === "TimeoutError" ? "timed out" : "failed: network error";
  const message = `${method} ${url.text} ${what}`;
  return {
    message,
    request_id: requestId ?? undefined,
    trace_id: traceId ?? undefined,
    error: { type: error ?? "HttpError", message },
    http: { method, host: url.host, route: url.path, status, duration_ms: Math.round(request.durationMs) },
  };
}

/** A URL without what may be personal in it. */
function placeOf(text: string): { host?: string; path: string; text: string } {
  const url = new URL(text, location.href);
  // A data or blob URL has no place, and may have a megabyte.
  if (!url.host) return { path: url.protocol, text: url.protocol };
  return { host: url.host, path: url.pathname, text: (url.origin === location.origin ? "" : url.host) + url.pathname };
}

function describeError(error: any): LogEvent & { error: NonNullable<LogEvent["error"]> } {
  const message = messageOf(error);
  return {
    message: textOf(error) || typeOf(error),
    error: { type: typeOf(error), message, stack: framesOf(error?.stack, message) },
  };
}

function typeOf(error: any): string {
  return String(error?.name ?? (error === null ? "null" : typeof error));
}

function messageOf(error: any): string {
  if (error == null || typeof error !== "object") return String(error);
  if (error.message !== undefined) return String(error.message);
  // Its values may be anybody's data.
  return `Object with keys ${Object.keys(error).slice(0, 9).join(", ")}`;
}

/** With what caused it, and what it stands for. */
function textOf(error: any, depth = 0): string {
  let text = error instanceof Object && "message" in error ? `${typeOf(error)}: ${messageOf(error)}` : messageOf(error);
  if (depth < 4 && error instanceof Object) {
    if (Array.isArray(error.errors))
      text += ` [${error.errors
        .slice(0, 4)
        .map((each: unknown) => textOf(each, depth + 1))
        .join("; ")}]`;
    if (error.cause != null) text += `, caused by ${textOf(error.cause, depth + 1)}`;
  }
  return text;
}
