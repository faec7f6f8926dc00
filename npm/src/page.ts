import type { LogEvent } from "./types.ts";

/** `digits` random hex digits. Not `randomUUID`, which http pages lack. */
export function hex(digits: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(digits / 2)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

/** One for each tab, through its reloads. */
export function sessionOf(): string {
  try {
    return (sessionStorage["mayday.session"] ||= hex(32));
  } catch {
    return hex(32); // Storage is denied, or full, or not there in a worker.
  }
}

/** What the page can tell cheaply. Browser and system come from the edge, by User-Agent. */
export function deviceOf(): LogEvent["device"] {
  const { language, connection, userAgentData } = navigator as Navigator & {
    connection?: { effectiveType?: string };
    userAgentData?: { mobile?: boolean };
  };
  return {
    mobile: userAgentData?.mobile,
    viewport: globalThis.innerWidth ? `${innerWidth}x${innerHeight}` : undefined,
    language,
    connection: connection?.effectiveType,
  };
}
