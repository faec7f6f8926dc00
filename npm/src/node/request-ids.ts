import { randomBytes, randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** Under which a request is found again: in its answer, in its traces and in its events. */
export interface RequestIds {
  requestId: string;
  traceId: string;
}

const sane = /^[A-Za-z0-9._-]{1,128}$/;

/** W3C Trace Context level 1: version 00 ends after the flags, a later one may go on, and ff is none. */
const traceparent = /^(?!ff)([0-9a-f]{2})-((?!0{32})[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}($|-)/;

/** The caller's own where they are usable, else new ones: the same rules as at the edge. */
export function requestIdsOf(headers: IncomingHttpHeaders): RequestIds {
  const given = headers["x-request-id"];
  const requestId = typeof given === "string" && sane.test(given) ? given : randomUUID();
  return { requestId, traceId: traceIdOf(headers["traceparent"]) };
}

function traceIdOf(given: unknown): string {
  const found = typeof given === "string" ? traceparent.exec(given) : null;
  const isKnown = found && (found[1] !== "00" || found[3] === "");
  return isKnown ? found[2]! : newTraceId();
}

export function newTraceId(): string {
  return randomBytes(16).toString("hex");
}
