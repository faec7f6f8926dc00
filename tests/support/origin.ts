/** Starts real mayday-origin processes for tests, on a free port and in folders of their own. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fetchAsAgent } from "./tokens.ts";

export const originBinary = process.env["MAYDAY_ORIGIN_BIN"] ?? "build/native/bin/mayday-origin";
export const originToken = "dev-origin-token";

const startMsMax = 20_000;

export interface Origin {
  url: string;
  port: number;
  dataDir: string;
  process: ChildProcess;
  /** What it has written to standard error so far. */
  errors(): string;
  /** Ends it as an operator would; answers its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface OriginOptions {
  env?: Record<string, string>;
  arguments?: string[];
  dataDir?: string;
}

/** Folders made here; `removeFolders` takes them away after the tests. */
const folders: string[] = [];

export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mayday-origin-"));
  folders.push(folder);
  return folder;
}

export async function removeFolders(): Promise<void> {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
}

function spawnOrigin(args: string[], env: Record<string, string> = {}): ChildProcess {
  // Nothing of the developer's own environment decides about a test.
  return spawn(originBinary, args, {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Starts an origin and waits until it listens. */
export async function startOrigin(options: OriginOptions = {}): Promise<Origin> {
  const dataDir = options.dataDir ?? (await makeFolder());
  const child = spawnOrigin(["--port", "0", "--data", dataDir, ...(options.arguments ?? [])], options.env);
  let errors = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const exited = once(child, "exit") as Promise<[number | null]>;
  const lines = createInterface({ input: child.stdout! });
  const listening = once(lines, "line", { signal: AbortSignal.timeout(startMsMax) }) as Promise<[string]>;
  const line = await Promise.race([listening.then(([text]) => text), exited.then(() => "")]);
  const found = /listening on (http:\/\/\S+:(\d+))/.exec(line);
  if (!found) {
    child.kill("SIGKILL");
    throw new Error(`the origin did not start: ${line} ${errors}`);
  }
  return {
    url: found[1]!,
    port: Number(found[2]),
    dataDir,
    process: child,
    errors: () => errors,
    stop: async (signal = "SIGTERM") => {
      child.kill(signal);
      return (await exited)[0];
    },
  };
}

/** Runs an origin that is expected to end by itself. */
export async function runOrigin(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; out: string; errors: string }> {
  const child = spawnOrigin(args, env);
  let out = "";
  let errors = "";
  child.stdout!.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const [code] = (await once(child, "close", { signal: AbortSignal.timeout(startMsMax) })) as [number | null];
  return { code, out, errors };
}

export type TestEvent = Record<string, unknown> & { event_id: string };

/** An event as the edge writes it. */
export function makeEvent(fields: Record<string, unknown> = {}): TestEvent {
  const now = new Date().toISOString();
  return {
    event_id: randomUUID(),
    timestamp: now,
    level: "error",
    service: "web",
    environment: "dev",
    release: "1.0",
    message: "it broke",
    received_at: now,
    ...fields,
  };
}

export const toLines = (events: TestEvent[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join("");

export function postIngest(origin: { url: string }, body: string, token = originToken): Promise<Response> {
  return fetch(`${origin.url}/ingest`, { method: "POST", headers: { authorization: `Bearer ${token}` }, body });
}

export interface IngestAnswer {
  stored: number;
  known: number;
  rejected: { index: number; reason: string }[];
  request_id: string;
}

export async function ingest(origin: { url: string }, events: TestEvent[]): Promise<IngestAnswer> {
  const response = await postIngest(origin, toLines(events));
  if (response.status !== 200) throw new Error(`ingest answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as IngestAnswer;
}

/** Every stored event, page by page. */
export async function fetchAll(origin: { url: string }): Promise<TestEvent[]> {
  const all: TestEvent[] = [];
  let next: string | null = "";
  while (next !== null) {
    const response: Response = await fetchAsAgent(`${origin.url}/events?limit=200&cursor=${next}`);
    const page = (await response.json()) as { events: TestEvent[]; next: string | null };
    all.push(...page.events);
    next = page.next;
  }
  return all;
}

/** Writes raw bytes and answers all that comes back until the server closes, or `until` is found. */
export async function exchange(port: number, bytes: string, until?: RegExp): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket
    .setEncoding("latin1")
    .setTimeout(startMsMax, () => socket.destroy(new Error("the server neither answered nor closed")));
  socket.write(bytes, "latin1");
  let received = "";
  for await (const text of socket) {
    received += text as string;
    if (until?.test(received)) break;
  }
  socket.destroy();
  return received;
}
