import { framesOf } from "./frames.ts";
import type { Kind } from "./state.ts";
import type { Context, LogEvent } from "./types.ts";

/** What a hook saw, as an event: with who saw it as its `component`, and how bad it is. */
export function describe(kind: Kind, detail: any): LogEvent {
  const { component, context, error } = detail ?? {};
  if (kind === "event") return { ...detail, component: component ?? "logEvent", level: detail.level ?? "info" };
  if (kind === "exception")
    return {
      ...describeError(error),
      ...(context as Context),
      component: context?.component ?? "captureException",
    };
  if (kind === "unhandledrejection") return { component: kind, ...describeError(detail) };
  if (kind === "console.error") {
    const { message } = detail;
    const told = error ? describeError(error).error : { type: "ConsoleError", message };
    return { component: kind, error: told, message };
  }
  if (kind === "window.onerror") return { component: kind, ...describeUncaught(detail) };
  if (kind === "securitypolicyviolation") return { component: kind, ...describeViolation(detail) };
  const { method = "GET", status, isLost, code, durationMs, requestId, traceId, tag } = detail;
  const { host, path, text } = placeOf(detail.url);
  const http: LogEvent["http"] = { method, host, route: path, status };
  if (durationMs !== undefined) http.duration_ms = Math.round(durationMs);
  // An answer of 4xx is often part of the plan, and a stream that reconnects is not lost yet.
  const isBad = kind === "request" ? !(status < 500) : tag || isLost;
  const [type, message] =
    kind === "request"
      ? [
          error ?? "HttpError",
          `${method} ${text} ${status ? `answered ${status}` : error === "TimeoutError" ? "timed out" : "failed: network error"}`,
        ]
      : tag
        ? ["ResourceError", `Could not load ${tag} ${text}`]
        : ["StreamError", `${component} ${text} ${isLost ? "failed" : "dropped"}${code ? ` (${code})` : ""}`];
  return {
    component: component ?? tag,
    level: isBad ? "error" : "warn",
    message,
    request_id: requestId,
    trace_id: traceId,
    error: { type, message },
    http,
  };
}

function describeUncaught({ error, message, filename, lineno, colno }: ErrorEvent): LogEvent {
  const event = error == null ? { message, error: { type: "Error", message } } : describeError(error);
  // What throws no Error has no stack; the browser knows the place all the same.
  if (filename && !event.error.stack?.length) event.error.stack = [`at ${filename}:${lineno}:${colno}`];
  const noise = noiseOf(event, filename);
  return { ...event, tags: noise ? { noise } : undefined };
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
  const { blockedURI, effectiveDirective, sourceFile, lineNumber, columnNumber, disposition } = event;
  const blocked = blockedURI.includes(":") ? placeOf(blockedURI).text : blockedURI;
  const message = `Content-Security-Policy ${effectiveDirective} blocks ${blocked}`;
  const stack = sourceFile ? [`at ${sourceFile}:${lineNumber}:${columnNumber}`] : undefined;
  return {
    level: disposition === "report" ? "warn" : "error",
    message,
    error: { type: "SecurityPolicyViolation", message, stack },
  };
}

/** A URL without what may be personal in it. */
function placeOf(text: string): { host?: string; path: string; text: string } {
  const url = new URL(text, location.href);
  // A data or blob URL has no place, and may have a megabyte.
  if (!url.host) return { path: url.protocol, text: url.protocol };
  return { host: url.host, path: url.pathname, text: (url.origin === location.origin ? "" : url.host) + url.pathname };
}

function describeError(error: any): { message: string; error: NonNullable<LogEvent["error"]> } {
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
