import type { FailedRequest, Kind } from "./state.ts";
import type { Context, Level, LogEvent } from "./types.ts";

/** Who saw it, as the event's `component` says. */
export function componentOf(kind: Kind, detail: any): string {
  return kind === "error"
    ? "window.onerror"
    : kind === "rejection"
      ? "unhandledrejection"
      : kind === "resource"
        ? detail.tag
        : kind === "request"
          ? detail.component
          : kind === "stream"
            ? "EventSource"
            : kind === "exception"
              ? (detail.context?.component ?? "captureException")
              : (detail.component ?? "logEvent");
}

/** How bad it is: an answer of 4xx is often part of the plan, and a stream that reconnects is not lost yet. */
export function levelOf(kind: Kind, detail: any): Level {
  return kind === "event"
    ? (detail.level ?? "info")
    : kind === "exception"
      ? (detail.context?.level ?? "error")
      : (kind === "request" && detail.status < 500) || (kind === "stream" && !detail.closed)
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
    return event;
  }
  if (kind === "request") return describeRequest(detail);
  const url = placeOf(detail.url);
  if (kind === "stream") {
    const message = `EventSource ${url.text} ${detail.closed ? "failed and will not reconnect" : "dropped"}`;
    return {
      message,
      error: { type: "StreamError", message },
      http: { method: "GET", host: url.host, route: url.path },
    };
  }
  const message = `Could not load ${detail.tag} ${url.text}`;
  return {
    message,
    error: { type: "ResourceError", message },
    http: { method: "GET", host: url.host, route: url.path },
  };
}

function describeRequest(request: FailedRequest): LogEvent {
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
  const stack = String(error?.stack ?? "")
    .split("\n")
    .map((line) => line.trim());
  // V8 begins with the error's text, of one line or more; the others do not.
  const frames = stack.filter((line) => line.startsWith("at "));
  return {
    message: textOf(error) || typeOf(error),
    error: { type: typeOf(error), message: messageOf(error), stack: frames.length ? frames : stack.filter(Boolean) },
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
