/** How each host of the edge worker is started. */

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { inRoot } from "./paths.mjs";

const require = createRequire(import.meta.url);

/** Answers the program and its arguments for a port of loopback; `environment` is what it must be given besides ours. */
const commands = {
  node: ({ folder, port }) => ({ command: process.execPath, args: [`${folder}/node.js`, "--port", port] }),
  // The binary itself, not npm's wrapper: a signal must reach workerd.
  workerd: ({ folder, port }) => ({
    command: require("workerd").default,
    args: ["serve", `${folder}/workerd.capnp`, "--socket-addr", `http=127.0.0.1:${port}`],
  }),
  wrangler: ({ folder, port, values, data }) => ({
    command: process.execPath,
    args: [
      ...[inRoot("node_modules/wrangler/bin/wrangler.js"), "dev", `${folder}/workerd.js`, "--persist-to", data],
      ...wranglerArgs(port, values),
    ],
    environment: quietWrangler,
  }),
  deno: ({ folder, port, values }) => ({
    command: denoBinary(),
    args: ["run", "--no-prompt", ...denoPermissions(folder, values), `${folder}/deno.js`, "--port", port],
  }),
  bun: ({ folder, port }) => ({ command: bunBinary(), args: [`${folder}/bun.js`, "--port", port] }),
  "edge-runtime": ({ folder, port }) => ({
    command: process.execPath,
    args: [inRoot("scripts/serve-edge-runtime.mjs"), folder, port],
  }),
  component: ({ folder, port }) => ({
    command: process.execPath,
    args: [jco, "serve", `${folder}/edge-component.wasm`, "--host", "127.0.0.1", "--port", port],
    environment: jcoEndsWithItsServer,
  }),
  cgi: ({ folder, port }) => ({
    command: process.execPath,
    args: [inRoot("scripts/serve-cgi.mjs"), `${folder}/cgi.js`, port],
    // The program's lines go to standard error by themselves.
    environment: { MAYDAY_SINK: "" },
  }),
};

export const hosts = Object.keys(commands);

/**
 * `folder` holds the built hosts, `data` what `wrangler dev` stores; `environment` is added to ours. Some hosts must be told of it
 * on the command line.
 */
export function edgeCommand(host, port, { folder = inRoot("build/edge/hosts"), environment = {}, data } = {}) {
  const { environment: own = {}, ...program } = commands[host]({
    folder: path.resolve(folder),
    port: String(port),
    values: { ...process.env, ...environment },
    data: data ?? inRoot(`.mayday/wrangler-${port}`),
  });
  return { ...program, environment: { ...environment, ...own } };
}

/** Reads no setting from the network, tells nobody of its use, asks nothing. */
const quietWrangler = {
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_HIDE_BANNER: "true",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_LOG_PATH: inRoot("build/logs"),
  CI: "true",
};

/** wrangler passes on what it is told to, and not its own environment. workerd's configuration names what a worker reads. */
function wranglerArgs(port, values) {
  const configuration = readFileSync(inRoot("edge-worker/hosts/workerd.capnp"), "utf8");
  const names = [...configuration.matchAll(/fromEnvironment = "(\w+)"/g)].map(([, name]) => name);
  const given = { ENVIRONMENT: "dev", ORIGIN_URL: "http://127.0.0.1:8787", ...values };
  return [
    ...["--config", inRoot("edge-worker/deploy/cloudflare/wrangler.toml"), "--ip", "127.0.0.1", "--port", port],
    ...["--show-interactive-dev-session=false", "--inspector-port", "0"],
    ...names.filter((name) => given[name]).flatMap((name) => ["--var", `${name}:${given[name]}`]),
  ];
}

/** The network, the environment, the module; the disk only where something is to be kept there. */
function denoPermissions(folder, values) {
  const folders = ["MAYDAY_SPOOL_DIR", "MAYDAY_ARCHIVE_DIR", "TROUBLESHOOT_FE_LOG_DIR", "TROUBLESHOOT_API_LOG_DIR"]
    .map((name) => values[name])
    .filter(Boolean);
  const write = folders.length > 0 ? [`--allow-write=${folders.join(",")}`] : [];
  return ["--allow-net", "--allow-env", `--allow-read=${[folder, ...folders].join(",")}`, ...write];
}

const jco = inRoot("node_modules/@bytecodealliance/jco/dist/jco.js");

/** jco serves in a second process, which a signal to the first does not reach. */
const jcoEndsWithItsServer = {
  JCO_RUN_PATH: "/usr/bin/setpriv",
  JCO_RUN_ARGS: `--pdeathsig TERM -- ${process.execPath}`,
};

/** The platform's own package has the binary: npm's scripts, which bring it elsewhere, may not have run. */
function denoBinary() {
  return inPackage(`@deno/linux-${process.arch}-glibc`, "deno");
}

function bunBinary() {
  // Where they have run, Bun's moved it away.
  const moved = inPackage("bun", "bin/bun.exe");
  const own = inPackage(`@oven/bun-linux-${process.arch === "arm64" ? "aarch64" : process.arch}`, "bin/bun");
  return existsSync(own) ? own : moved;
}

function inPackage(name, file) {
  return path.join(path.dirname(require.resolve(`${name}/package.json`)), file);
}
