/** The real ClickHouse engine (libchdb) behind ClickHouse's HTTP interface, as far as an insert needs it. */

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { inRoot } from "./paths.ts";
import { startReceiver, type Received, type Receiver, type Reply } from "./receiver.ts";

export interface ClickHouse extends Receiver {
  /** Rows of a statement's answer. */
  query(sql: string): Promise<Record<string, unknown>[]>;
}

/** What ClickHouse's HTTP handler makes of some of its error codes; 500 of all others. */
const statuses: Record<string, number> = {
  "60": 404,
  "81": 404,
  "62": 400,
  "27": 400,
  "26": 400,
  "117": 400,
  "376": 400,
};

export async function startClickHouse(): Promise<ClickHouse> {
  const shell = startShell();
  const answer = async ({ path: target, body }: Received): Promise<Reply> => {
    const {
      query = "",
      database,
      ...settings
    } = Object.fromEntries(new URL(target, "http://clickhouse.test").searchParams);
    if (database) await shell.ask(`USE ${database}`);
    for (const [name, value] of Object.entries(settings)) await shell.ask(`SET ${name} = '${value}'`);
    const { isOk, text } = await shell.ask(`${query}\n${body}`);
    if (isOk) return { status: 200, body: text };
    const code = /^Code: (\d+)/.exec(text)?.[1] ?? "0";
    return { status: statuses[code] ?? 500, headers: { "x-clickhouse-exception-code": code }, body: text };
  };
  // A request is several statements of one session: another's must not come in between.
  let last: Promise<unknown> = Promise.resolve();
  const receiver = await startReceiver((request) => {
    const answered = last.then(() => answer(request));
    last = answered.catch(() => undefined);
    return answered;
  });
  const query = async (sql: string) => {
    const { isOk, text } = await shell.ask(sql);
    if (!isOk) throw new Error(text);
    return text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  const close = async () => {
    await receiver.close();
    await shell.end();
  };
  return { ...receiver, query, close };
}

/** Statements go in one after the other, and answers come in their order. */
function startShell() {
  const child = spawn(buildShell(), { stdio: ["pipe", "pipe", "inherit"] });
  const waiting: ((answer: { isOk: boolean; text: string }) => void)[] = [];
  let seen = Buffer.alloc(0);
  child.stdout.on("data", (chunk: Buffer) => {
    seen = Buffer.concat([seen, chunk]);
    for (let feed = seen.indexOf(0x0a); feed >= 0; feed = seen.indexOf(0x0a)) {
      const [word, bytes] = seen.subarray(0, feed).toString().split(" ");
      const end = feed + 1 + Number(bytes);
      if (seen.length < end) return;
      waiting.shift()?.({ isOk: word === "ok", text: seen.subarray(feed + 1, end).toString() });
      seen = seen.subarray(end);
    }
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    ask: (sql: string) =>
      new Promise<{ isOk: boolean; text: string }>((resolve) => {
        waiting.push(resolve);
        child.stdin.write(`${Buffer.byteLength(sql)}\n${sql}`);
      }),
    end: () => {
      child.stdin.end();
      return ended;
    },
  };
}

function buildShell(): string {
  const folder = inRoot("build/tests");
  const library = path.dirname(createRequire(import.meta.url).resolve("@chdb/lib-linux-x64-gnu/package.json"));
  const program = path.join(folder, "clickhouse-shell");
  mkdirSync(folder, { recursive: true });
  const source = inRoot("tests/support/clickhouse_shell.cpp");
  const link = [path.join(library, "libchdb.so"), `-Wl,-rpath,${library}`];
  execFileSync("g++", ["-std=c++20", "-O1", source, "-o", program, ...link], { stdio: "inherit" });
  return program;
}
