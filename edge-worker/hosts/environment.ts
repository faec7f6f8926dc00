/** The environment variables of an edge host: which of them the module reads, and how they are handed to it. */

import { ConfigurationError } from "./instance.ts";

export type Environment = Record<string, string | undefined>;

/** What the module's `configure` knows. Everything else is the host's, and secrets that it does not need stay out. */
const moduleVariables = [
  "ENVIRONMENT",
  "RELEASE",
  "LOG_LEVEL",
  "LOG_INGEST_HMAC_SECRET",
  "LOG_DIAGNOSTIC_SECRET",
  "EXTRA_CORS_ORIGINS",
  "TRUSTED_PROXIES",
  "LOG_CLIENT_ADDRESS",
  "LOG_DATA_KEYS",
  "LOG_FILTER_EXTENSIONS",
  "LOG_FILTER_CRAWLERS",
  "LOG_FILTER_LOCALHOST",
  "LOG_FILTER_NOISE",
  "LOG_FILTER_PATTERNS",
  "LOG_FILTER_PATTERNS_ACTION",
  "LOG_RATE_BURST",
  "LOG_RATE_PER_SECOND",
];

/** The module's configuration, with fresh entropy. */
export function configurationOf(environment: Environment): string {
  const seed = crypto.getRandomValues(new Uint8Array(32));
  let text = `:seed=${Array.from(seed, (byte) => byte.toString(16).padStart(2, "0")).join("")}\n`;
  for (const name of moduleVariables) {
    const value = environment[name];
    if (!value) continue;
    // The format is one line a variable: a value with a line break in it would set a second one.
    if (/[\r\n\0]/.test(value)) throw new ConfigurationError(`${name} must not contain a line break`);
    text += `${name}=${value}\n`;
  }
  return text;
}

/** What an origin in development asks for. */
const tokenInDevelopment = "dev-origin-token";

/** Where the origin is, checked once at the start. */
export function originOf(environment: Environment): { url: string; token: string } {
  const url = environment["ORIGIN_URL"] || "http://127.0.0.1:8787";
  const token = environment["ORIGIN_TOKEN"] || tokenInDevelopment;
  if (!/^https?:\/\/[^/?#@]+(\/[^?#]*)?$/.test(url)) {
    throw new ConfigurationError("ORIGIN_URL must be an http or https address, like http://127.0.0.1:8787");
  }
  if (/[^\x21-\x7e]/.test(token)) throw new ConfigurationError("ORIGIN_TOKEN must be printable ASCII without spaces");
  if (environment["ENVIRONMENT"] === "prod" && token === tokenInDevelopment) {
    throw new ConfigurationError("ORIGIN_TOKEN must be set to a secret of your own when ENVIRONMENT=prod");
  }
  return { url: url.replace(/\/+$/, ""), token };
}
