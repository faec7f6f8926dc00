#!/usr/bin/env node
/** `npx mayday`: starts the edge, which the package carries, and the origin, which it carries as source. */

import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { unpackNative } from "./native.ts";

const help = `mayday COMMAND

  edge     the edge worker, in this process: takes events at /v1/logs
             --port 8788  --host 127.0.0.1
             --sink stdout|files|archive|origin|otlp|clickhouse|loki   one, or several with commas; stdout
  origin   stores events and shows them
             --port 8787  --data .mayday
  up       all of it, with a demo page
             --port-base 8787  --data .mayday
             Their native program is built from source the first time, which takes some minutes, and asks for
             Debian's or Ubuntu's compilers. MAYDAY_ORIGIN names one that is there already.

Configuration of the edge is by environment variables (ENVIRONMENT, EXTRA_CORS_ORIGINS, ORIGIN_URL, ...).
`;

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

/** In this process, so that a Ctrl-C is heard once. What it stores is kept in the folder where it was called. */
async function startNative(command: string, args: string[]): Promise<void> {
  const script = unpackNative();
  process.argv.splice(1, process.argv.length, script, command, "--data", ".mayday", ...args);
  await import(pathToFileURL(script).href);
}

/** Answers the exit code, or nothing where the process goes on. */
async function run([command = "help", ...args]: string[]): Promise<number | undefined> {
  if (["help", "--help", "-h"].includes(command)) {
    process.stdout.write(help);
    return 0;
  }
  try {
    if (command === "edge") await startEdge(args);
    else if (command === "origin" || command === "up") await startNative(command, args);
    else throw new Error(`there is no command "${command}"; mayday help lists them`);
    return undefined;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

const code = await run(process.argv.slice(2));
if (code !== undefined) process.exitCode = code;
