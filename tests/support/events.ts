/** Events that any edge accepts. */

import { createHmac, randomUUID } from "node:crypto";

export interface TestEvent {
  event_id: string;
  [field: string]: unknown;
}

export function eventOf(fields: Record<string, unknown> = {}): TestEvent {
  return {
    event_id: randomUUID(),
    timestamp: new Date().toISOString(),
    level: "error",
    service: "web",
    environment: "dev",
    release: "1.0.0",
    message: "the thing broke",
    ...fields,
  };
}

export function signatureOf(body: string | Uint8Array, secret: string): string {
  return createHmac("sha256", secret).update(body).digest("hex");
}
