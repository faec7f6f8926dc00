/** Grafana Loki's push API (`/loki/api/v1/push`, JSON). Loki drops an entry that it has already, so that twice is once. */

import type { Environment } from "../environment.ts";
import { eventsIn, type Line } from "../lines.ts";
import type { Target } from "../post.ts";
import { headersOf, serverOf } from "./settings.ts";

/**
 * Each combination of labels is a stream, and streams are what Loki has few of. A client may call its service what it
 * likes, so beyond this many combinations of service and environment the rest is one.
 */
const combinationsMax = 100;
const others = { service: "other", environment: "other" };

/** Throws `ConfigurationError`. */
export function lokiTarget(environment: Environment): Target {
  const { url, user, password } = serverOf(environment, "LOKI_URL", "http://127.0.0.1:3100");
  const basic: Record<string, string> = user ? { authorization: `Basic ${btoa(`${user}:${password}`)}` } : {};
  const seen = new Set<string>();
  return {
    name: "loki",
    url: `${url}/loki/api/v1/push`,
    headers: { ...basic, ...headersOf(environment, "LOKI_HEADERS"), "content-type": "application/json" },
    bodyOf: (lines) => JSON.stringify({ streams: streamsOf(lines, seen) }),
    taken: () => ({ kind: "taken", rejected: 0 }),
  };
}

function streamsOf(lines: Uint8Array, seen: Set<string>) {
  const streams = new Map<string, { stream: Record<string, string>; values: [ns: string, line: string][] }>();
  for (const { text, event } of eventsIn(lines)) {
    const stream = labelsOf(event, seen);
    const key = JSON.stringify(stream);
    const group = streams.get(key) ?? { stream, values: [] };
    streams.set(key, group);
    group.values.push([`${timeOf(event)}000000`, text]);
  }
  // Within a stream Loki's older versions want time to go on.
  for (const { values } of streams.values())
    values.sort(([a], [b]) => a.length - b.length || (a < b ? -1 : Number(a > b)));
  return [...streams.values()];
}

/** When it was received, not when it happened: a page that was offline sends what Loki would refuse as too old. */
function timeOf({ received_at, timestamp }: Line): number {
  const ms = Date.parse(received_at ?? timestamp ?? "");
  return ms > 0 ? ms : Date.now();
}

function labelsOf({ service = "", environment = "", level = "" }: Line, seen: Set<string>): Record<string, string> {
  const combination = JSON.stringify([service, environment]);
  if (!seen.has(combination) && seen.size >= combinationsMax) return { ...others, level };
  seen.add(combination);
  return { service, environment, level };
}
