import { readArguments } from "../lib/arguments.mjs";
import { buildEdge } from "../lib/build.mjs";
import { edgeCommand, hosts } from "../lib/edge-host.mjs";
import { inRoot } from "../lib/paths.mjs";
import { isTaken, parsePort } from "../lib/ports.mjs";
import { say, UserError } from "../lib/report.mjs";
import { captured, passThrough } from "../lib/run.mjs";

const sinks = ["stdout", "origin"];

const help = `
./mayday edge [--host node|workerd] [--port N] [--sink stdout|origin]

The edge worker alone, on loopback. Accepted events go to the sink, one JSON object a line; with stdout, standard output
carries nothing else.

  --host   node (default) or workerd
  --port   8788
  --sink   stdout (default), or origin: POST to ORIGIN_URL with ORIGIN_TOKEN

Environment: ENVIRONMENT (dev), RELEASE, LOG_LEVEL (debug), LOG_INGEST_HMAC_SECRET, EXTRA_CORS_ORIGINS, TRUSTED_PROXIES (0),
LOG_RATE_BURST (20), LOG_RATE_PER_SECOND (5), ORIGIN_URL (http://127.0.0.1:8787), ORIGIN_TOKEN.
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
  if (!sinks.includes(sink)) throw new UserError(`--sink must be one of ${sinks.join(", ")}, not "${sink}"`);
  const port = parsePort(parsed.values.port, "port");
  if (await isTaken(port)) throw new UserError(`port ${port} is taken; choose another with --port`);

  await buildEdge();
  const environment = { MAYDAY_SINK: sink };
  await refuseWrongConfiguration(environment);
  const { command, args: hostArgs } = edgeCommand(host, port);
  if (host === "workerd") say(`mayday-edge starts on http://127.0.0.1:${port}`);
  const code = await passThrough(command, hostArgs, { environment });
  return code;
}

/** workerd reads its configuration with the first request: too late to refuse to start. */
async function refuseWrongConfiguration(environment) {
  const { code, output } = await captured(process.execPath, [inRoot("build/edge/hosts/node.js"), "--check"], {
    environment,
  });
  if (code !== 0) throw new UserError(output.trim().replace(/^mayday-edge: /, ""));
}
