#!/usr/bin/env node
/** `npx mayday`: starts the edge, which the package carries, and says where to find what it does not. */

import { parseArgs } from "node:util";

const help = `mayday COMMAND

  edge     the edge worker, in this process: takes events at /v1/logs
             --port 8788  --host 127.0.0.1
             --sink stdout|files|archive|origin|otlp|clickhouse|loki   one, or several with commas; stdout
  origin   stores events and shows them
  up       all of it, with a demo page

Configuration of the edge is by environment variables (ENVIRONMENT, EXTRA_CORS_ORIGINS, ORIGIN_URL, ...).
`;

const elsewhere = "it is a native program, which an npm package can't carry: in a clone of Mayday's repository, run";

function say(line: string): void {
  process.stderr.write(`mayday: ${line}\n`);
}

async function startEdge(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: "string", default: "8788" },
      host: { type: "string", default: "127.0.0.1" },
      sink: { type: "string", default: process.env.MAYDAY_SINK || "stdout" },
    },
  });
  process.env.MAYDAY_SINK = values.sink;
  process.argv.splice(2, process.argv.length, "--port", values.port, "--host", values.host);
  await import(new URL("../edge/node.js", import.meta.url).href);
}

/** Answers the exit code, or nothing where the process goes on. */
async function run([command = "help", ...args]: string[]): Promise<number | undefined> {
  if (["help", "--help", "-h"].includes(command)) {
    process.stdout.write(help);
    return 0;
  }
  if (command === "origin") say(`origin is not in the package: ${elsewhere} ./mayday origin`);
  else if (command === "up") say(`up needs the origin: ${elsewhere} ./mayday up; npx mayday edge works here`);
  else if (command !== "edge") say(`there is no command "${command}"; mayday help lists them`);
  else {
    try {
      await startEdge(args);
      return undefined;
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  }
  return 1;
}

const code = await run(process.argv.slice(2));
if (code !== undefined) process.exitCode = code;
