/** One POST of a batch to the origin, and what its answer means for the batch. */

export type Outcome =
  | { kind: "taken"; rejected: Rejected[] }
  /** The origin can't now, or we are not welcome: the same batch again, later. */
  | { kind: "later"; reason: string; retryAfterMs: number }
  /** The origin will never take this body. */
  | { kind: "never"; reason: string };

/** One line of a body whose other lines were taken. */
export interface Rejected {
  index: number;
  reason: string;
}

export interface Origin {
  url: string;
  token: string;
  fetch: typeof fetch;
  timeoutMs: number;
}

/** Only these speak of the body itself. A 401, 404 or 405 is a mistake in the configuration: events wait until it is mended. */
const bodyIsRefused = new Set([400, 413, 422]);

export async function post(origin: Origin, body: Uint8Array): Promise<Outcome> {
  let response: Response;
  let text: string;
  try {
    response = await origin.fetch(`${origin.url}/ingest`, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson", authorization: `Bearer ${origin.token}` },
      body: body as Uint8Array<ArrayBuffer>,
      // A redirect would carry the events, and perhaps the token, where nobody meant them to go.
      redirect: "manual",
      signal: AbortSignal.timeout(origin.timeoutMs),
    });
    // An answer that is not read keeps its connection from being used again.
    text = await response.text();
  } catch (error) {
    return { kind: "later", reason: reasonOf(error), retryAfterMs: 0 };
  }
  if (response.ok) return { kind: "taken", rejected: rejectedIn(text) };
  const reason = `the origin answered ${response.status}`;
  if (bodyIsRefused.has(response.status)) return { kind: "never", reason };
  return { kind: "later", reason, retryAfterMs: retryAfterMs(response.headers.get("retry-after")) };
}

/** `fetch failed` says nothing: what stands behind it does. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause as { code?: string; message?: string } | undefined) : undefined;
  return cause?.code ?? cause?.message ?? (error instanceof Error ? error.message : String(error));
}

/** Whole seconds or an HTTP date (RFC 9110, section 10.2.3), at most an hour; 0 for none. */
export function retryAfterMs(header: string | null, now = Date.now()): number {
  if (header === null) return 0;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), 3_600_000);
}

function rejectedIn(text: string): Rejected[] {
  try {
    const { rejected } = JSON.parse(text) as { rejected?: Rejected[] };
    return Array.isArray(rejected) ? rejected : [];
  } catch {
    return [];
  }
}
