/** ClickHouse by its HTTP interface: the lines as they are, into the table of `clickhouse.sql`. */

import type { Environment } from "../environment.ts";
import { ConfigurationError } from "../instance.ts";
import type { Target } from "../post.ts";
import { serverOf } from "./settings.ts";

/** The table's columns decide what is kept: objects become text, unknown members are passed over. */
const settings = {
  input_format_skip_unknown_fields: "1",
  input_format_json_read_objects_as_strings: "1",
  input_format_json_read_arrays_as_strings: "1",
  date_time_input_format: "best_effort",
};

/**
 * ClickHouse's error codes that speak of a row: it can't be read (6, 26, 27, 38, 41, 72, 117, 376), does not fit its column (53,
 * 69, 321, 349, 407), or breaks a constraint of the table (469). All others are mended at the server, and events wait.
 */
const rowIsRefused = new Set("6 26 27 38 41 53 69 72 117 321 349 376 407 469".split(" "));

/** Throws `ConfigurationError`. */
export function clickhouseTarget(environment: Environment): Target {
  const { url, user, password } = serverOf(environment, "CLICKHOUSE_URL", "http://127.0.0.1:8123");
  const { origin, pathname } = new URL(url);
  const database = pathname.slice(1) || "default";
  if (!/^\w+$/.test(database))
    throw new ConfigurationError("CLICKHOUSE_URL must be like http://user:password@127.0.0.1:8123/database");
  const query = new URLSearchParams({ query: `INSERT INTO ${database}.mayday_events FORMAT JSONEachRow`, ...settings });
  return {
    name: "clickhouse",
    url: `${origin}/?${query.toString()}`,
    headers: {
      "content-type": "application/x-ndjson",
      ...(user ? { "x-clickhouse-user": user } : {}),
      ...(password ? { "x-clickhouse-key": password } : {}),
    },
    bodyOf: (lines) => lines,
    taken(text) {
      // An error that came up after the status had been sent.
      const error = /^Code: \d+/.exec(text);
      return error ? { kind: "later", reason: error[0], retryAfterMs: 0 } : { kind: "taken", rejected: 0 };
    },
    refused(status, headers) {
      const code = headers.get("x-clickhouse-exception-code");
      if (!code) return undefined;
      const reason = `it answered ${status}, error ${code}`;
      return rowIsRefused.has(code) ? { kind: "never", reason } : { kind: "later", reason, retryAfterMs: 0 };
    },
  };
}
