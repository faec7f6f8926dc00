import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import path from "node:path";
import { buildDemo, buildEdge, originProgram } from "../lib/build.mjs";
import { readArguments } from "../lib/arguments.mjs";
import { Children, stopSignal } from "../lib/children.mjs";
import { edgeCommand } from "../lib/edge-host.mjs";
import { frontDoor, inRoot, isPackaged } from "../lib/paths.mjs";
import { isTaken, parsePort } from "../lib/ports.mjs";
import { say, UserError } from "../lib/report.mjs";

const help = `
${frontDoor} up [--port-base N] [--data DIR]

Builds everything and starts it on loopback: the origin on SQLite, the edge worker in ${isPackaged ? "Node" : "workerd"}, and a demo page that breaks
on purpose. Ctrl-C or SIGTERM stops all of it. Where MAYDAY_ORIGIN names a mayday-origin, that one is started and none is built.

  --port-base N   the origin's port (8787); the edge takes N+1, the demo page N+2
  --data DIR      where the database is kept (.mayday)
`;

const healthMs = 30_000;
/** On the way down, events that the edge has accepted may still go to the origin for this long. */
const drainMs = 3_000;

export async function run(args) {
  const parsed = readArguments(args, {
    help,
    options: { "port-base": { type: "string", default: "8787" }, data: { type: "string" } },
  });
  if (!parsed) return 0;
  const base = parsePort(parsed.values["port-base"], "port-base", 65_533);
  const ports = { origin: base, edge: base + 1, demo: base + 2 };
  await refuseTakenPorts(ports);

  const program = await originProgram();
  await buildEdge();
  await buildDemo();

  const children = new Children();
  const asked = stopSignal(() => {
    children.kill();
    process.exit(1);
  });
  const addresses = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, `http://127.0.0.1:${port}`]));
  const account = { email: "admin@example.com", password: randomBytes(12).toString("base64url") };
  try {
    const isUp = start(children, program, ports, addresses, parsed.values.data, account);
    isUp.catch(() => {});
    const first = await Promise.race([asked, isUp]);
    if (first === undefined) {
      print(addresses, account);
      await Promise.race([asked, children.death]);
    }
    say("\nstopping");
    return 0;
  } finally {
    await children.stop((name) => (name === "the edge worker" ? drained(addresses.edge) : undefined));
  }
}

async function refuseTakenPorts(ports) {
  for (const [name, port] of Object.entries(ports)) {
    if (!(await isTaken(port))) continue;
    const other = ports.origin + 100 <= 65_533 ? ports.origin + 100 : ports.origin - 100;
    throw new UserError(
      `port ${port}, wanted for the ${name}, is taken. Is another ${frontDoor} up running? ` +
        `Other ports: ${frontDoor} up --port-base ${other}`,
    );
  }
}

async function start(children, program, ports, addresses, data, account) {
  const token = randomBytes(32).toString("hex");
  const pages = [ports.demo, ports.origin].flatMap((port) => [`http://127.0.0.1:${port}`, `http://localhost:${port}`]);
  const shared = { ENVIRONMENT: "dev", ORIGIN_TOKEN: token, EXTRA_CORS_ORIGINS: pages.join(",") };

  const dataFolder = data === undefined ? inRoot(".mayday") : path.resolve(data);
  makeAccount(program, dataFolder, account);
  children.start(
    "the origin",
    "up-origin",
    program,
    ["--host", "127.0.0.1", "--port", String(ports.origin), "--data", dataFolder],
    shared,
  );
  await children.waitFor("the origin", `${addresses.origin}/health`, healthMs);

  const edge = edgeCommand(isPackaged ? "node" : "workerd", ports.edge);
  children.start("the edge worker", "up-edge", edge.command, edge.args, {
    ...shared,
    ORIGIN_URL: addresses.origin,
    MAYDAY_SINK: "origin",
    // The demo's server hands on what its page posts, and tells whose it is.
    TRUSTED_PROXIES: "1",
  });
  await children.waitFor("the edge worker", `${addresses.edge}/v1/logs/health`, healthMs);

  children.start("the demo page", "up-demo", process.execPath, [
    inRoot("scripts/serve-demo.mjs"),
    "--port",
    String(ports.demo),
    "--edge",
    addresses.edge,
    "--dashboard",
    addresses.origin,
  ]);
  await children.waitFor("the demo page", `${addresses.demo}/`, healthMs);
}

/** Whoever runs this may look at the dashboard: with a new password each time. */
function makeAccount(program, dataFolder, { email, password }) {
  const made = spawnSync(program, ["admin", "create", "--email", email, "--name", "Admin", "--data", dataFolder], {
    env: { PATH: process.env.PATH, MAYDAY_PASSWORD: password },
    encoding: "utf8",
  });
  if (made.status !== 0) throw new UserError(`the dashboard's account could not be made: ${made.stderr.trim()}`);
}

function print({ demo, origin, edge }, { email, password }) {
  console.log(`
  Mayday is up.

    demo page   ${demo}     break something here
    dashboard   ${origin}     see it here
    edge        ${edge}/v1/logs

    sign in as  ${email}
    password    ${password}

  Ctrl-C stops it.
`);
}

/** Waits until the edge has nothing left for the origin. */
async function drained(edge) {
  const deadline = Date.now() + drainMs;
  while (Date.now() < deadline) {
    try {
      const response = await fetch(`${edge}/v1/logs/health`, { signal: AbortSignal.timeout(1_000) });
      if ((await response.json()).pending === 0) return;
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  say("some events had not reached the origin");
}
