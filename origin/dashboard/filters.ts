import type { LogEvent } from "./types.js";

export const ranges: Record<string, number> = { "15m": 15, "1h": 60, "6h": 360, "24h": 1440 };

/** Filters of the form, and those that a click on an event or a pattern sets. */
export const formNames = ["q", "level", "environment", "service", "release"] as const;
export const chipNames = ["fingerprint", "session_id", "user_id", "trace_id", "request_id"] as const;

export type FilterName = (typeof formNames)[number] | (typeof chipNames)[number];

export interface Filters {
  range: string;
  values: Partial<Record<FilterName, string>>;
}

const names: readonly FilterName[] = [...formNames, ...chipNames];

/** The filters stand in the page's own address, so that a view can be sent to a colleague and the back button works. */
export function readFilters(search: string): Filters {
  const parameters = new URLSearchParams(search);
  const range = parameters.get("range") ?? "1h";
  const filters: Filters = { range: range in ranges ? range : "1h", values: {} };
  for (const name of names) {
    const value = parameters.get(name);
    if (value) filters.values[name] = value;
  }
  return filters;
}

export function toSearch(filters: Filters): string {
  const parameters = new URLSearchParams();
  if (filters.range !== "1h") parameters.set("range", filters.range);
  for (const name of names) if (filters.values[name]) parameters.set(name, filters.values[name]);
  const text = parameters.toString();
  return text ? `?${text}` : "";
}

export const minutesOf = (filters: Filters): number => ranges[filters.range] ?? 60;

/** What `GET /events` is asked. */
export function toEventQuery(filters: Filters, nowMs: number): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const name of names) if (filters.values[name]) parameters.set(name, filters.values[name]);
  // One session, trace or request is wanted whole, however long ago it began.
  const isOneStory = filters.values.session_id || filters.values.trace_id || filters.values.request_id;
  if (!isOneStory) parameters.set("since", String(nowMs - minutesOf(filters) * 60_000));
  return parameters;
}

/** True if the list is narrowed by something that the rollups do not count by. */
export const isNarrowerThanRollups = (filters: Filters): boolean =>
  [...chipNames, "q" as const].some((name) => filters.values[name]);

/** What `GET /stats` is asked: the rollups know four of the filters. */
export function toStatsQuery(filters: Filters): URLSearchParams {
  const parameters = new URLSearchParams({ minutes: String(minutesOf(filters)) });
  for (const name of ["level", "environment", "service", "release"] as const) {
    if (filters.values[name]) parameters.set(name, filters.values[name]);
  }
  return parameters;
}

/** True if a live event belongs to the list: the same answer as the store's. */
export function fits(event: LogEvent, filters: Filters): boolean {
  const { q, ...equal } = filters.values;
  for (const [name, value] of Object.entries(equal)) if (event[name] !== value) return false;
  if (!q) return true;
  const needle = q.toLowerCase();
  const texts = [event.message, event.error?.type, event.error?.message, event.component, event.route];
  return texts.some((text) => text?.toLowerCase().includes(needle));
}
