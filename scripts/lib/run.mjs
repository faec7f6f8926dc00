/** Runs a program to its end. Its output goes into build/logs and is shown only where it failed. */

import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { inRoot, root, shownLog } from "./paths.mjs";
import { timed, UserError } from "./report.mjs";

const tailLines = 40;

/** One long step: `log` names its file in build/logs; `hint` says what to do where it fails. */
export function step(label, log, command, args, options = {}) {
  return timed(label, () => logged(label, log, command, args, options));
}

async function logged(label, log, command, args, { environment = {}, hint = "" }) {
  mkdirSync(inRoot("build/logs"), { recursive: true });
  const file = inRoot("build/logs", `${log}.log`);
  const output = openSync(file, "w");
  const { code, signal } = await exited(
    spawn(command, args, { cwd: root, env: { ...process.env, ...environment }, stdio: ["ignore", output, output] }),
    command,
  ).finally(() => closeSync(output));
  if (code === 0) return;
  process.stderr.write(`${tailOf(readFileSync(file, "utf8"))}\n`);
  const how = signal ? `was ended by ${signal}` : `failed with exit code ${code}`;
  throw new UserError(`${label} ${how}; all of its output is in ${shownLog(log)}${hint ? `. ${hint}` : ""}`);
}

/** Runs with the terminal's own streams; answers the exit code, 1 where a signal ended it. */
export async function passThrough(command, args, { environment = {} } = {}) {
  const child = spawn(command, args, { cwd: root, env: { ...process.env, ...environment }, stdio: "inherit" });
  const forward = (signal) => child.kill(signal);
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, forward);
  const { code } = await exited(child, command);
  for (const signal of signals) process.off(signal, forward);
  return code ?? 1;
}

/** The exit code and what the program wrote. */
export async function captured(command, args, { environment = {}, directory = root } = {}) {
  const child = spawn(command, args, {
    cwd: directory,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const { code, signal } = await exited(child, command);
  return { code: code ?? 1, signal, output };
}

function exited(child, command) {
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new UserError(`can't run ${command}: ${error.message}`)));
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
}

export function tailOf(text, lines = tailLines) {
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}
