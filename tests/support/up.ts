/** A whole Mayday, started as a person would, on ports and in a folder of its own. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "playwright-core";
import { inRoot } from "./paths.ts";
import { until } from "./poll.ts";
import { freePorts } from "./ports.ts";
import { isAlive, processesUnder, run, type Running } from "./process.ts";

/** It builds what is not built, which here is nothing as a rule. */
const upMs = 120_000;

export interface Up extends Running {
  portBase: number;
  origin: string;
  edge: string;
  demo: string;
  data: string;
  /** Every process that it started, itself included. */
  processes(): { pid: number; command: string }[];
  /** What SQLite's own shell counts by this statement, over the files of all days. */
  count(sql: string): number;
  /** Signs a page's browser in, with the account that it printed. */
  signIn(page: Page): Promise<void>;
  /** Stops it where it still runs, and takes its data away. */
  clear(): Promise<void>;
}

/** `command` is the front door: the repository's, or a package's. */
export async function startUp(command = inRoot("mayday"), environment: Record<string, string> = {}): Promise<Up> {
  const portBase = await freePorts(3);
  const data = mkdtempSync(path.join(tmpdir(), "mayday-up-"));
  const running = run(command, ["up", "--port-base", String(portBase), "--data", data], environment);
  const at = (offset: number): string => `http://127.0.0.1:${portBase + offset}`;
  const up: Up = {
    ...running,
    portBase,
    origin: at(0),
    edge: at(1),
    demo: at(2),
    data,
    processes: () => processesUnder(running.pid),
    count: (sql) =>
      databasesIn(data)
        .map((file) => Number(execFileSync("sqlite3", ["-readonly", file, sql], { encoding: "utf8" })))
        .reduce((sum, count) => sum + count, 0),
    signIn: async (page) => {
      const [, email, password] = /sign in as +(\S+)\s+password +(\S+)/.exec(running.stdout()) ?? [];
      const answer = await page.request.post(`${at(0)}/auth/login`, { data: { email, password, cookie: true } });
      if (!answer.ok()) throw new Error(`signing in answered ${answer.status()}: ${await answer.text()}`);
    },
    clear: async () => {
      if (isAlive(running.pid)) await running.stop("SIGTERM");
      rmSync(data, { recursive: true, force: true });
    },
  };
  await until(
    "it is up",
    () => {
      if (running.child.exitCode !== null) throw new Error(`${command} up ended: ${running.stderr()}`);
      return running.stdout().includes("Mayday is up");
    },
    upMs,
  );
  return up;
}

function databasesIn(data: string): string[] {
  const folder = path.join(data, "mayday.events");
  return readdirSync(folder)
    .filter((file) => file.endsWith(".db"))
    .map((file) => path.join(folder, file));
}
