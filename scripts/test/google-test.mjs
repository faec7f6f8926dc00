/** Runs a GoogleTest program and tells each outcome from its own JSON report. */

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { inRoot, root } from "../lib/paths.mjs";
import { tailOf } from "../lib/run.mjs";
import { limited } from "./limited.mjs";

const outputKeptMax = 64 * 1024;

export async function runGoogleTest(program, { environment = {}, suiteMs }, tell) {
  const place = path.relative(root, program);
  const report = inRoot("build/test", `${path.basename(program)}.json`);
  mkdirSync(path.dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const args = [`--gtest_output=json:${report}`];
  const env = { ...process.env, ...environment };
  const child = spawn(program, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => (output = (output + chunk).slice(-outputKeptMax)));
  }
  const { code, signal, isOverdue } = await limited(child, suiteMs);
  // The report is written at the end: a program that crashed has none.
  const outcomes = existsSync(report) ? outcomesIn(JSON.parse(readFileSync(report, "utf8")), output) : [];
  for (const outcome of outcomes) tell({ ...outcome, place });
  if (code === 0 || outcomes.some(({ kind }) => kind === "failed")) return;
  const how = isOverdue
    ? `did not end within ${suiteMs / 60_000} minutes`
    : `ended with ${signal ?? `exit code ${code}`}`;
  tell({ kind: "failed", name: path.basename(program), place, error: `${how}\n${tailOf(output)}` });
}

/** GoogleTest 1.12 says in its report that a test was skipped, but why only in its output. */
export function outcomesIn(report, output) {
  return report.testsuites.flatMap(({ name: suite, testsuite }) =>
    testsuite.map((test) => {
      const name = `${suite}.${test.name}`;
      if (test.failures) return { kind: "failed", name, error: test.failures.map(({ failure }) => failure).join("\n") };
      if (test.result === "SKIPPED" || test.status === "NOTRUN")
        return { kind: "skipped", name, reason: skipReason(name, output) };
      return { kind: "passed", name };
    }),
  );
}

/** What stands between the place where it was skipped and the line that says so. */
function skipReason(name, output) {
  const before = output.split(`[  SKIPPED ] ${name}`)[0];
  if (before === output) return "it is disabled";
  return /: Skipped\n([^]*)$/.exec(before.slice(before.lastIndexOf(": Skipped\n")))?.[1].trim() || "no reason is given";
}
