import { signedFetch } from "./session.js";
import type { EventPage, LogEvent, Stats } from "./types.js";

/** The origin refused or could not be reached; `message` is for the person at the page. */
export class ApiError extends Error {}

const explanations: Record<string, string> = {
  forbidden: "This account may not see this. An admin can give it another role.",
  invalid_query: "The origin does not understand one of these filters.",
  storage_failed: "The store could not answer in time. A narrower time range or filter may help.",
  origin_unavailable: "The origin is busy. Trying again in a moment helps.",
};

async function ask(path: string, init: RequestInit): Promise<unknown> {
  let response: Response;
  try {
    response = await signedFetch(path, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError("The origin can’t be reached. Is mayday-origin running?");
  }
  if (response.ok) return response.json();
  const body = (await response.json().catch(() => ({}))) as { detail?: string; request_id?: string };
  const detail = body.detail ?? `status ${response.status}`;
  const reason = explanations[detail] ?? `The origin answered ${detail}.`;
  throw new ApiError(`${reason} (request ${body.request_id ?? "unknown"})`);
}

export const get = <Answer>(path: string, signal?: AbortSignal): Promise<Answer> =>
  ask(path, { signal: signal ?? null, headers: { accept: "application/json" } }) as Promise<Answer>;

export const send = (path: string, body: unknown): Promise<unknown> =>
  ask(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

export const fetchEvents = (query: URLSearchParams, signal?: AbortSignal): Promise<EventPage> =>
  get<EventPage>(`/events?${query}`, signal);

export const fetchEvent = (eventId: string): Promise<LogEvent> =>
  get<LogEvent>(`/events/${encodeURIComponent(eventId)}`);

export const fetchStats = (query: URLSearchParams, signal?: AbortSignal): Promise<Stats> =>
  get<Stats>(`/stats?${query}`, signal);
