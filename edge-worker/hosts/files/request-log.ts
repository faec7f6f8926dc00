/** `api.log`: what the edge itself answered, one JSON object a request. Nothing of the client's but what it asked for. */

import { join } from "node:path";
import type { Edge, Incoming, Outgoing } from "../edge.ts";
import type { Log } from "../forwarder.ts";
import { appendRotating } from "./rotating-file.ts";
import { makeFolder } from "./session-files.ts";

const pathBytesMax = 256;

/** `edge`, with a line in `folder`/api.log for each of its answers. Throws `ConfigurationError`. */
export function withRequestLog(edge: Edge, folder: string, log: Log): Edge {
  makeFolder("TROUBLESHOOT_API_LOG_DIR", folder);
  const path = join(folder, "api.log");
  let isFailing = false;
  return {
    async answer(incoming) {
      const startedAt = Date.now();
      const outgoing = await edge.answer(incoming);
      try {
        appendRotating(path, Buffer.from(`${JSON.stringify(entryOf(incoming, outgoing, startedAt))}\n`));
        isFailing = false;
      } catch (error) {
        // The answer stands whether or not it could be noted down.
        if (!isFailing) log("files: api.log can't be written", { reason: (error as Error).message });
        isFailing = true;
      }
      return outgoing;
    },
  };
}

function entryOf({ method, target }: Incoming, { status, headers, body }: Outgoing, startedAt: number) {
  const header = (name: string) => headers.find(([each]) => each === name)?.[1];
  return {
    timestamp: new Date(startedAt).toISOString(),
    level: status >= 500 ? "error" : status >= 400 ? "warn" : "info",
    service: "mayday-edge",
    request_id: header("x-request-id"),
    trace_id: header("x-trace-id"),
    method: method.slice(0, 16),
    // A query may hold a signature.
    path: target.split("?", 1)[0]!.slice(0, pathBytesMax),
    status,
    duration_ms: Date.now() - startedAt,
    ...outcomeOf(body),
  };
}

/** How many events were accepted and refused, or why none was. */
function outcomeOf(body: string): { detail?: unknown; accepted?: unknown; rejected?: number } {
  if (body === "" || !body.startsWith("{")) return {};
  const { detail, accepted, rejected } = JSON.parse(body) as { detail?: string; accepted?: number; rejected?: unknown };
  return { detail, accepted, ...(Array.isArray(rejected) ? { rejected: rejected.length } : {}) };
}
