/** The sink that is a folder: one `<session>.jsonl` for each session, for whoever develops on this machine. */

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "../forwarder.ts";
import { ConfigurationError } from "../instance.ts";
import { eventsIn } from "../lines.ts";
import type { Sink, SinkState } from "../sink.ts";
import { appendRotating } from "./rotating-file.ts";

/** A client names its sessions as it likes, and must not fill the folder: later sessions share one file. */
const sessionsMax = 1_000;
const shared = "other.jsonl";
const withoutSession = "no-session.jsonl";
/** A file name has 255 bytes on every system, of which a backup's ending takes two. */
const nameBytesMax = 200;

export class SessionFiles implements Sink {
  readonly #folder: string;
  readonly #log: Log;
  readonly #names: Set<string>;
  #forwarded = 0;
  #failing = false;

  /** Throws `ConfigurationError` where the folder can't be made. */
  constructor(folder: string, log: Log) {
    this.#folder = folder;
    this.#log = log;
    makeFolder("TROUBLESHOOT_FE_LOG_DIR", folder);
    this.#names = new Set(readdirSync(folder).filter((name) => name.endsWith(".jsonl")));
  }

  roomBytes(): number {
    return Number.MAX_SAFE_INTEGER;
  }

  /** Where one of several files fails, those before it have their lines, and get them again when the client retries. */
  keep(lines: Uint8Array, events: number): boolean {
    const texts = new Map<string, string>();
    for (const { text, event } of eventsIn(lines)) {
      const name = this.#nameFor(event.session_id);
      texts.set(name, `${texts.get(name) ?? ""}${text}\n`);
    }
    try {
      for (const [name, text] of texts) appendRotating(join(this.#folder, name), Buffer.from(text));
    } catch (error) {
      if (!this.#failing) this.#log("files: events can't be written", { reason: (error as Error).message });
      this.#failing = true;
      return false;
    }
    this.#failing = false;
    this.#forwarded += events;
    return true;
  }

  work(): undefined {}

  state(): SinkState {
    return { forwarded: this.#forwarded, pending: 0, stalledMs: 0, refused: 0, replayed: 0 };
  }

  close(): Promise<number> {
    return Promise.resolve(0);
  }

  #nameFor(session: string | undefined): string {
    const name = fileNameOf(session);
    if (this.#names.has(name) || name === withoutSession) return name;
    if (this.#names.size >= sessionsMax) return shared;
    this.#names.add(name);
    if (this.#names.size === sessionsMax) {
      const message = `files: ${this.#folder} holds ${sessionsMax} sessions; further ones share ${shared}`;
      this.#log(message, { level: "warn" });
    }
    return name;
  }
}

/** A name of that folder whatever the client calls its session. What had to be changed stays apart by its hash. */
function fileNameOf(session: string | undefined): string {
  if (!session) return withoutSession;
  if (/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(session) && session.length <= nameBytesMax) return `${session}.jsonl`;
  const hash = createHash("sha256").update(session).digest("hex").slice(0, 16);
  const readable = session.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, nameBytesMax / 2);
  return `${readable}-${hash}.jsonl`;
}

export function makeFolder(variable: string, folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new ConfigurationError(`${variable}: ${(error as Error).message}`);
  }
}
