/**
 * The processes that a command starts and ends. Each is the head of its own process group, so that a Ctrl-C in the terminal
 * reaches us alone and they end in order; where we are killed ourselves, the kernel ends them.
 */

import { spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync } from "node:fs";
import { inRoot, root, shownLog } from "./paths.mjs";
import { UserError } from "./report.mjs";
import { tailOf } from "./run.mjs";

const textKeptMax = 8 * 1024;
const stopMs = 5_000;
/** Part of util-linux, which every Debian has. Without it only the last sentence above is not true. */
const setpriv = "/usr/bin/setpriv";

export class Children {
  #children = [];
  #isStopping = false;
  #reportDeath;
  /** Rejects with a `UserError` when a child ends that nobody asked to. */
  death = new Promise((_, reject) => (this.#reportDeath = reject));

  constructor() {
    this.death.catch(() => {});
  }

  /** Starts a program whose output goes to build/logs/<log>.log. */
  start(name, log, command, args, environment = {}) {
    const [file, ...rest] = existsSync(setpriv)
      ? [setpriv, "--pdeathsig", "KILL", "--", command, ...args]
      : [command, ...args];
    const child = spawn(file, rest, {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const entry = { name, child, text: "", ended: undefined };
    mkdirSync(inRoot("build/logs"), { recursive: true });
    const output = createWriteStream(inRoot("build/logs", `${log}.log`));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output.write(chunk);
        entry.text = (entry.text + chunk).slice(-textKeptMax);
      });
    }
    entry.ended = new Promise((resolve) => {
      child.once("error", (error) => resolve(`could not be started: ${error.message}`));
      child.once("close", (code, signal) =>
        resolve(signal ? `was ended by ${signal}` : `ended with exit code ${code}`),
      );
    });
    entry.ended.then((how) => this.#ended(entry, how, log));
    this.#children.push(entry);
    return child;
  }

  #ended(entry, how, log) {
    if (this.#isStopping) return;
    const lines = tailOf(entry.text, 15);
    this.#reportDeath(
      new UserError(`${entry.name} ${how}${lines ? `; its last lines:\n${lines}` : ""}\n(${shownLog(log)})`),
    );
  }

  /** Waits until `url` answers with `status`, or a child dies, or `deadlineMs` are over. */
  async waitFor(name, url, deadlineMs, status = 200) {
    await Promise.race([this.death, answers(name, url, deadlineMs, status)]);
  }

  /** Ends them in the reverse order of their start: SIGTERM, and SIGKILL for one that does not listen. */
  async stop(beforeEach = async (_name) => {}) {
    this.#isStopping = true;
    for (const { name, child, ended } of this.#children.reverse()) {
      if (child.exitCode === null && child.signalCode === null) await beforeEach(name);
      signalGroup(child, "SIGTERM");
      const timer = setTimeout(() => signalGroup(child, "SIGKILL"), stopMs);
      await ended;
      clearTimeout(timer);
      // What a child started itself, and left behind.
      signalGroup(child, "SIGKILL");
    }
  }

  /** Without asking. */
  kill() {
    for (const { child } of this.#children) signalGroup(child, "SIGKILL");
  }
}

function signalGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

async function answers(name, url, deadlineMs, status) {
  const deadline = Date.now() + deadlineMs;
  while (Date.now() < deadline) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      await response.arrayBuffer();
      if (response.status === status) return;
    } catch {
      // Not yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new UserError(`${name} did not answer at ${url} within ${deadlineMs / 1000} s; see build/logs`);
}

/** Settles when the person or a supervisor wants us to end. A second signal means: at once. */
export function stopSignal(atOnce) {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
      process.on(signal, () => {
        if (asked) atOnce();
        asked = true;
        resolve(signal);
      });
    }
  });
}
