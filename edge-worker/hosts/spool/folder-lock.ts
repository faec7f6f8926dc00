/**
 * One process a folder. Nothing that all of Node, Deno and Bun have is released by the kernel when a process is killed, so
 * the holder touches its lock file every second, and a lock that nobody touches for three is nobody's.
 */

import { randomUUID } from "node:crypto";
import { closeSync, openSync, readFileSync, statSync, unlinkSync, utimesSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { clearInterval, setInterval } from "node:timers";
import { ConfigurationError } from "../instance.ts";

const touchMs = 1_000;
const silentMsMax = 3_000;

/** Locks of this process: its own pid in a lock file is otherwise a predecessor's, as pid 1 of a container is. */
const heldHere = new Set<string>();

export class FolderLock {
  readonly #path: string;
  readonly #text: string;
  readonly #timer: NodeJS.Timeout;
  #isHeld = true;

  /** Throws `ConfigurationError` where another process has the folder; waits up to three seconds to know. */
  constructor(folder: string) {
    this.#path = join(folder, "lock");
    this.#text = JSON.stringify({ pid: process.pid, host: nameOfHost(), token: randomUUID() });
    this.#take(folder);
    heldHere.add(this.#path);
    this.#timer = setInterval(() => this.#touch(), touchMs);
    this.#timer.unref();
  }

  /** False after another process has taken the folder, as it may when this one was frozen. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  release(): void {
    clearInterval(this.#timer);
    heldHere.delete(this.#path);
    if (this.#isHeld && textIn(this.#path) === this.#text) unlinkSync(this.#path);
    this.#isHeld = false;
  }

  #take(folder: string): void {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if (this.#create()) return;
      if (heldHere.has(this.#path) || !isForsaken(this.#path)) break;
      unlinkIfThere(this.#path);
    }
    throw new ConfigurationError(
      `the spool ${folder} is used by another process (${textIn(this.#path)}): give each its own MAYDAY_SPOOL_DIR`,
    );
  }

  #create(): boolean {
    let file: number;
    try {
      file = openSync(this.#path, "wx", 0o600);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw error;
    }
    writeSync(file, this.#text);
    closeSync(file);
    return true;
  }

  #touch(): void {
    if (textIn(this.#path) !== this.#text) this.#isHeld = false;
    if (!this.#isHeld) return clearInterval(this.#timer);
    const now = new Date();
    try {
      utimesSync(this.#path, now, now);
    } catch {
      this.#isHeld = false;
    }
  }
}

function isForsaken(path: string): boolean {
  const text = textIn(path);
  if (holderIsDead(text)) return true;
  const touchedAt = touchTimeOf(path);
  for (let waitedMs = 0; waitedMs < silentMsMax; waitedMs += 100) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    if (textIn(path) !== text || touchTimeOf(path) !== touchedAt) return false;
  }
  return true;
}

/** Only where that can be known at once: on the same host, whose processes we may ask for. */
function holderIsDead(text: string): boolean {
  const found = /^\{"pid":(\d+),"host":"([^"]+)",/.exec(text);
  if (found === null || found[2] !== nameOfHost()) return false;
  const pid = Number(found[1]);
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** Deno does not tell it unasked. */
function nameOfHost(): string {
  try {
    return hostname();
  } catch {
    return "";
  }
}

function textIn(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function touchTimeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Somebody else saw the same, and was faster.
  }
}
