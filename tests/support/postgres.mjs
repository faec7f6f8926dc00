/** A real PostgreSQL of the tests' own, on loopback, at a free port, in a folder of its own. */

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

const startMsMax = 60_000;

/** Debian keeps the programs of each version apart; the newest is taken. */
function programs() {
  const versions = readdirSync("/usr/lib/postgresql").sort((a, b) => Number(b) - Number(a));
  return path.join("/usr/lib/postgresql", versions[0], "bin");
}

/** PostgreSQL refuses to run as root: there it runs as the user that its package has made. */
const asServer = (command, args) =>
  process.getuid() === 0 ? ["runuser", ["-u", "postgres", "--", command, ...args]] : [command, args];

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/**
 * `{url, port, run(sql), hold(sql), kill(), start(), stop()}`. `url` names a database that is there; `run` answers rows of text.
 * Durable as in production: fsync is on.
 */
export async function startPostgres() {
  const folder = mkdtempSync(path.join(tmpdir(), "mayday-postgres-"));
  const data = path.join(folder, "data");
  mkdirSync(data);
  chmodSync(folder, 0o755);
  if (process.getuid() === 0) execFileSync("chown", ["-R", "postgres", folder]);
  const bin = programs();
  const [initdb, initdbArgs] = asServer(path.join(bin, "initdb"), [
    ...["--pgdata", data, "--username", "mayday", "--auth", "trust", "--encoding", "UTF8", "--locale", "C"],
  ]);
  execFileSync(initdb, initdbArgs, { stdio: ["ignore", "ignore", "pipe"], cwd: "/" });
  const port = await freePort();
  const urlOf = (database) => `postgresql://mayday@127.0.0.1:${port}/${database}`;
  let child;

  const start = async () => {
    const [program, args] = asServer(path.join(bin, "postgres"), [
      ...["-D", data, "-p", String(port), "-c", "listen_addresses=127.0.0.1", "-k", folder],
      ...["-c", "max_connections=60", "-c", "log_min_messages=fatal"],
    ]);
    child = spawn(program, args, { stdio: "ignore", cwd: "/" });
    await untilReady(() => run("SELECT 1", "postgres"));
  };
  const run = (sql, database = "mayday") =>
    execFileSync(path.join(bin, "psql"), [urlOf(database), "-X", "-q", "-A", "-t", "-F", "\t", "-c", sql], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    })
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split("\t"));
  /** A transaction that has run `sql` and stays open, with its locks, until `release`. */
  const hold = async (sql, database = "mayday") => {
    const session = spawn(path.join(bin, "psql"), [urlOf(database), "-X", "-q", "-v", "ON_ERROR_STOP=1"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const exited = once(session, "exit");
    session.stdin.write(`BEGIN; ${sql};\n\\echo held\n`);
    await Promise.race([once(session.stdout, "data"), exited]);
    if (session.exitCode !== null) throw new Error(`psql ended: ${sql}`);
    return {
      release: async () => {
        session.stdin.end("COMMIT;\n");
        await exited;
      },
    };
  };
  /** The server's own process: `runuser` stands before it. */
  const serverPid = () =>
    Number(execFileSync("head", ["-n", "1", path.join(data, "postmaster.pid")], { encoding: "utf8" }));
  const end = async (signal) => {
    const exited = once(child, "exit");
    process.kill(serverPid(), signal);
    await exited;
  };

  await start();
  run("CREATE DATABASE mayday", "postgres");
  return {
    url: urlOf("mayday"),
    port,
    run,
    hold,
    start,
    kill: () => end("SIGQUIT"),
    stop: async () => {
      await end("SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Asks until it answers; each question is a process of its own, so nothing spins. */
async function untilReady(question) {
  const deadline = Date.now() + startMsMax;
  for (;;) {
    try {
      return question();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
