/** Environment variables that name a server, and what to tell it. */

import type { Environment } from "../environment.ts";
import { ConfigurationError } from "../instance.ts";

/** The address in `variable` without a slash at its end, and user and password apart, which `fetch` takes in no address. */
export function serverOf(environment: Environment, variable: string, otherwise: string) {
  const text = environment[variable] || otherwise;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "")
    throw new ConfigurationError(`${variable} must be an http or https address, like ${otherwise}`);
  const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  return { url: `${url.origin}${url.pathname}`.replace(/\/+$/, ""), user, password };
}

/** `name=value,name=value`, values percent-encoded where need be: the format of OTEL_EXPORTER_OTLP_HEADERS. */
export function headersOf(environment: Environment, variable: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const pair of (environment[variable] ?? "").split(",").map((each) => each.trim())) {
    if (pair === "") continue;
    const found = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*([\x20-\x7e]*)$/.exec(pair);
    if (!found) throw new ConfigurationError(`${variable} must be name=value pairs with commas between`);
    headers[found[1]!.toLowerCase()] = decoded(variable, found[2]!);
  }
  return headers;
}

function decoded(variable: string, value: string): string {
  try {
    const text = decodeURIComponent(value);
    if (/^[\x20-\x7e]*$/.test(text)) return text;
  } catch {
    // Told below.
  }
  throw new ConfigurationError(`${variable} must hold printable ASCII, percent-encoded where need be`);
}
