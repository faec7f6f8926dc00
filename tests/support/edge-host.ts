/** The edge in a real runtime, as `./mayday edge` starts it. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { edgeCommand, hosts } from "../../scripts/lib/edge-host.mjs";
import { ask, type Answer, type Ask } from "./http.ts";
import { until } from "./poll.ts";
import { freePorts } from "./ports.ts";
import { run, type Running } from "./process.ts";

export interface HostTraits {
  name: string;
  /** Nothing is remembered from one request to the next. */
  isStateless?: true;
  /** Whether the platform tells the peer's address; missing where that can't be seen from outside. */
  tellsPeer?: boolean;
  /** Accepted events wait here while the origin is down, and are answered 200. */
  waits?: true;
  /** Runs edge.wasm and makes a new instance after a trap. */
  survivesTraps?: true;
  /** On SIGTERM, hands over what it accepted. */
  drains?: true;
}

const process: Omit<HostTraits, "name"> = { waits: true, survivesTraps: true, tellsPeer: true, drains: true };
const worker: Omit<HostTraits, "name"> = { waits: true, survivesTraps: true, tellsPeer: true };
const traits: Record<string, Omit<HostTraits, "name">> = {
  node: process,
  workerd: worker,
  // With the Durable Object of its wrangler.toml, which has a test of its own.
  wrangler: { survivesTraps: true, tellsPeer: true },
  deno: process,
  bun: process,
  "edge-runtime": worker,
  component: { tellsPeer: false },
  cgi: { isStateless: true },
};

/** Every host that `./mayday edge` offers. */
export const edgeHosts: HostTraits[] = hosts.map((name) => ({ name, ...traits[name] }));

/** What the cases call it. */
export const kindsOf = ({ isStateless }: HostTraits): string[] => (isStateless ? ["edge"] : ["edge", "stateful"]);

export interface EdgeHost extends Running {
  name: string;
  url: string;
}

/** How often a request is asked that `wrangler dev` lost. */
const triesMax = 10;

/**
 * Asks as `ask` does. Before a worker, `wrangler dev` has a proxy for development, which after an early answer may close the
 * connection over it, or take one that the worker has closed and say so: there, what was lost is asked again.
 */
export async function askEdge(edge: EdgeHost, what: Ask): Promise<Answer> {
  for (let tries = edge.name === "wrangler" ? triesMax : 1; ; tries -= 1) {
    try {
      const answer = await ask(edge.url, what);
      if (tries <= 1 || !answer.text.startsWith("Your worker restarted mid-request")) return answer;
    } catch (error) {
      if (tries <= 1 || (error as NodeJS.ErrnoException).code !== "ECONNRESET") throw error;
    }
  }
}

/** It is a process that has just been started, on a machine that does other things. */
const listenMs = 30_000;

/** `folder` holds the built hosts and the module. */
export async function startEdge(name: string, environment: NodeJS.ProcessEnv, folder?: string): Promise<EdgeHost> {
  const port = await freePorts();
  const url = `http://127.0.0.1:${port}`;
  const data = mkdtempSync(path.join(tmpdir(), "mayday-edge-"));
  const program = edgeCommand(name, port, { environment, folder, data });
  const running = run(program.command, program.args, program.environment);
  const remove = (): void => rmSync(data, { recursive: true, force: true });
  running.ended.then(remove, remove);
  await until(
    `${name} listens`,
    async () => {
      if (running.child.exitCode !== null) throw new Error(`${name} ended: ${running.stderr()}`);
      return ask(url, { target: "/" }).then(
        () => true,
        () => false,
      );
    },
    listenMs,
  );
  return { ...running, name, url };
}
