/**
 * The baseline of `./mayday bench edge`: the edge's work as a good JavaScript developer would write it for a worker, with
 * JSON.parse, tables, regular expressions and JSON.stringify. It makes the same checks in the same order as the module.
 */

import { sanitize } from "./js-sanitize.ts";

export interface JsRequest {
  method: string;
  path: string;
  headers: Map<string, string>;
  address: string;
  now: number;
  body: Uint8Array;
}

export interface JsAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
  lines: Uint8Array;
  events: number;
}

type Json = Record<string, unknown>;

const bodyBytesMax = 256 * 1024;
const eventsMax = 100;
const addressesMax = 8_192;
const decoder = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();
const unsafe = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

export class JsWorker {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();
  readonly #burst: number;
  readonly #perSecond: number;

  constructor(burst: number, perSecond: number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
  }

  handle(request: JsRequest): JsAnswer {
    const requestId = requestIdOf(request);
    const traceId = traceIdOf(request);
    const headers = { "content-type": "application/json", "x-request-id": requestId, "x-trace-id": traceId };
    const refuse = (status: number, detail: string): JsAnswer => ({
      status,
      headers,
      body: JSON.stringify({ detail, request_id: requestId }),
      lines: new Uint8Array(),
      events: 0,
    });
    if (request.path !== "/v1/logs") return refuse(404, "not_found");
    if (request.method !== "POST") return refuse(405, "method_not_allowed");
    if (request.body.length > bodyBytesMax) return refuse(413, "payload_too_large");
    if (!/^(application\/json|text\/plain)\b/i.test(request.headers.get("content-type") ?? "")) {
      return refuse(415, "unsupported_media_type");
    }
    if (!this.#admits(request.address, request.now)) return refuse(429, "rate_limited");

    let parsed: unknown;
    try {
      parsed = JSON.parse(decoder.decode(request.body));
    } catch {
      return refuse(400, "invalid_json");
    }
    const events = eventsIn(parsed);
    if (!events || events.length === 0) return refuse(400, "invalid_payload");
    if (events.length > eventsMax) return refuse(413, "payload_too_large");

    const rejected: { index: number; reason: string }[] = [];
    let lines = "";
    events.forEach((given, index) => {
      const event = sanitize(given);
      if (typeof event === "string") rejected.push({ index, reason: event });
      else lines += lineOf(enrich(event, request, requestId, traceId));
    });
    const accepted = events.length - rejected.length;
    if (accepted === 0) return refuse(400, "invalid_payload");
    const body = JSON.stringify({ accepted, rejected, request_id: requestId });
    return { status: 200, headers, body, lines: encoder.encode(lines), events: accepted };
  }

  #admits(address: string, now: number): boolean {
    const bucket = this.#buckets.get(address) ?? { tokens: this.#burst, at: now };
    bucket.tokens = Math.min(this.#burst, bucket.tokens + ((now - bucket.at) / 1000) * this.#perSecond);
    bucket.at = now;
    this.#buckets.set(address, bucket);
    if (this.#buckets.size > addressesMax) this.#buckets.delete(this.#buckets.keys().next().value!);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}

function requestIdOf({ headers }: JsRequest): string {
  const given = headers.get("x-request-id") ?? "";
  return /^[A-Za-z0-9._-]{1,128}$/.test(given) ? given : crypto.randomUUID();
}

function traceIdOf({ headers }: JsRequest): string {
  const found = /^(?!ff)[0-9a-f]{2}-((?!0{32})[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}/.exec(
    headers.get("traceparent") ?? "",
  );
  return found?.[1] ?? crypto.randomUUID().replaceAll("-", "");
}

function eventsIn(parsed: unknown): unknown[] | undefined {
  if (Array.isArray(parsed)) return parsed;
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const { events } = parsed as { events?: unknown };
  if (events === undefined) return [parsed];
  return Array.isArray(events) ? events : undefined;
}

function enrich(event: Json, { now, headers }: JsRequest, requestId: string, traceId: string): Json {
  event["event_id"] ??= crypto.randomUUID();
  event["request_id"] ??= requestId;
  event["trace_id"] ??= traceId;
  event["device"] ??= deviceOf(headers.get("user-agent") ?? "");
  event["received_at"] = new Date(now).toISOString();
  event["fingerprint"] = fingerprintOf(event);
  return event;
}

function deviceOf(agent: string): Json {
  const [, browser, version] = /(Edg|Firefox|Chrome|Version)\/([\d.]+)/.exec(agent) ?? [];
  const os = /Windows|Android|iPhone|Mac OS X|Linux/.exec(agent)?.[0];
  return { browser, browser_version: version, os, mobile: /Mobi/.test(agent) };
}

/** Escaped so that a line can neither forge another nor drive a terminal; JSON.stringify leaves C1 and bidi as they are. */
function lineOf(event: Json): string {
  const text = JSON.stringify(event);
  return `${unsafe.test(text) ? text.replace(unsafe, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`) : text}\n`;
}

const changing =
  /https?:\/\/[^/\s)]+|[?#][^\s):]*|\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b[0-9a-f]{6,}\b|:\d+(:\d+)?|\d+|'[^']*'|"[^"]*"/gi;

/** Two 32-bit hashes side by side: BigInt would be several times slower. */
function fingerprintOf(event: Json): string {
  const error = event["error"] as { type?: string; message?: string; stack?: string[] } | undefined;
  const frames = (error?.stack ?? []).filter((line) => /^\s*at |@/.test(line)).slice(0, 5);
  const text = [error?.type ?? "", event["message"] as string, error?.message ?? "", ...frames]
    .join("\n")
    .replace(changing, "");
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2_654_435_761);
    low = Math.imul(low ^ code, 1_597_334_677);
  }
  return (high >>> 0).toString(16).padStart(8, "0") + (low >>> 0).toString(16).padStart(8, "0");
}
