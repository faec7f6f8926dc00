/** The origin's `/ingest`: the lines as they are. It stores by event_id, so that twice is once. */

import { originOf, type Environment } from "../environment.ts";
import { membersOf, type Target } from "../post.ts";

/** Throws `ConfigurationError`. */
export function originTarget(environment: Environment): Target {
  const { url, token } = originOf(environment);
  return {
    name: "origin",
    url: `${url}/ingest`,
    headers: { "content-type": "application/x-ndjson", authorization: `Bearer ${token}` },
    bodyOf: (lines) => lines,
    taken(text) {
      const { rejected } = membersOf(text);
      if (!Array.isArray(rejected)) return { kind: "taken", rejected: 0 };
      return { kind: "taken", rejected: rejected.length, why: rejected };
    },
  };
}
