/** Whom a batch is sent to, and what an answer means for the batch. */

export type Outcome =
  /** It is theirs now, but for `rejected` of its events, which they will never take; `why` is for the log. */
  | { kind: "taken"; rejected: number; why?: unknown }
  /** They can't now, or we are not welcome: the same batch again, later. */
  | { kind: "later"; reason: string; retryAfterMs: number }
  /** They will never take this body. */
  | { kind: "never"; reason: string };

export interface Receiver {
  /** As in `MAYDAY_SINK`: for the log, and the name of its spool. */
  name: string;
  /** `send` is over after this long, as a rule. */
  timeoutMs: number;
  /** Sends whole lines. Never rejects. */
  send(lines: Uint8Array): Promise<Outcome>;
}

/** What differs between receivers that are reached by HTTP: how lines become a request, and what an answer means. */
export interface Target {
  name: string;
  url: string;
  headers: Record<string, string>;
  bodyOf(lines: Uint8Array): Uint8Array | string;
  /** Of an answer with status 2xx. */
  taken(text: string): Outcome;
  /** Of any other, where the status alone does not tell. */
  refused?(status: number, headers: Headers): Outcome | undefined;
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** One POST may take this long: a commit on a slow disk, not a hung connection. */
const timeoutMs = 10_000;

/** Only these speak of the body itself. A 401, 404 or 405 is a mistake in the configuration: events wait until it is mended. */
const bodyIsRefused = new Set([400, 413, 422]);

export function httpReceiver(target: Target, fetch: Fetch): Receiver {
  return { name: target.name, timeoutMs, send: (lines) => post(target, fetch, lines) };
}

async function post(target: Target, fetch: Fetch, lines: Uint8Array): Promise<Outcome> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(target.url, {
      method: "POST",
      headers: target.headers,
      body: target.bodyOf(lines) as Uint8Array<ArrayBuffer> | string,
      // A redirect would carry the events, and perhaps the token, where nobody meant them to go.
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    // An answer that is not read keeps its connection from being used again.
    text = await response.text();
  } catch (error) {
    return { kind: "later", reason: reasonOf(error), retryAfterMs: 0 };
  }
  if (response.ok) return target.taken(text);
  const known = target.refused?.(response.status, response.headers);
  if (known) return known;
  const reason = `it answered ${response.status}`;
  if (bodyIsRefused.has(response.status)) return { kind: "never", reason };
  return { kind: "later", reason, retryAfterMs: retryAfterMs(response.headers.get("retry-after")) };
}

/** `fetch failed` says nothing: what stands behind it does. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause as { code?: string; message?: string } | undefined) : undefined;
  return cause?.code ?? cause?.message ?? (error instanceof Error ? error.message : String(error));
}

/** Whole seconds or an HTTP date (RFC 9110, section 10.2.3), at most an hour; 0 for none. */
export function retryAfterMs(header: string | null, now = Date.now()): number {
  if (header === null) return 0;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), 3_600_000);
}

/** The members of a JSON object; none where `text` is not one. */
export function membersOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
