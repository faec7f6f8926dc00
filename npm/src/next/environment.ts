import type { Options } from "../index.ts";
import { hmacSha256 } from "./hmac.ts";

declare const process: { env: Record<string, string | undefined> };

/** Next.js replaces each of these where it stands, by name; a page has no `process` otherwise. */
const read = (variable: () => string | undefined): string | undefined => {
  try {
    return variable() || undefined;
  } catch {
    return undefined;
  }
};

/**
 * NEXT_PUBLIC_USE_API_PROXY (`true`: events go to `/v1/logs` of the page's own origin, for a rewrite to hand on), else
 * NEXT_PUBLIC_API_URL (the edge's or API's origin), NEXT_PUBLIC_ENVIRONMENT, NEXT_PUBLIC_RELEASE. NEXT_PUBLIC_LOG_INGEST_HMAC signs
 * what is sent; whoever can open the page can read it.
 */
export function optionsOfEnvironment(): Options {
  const isProxied = /^(1|true|yes)$/i.test(read(() => process.env.NEXT_PUBLIC_USE_API_PROXY) ?? "");
  const api = isProxied ? undefined : read(() => process.env.NEXT_PUBLIC_API_URL);
  const environment = read(() => process.env.NEXT_PUBLIC_ENVIRONMENT);
  const release = read(() => process.env.NEXT_PUBLIC_RELEASE);
  const secret = read(() => process.env.NEXT_PUBLIC_LOG_INGEST_HMAC);
  return {
    ...(secret ? { sign: (body: string) => hmacSha256(secret, body) } : {}),
    ...(api ? { endpoint: `${api.replace(/\/+$/, "")}/v1/logs` } : {}),
    ...(environment ? { environment } : {}),
    ...(release ? { release } : {}),
  };
}
