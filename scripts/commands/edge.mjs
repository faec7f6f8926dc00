import { readArguments } from "../lib/arguments.mjs";
import { buildEdge } from "../lib/build.mjs";
import { edgeCommand, hosts } from "../lib/edge-host.mjs";
import { inRoot } from "../lib/paths.mjs";
import { isTaken, parsePort } from "../lib/ports.mjs";
import { say, UserError } from "../lib/report.mjs";
import { captured, passThrough } from "../lib/run.mjs";

const sinks = ["stdout", "files", "archive", "origin", "otlp", "clickhouse", "loki"];
/** These have a disk for the spool, and for the sinks that are files. */
const hostsWithDisk = ["node", "deno", "bun"];
/** These are no JavaScript: what they do not have is not built in. */
const sinksOfFew = { component: ["stdout", "origin"], cgi: ["stdout"] };

const help = `
./mayday edge [--host HOST] [--port N] [--sink stdout|files|archive|origin|otlp|clickhouse|loki]

The edge worker alone, on loopback. Accepted events go to the sink, or to each of several (--sink origin,stdout), one JSON
object a line; with stdout, standard output carries nothing else.

  --host   node (default), workerd, wrangler, deno, bun, edge-runtime, component or cgi: docs/hosts says what each is for
  --port   8788
  --sink   stdout (default)
           files       a file for each session in TROUBLESHOOT_FE_LOG_DIR (.log), and what the edge answered in api.log of
                       TROUBLESHOOT_API_LOG_DIR (.log_api)
           archive     a gzip file a day in MAYDAY_ARCHIVE_DIR (.log_archive)
           origin      POST to ORIGIN_URL (http://127.0.0.1:8787) with ORIGIN_TOKEN
           otlp        an OpenTelemetry collector at OTEL_EXPORTER_OTLP_ENDPOINT (http://127.0.0.1:4318), with
                       OTEL_EXPORTER_OTLP_HEADERS
           clickhouse  CLICKHOUSE_URL (http://127.0.0.1:8123), into the table of edge-worker/clickhouse.sql
           loki        LOKI_URL (http://127.0.0.1:3100), with LOKI_HEADERS

Events that wait for a receiver are kept in MAYDAY_SPOOL_DIR (.mayday/spool-PORT), at most MAYDAY_SPOOL_BYTES (268435456) for
each; where the variable is empty, and on a host without a disk, in memory.

Environment: ENVIRONMENT (dev), RELEASE, LOG_LEVEL (debug), LOG_INGEST_HMAC_SECRET, LOG_DIAGNOSTIC_SECRET, EXTRA_CORS_ORIGINS,
LOG_FILTER_EXTENSIONS (count), LOG_FILTER_CRAWLERS (count), LOG_FILTER_LOCALHOST (off), LOG_FILTER_NOISE (count),
LOG_FILTER_PATTERNS, LOG_FILTER_PATTERNS_ACTION (drop), LOG_DATA_KEYS, LOG_CLIENT_ADDRESS (off), TRUSTED_PROXIES (0),
LOG_RATE_BURST (20), LOG_RATE_PER_SECOND (5), and those above.
`;

export async function run(args) {
  const parsed = readArguments(args, {
    help,
    options: {
      host: { type: "string", default: "node" },
      port: { type: "string", default: "8788" },
      sink: { type: "string", default: "stdout" },
    },
  });
  if (!parsed) return 0;
  const { host, sink } = parsed.values;
  if (!hosts.includes(host)) throw new UserError(`--host must be one of ${hosts.join(", ")}, not "${host}"`);
  refuseUnknownSinks(sink, host);
  const port = parsePort(parsed.values.port, "port");
  if (await isTaken(port)) throw new UserError(`port ${port} is taken; choose another with --port`);

  await buildEdge();
  const given = { MAYDAY_SINK: sink, ...spoolFor(host, port) };
  await refuseWrongConfiguration(given);
  const { command, args: hostArgs, environment } = edgeCommand(host, port, { environment: given });
  say(`mayday-edge starts on http://127.0.0.1:${port}`);
  return passThrough(command, hostArgs, { environment });
}

function refuseUnknownSinks(sink, host) {
  const few = sinksOfFew[host];
  if (few && !few.includes(sink)) throw new UserError(`--host ${host} has --sink ${few.join(" or ")} alone`);
  for (const name of sink.split(",")) {
    if (!sinks.includes(name)) throw new UserError(`--sink must be of ${sinks.join(", ")}, not "${name}"`);
    if (["files", "archive"].includes(name) && !hostsWithDisk.includes(host))
      throw new UserError(`--sink ${name} needs a disk, which ${host} does not have: take --host node`);
  }
}

/** Each port has its own, for a spool has one process. */
function spoolFor(host, port) {
  const given = process.env.MAYDAY_SPOOL_DIR;
  if (hostsWithDisk.includes(host)) return { MAYDAY_SPOOL_DIR: given ?? inRoot(`.mayday/spool-${port}`) };
  if (given) throw new UserError(`MAYDAY_SPOOL_DIR needs a disk, which ${host} does not have: take --host node`);
  return {};
}

/** Some hosts read their configuration with the first request: too late to refuse to start. */
async function refuseWrongConfiguration(environment) {
  const { code, output } = await captured(process.execPath, [inRoot("build/edge/hosts/node.js"), "--check"], {
    environment,
  });
  if (code !== 0) throw new UserError(output.trim().replace(/^mayday-edge: /, ""));
}
