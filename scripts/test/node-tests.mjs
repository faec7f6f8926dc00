/** Runs TypeScript test files under node --test and tells each outcome as it comes. */

import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { inRoot, root } from "../lib/paths.mjs";
import { tailOf } from "../lib/run.mjs";
import { limited } from "./limited.mjs";

const oneTestMs = 180_000;

export async function runNodeTests(files, { environment = {}, isAlone = false, suiteMs }, tell) {
  const args = [
    "--import",
    "tsx",
    "--test",
    `--test-timeout=${oneTestMs}`,
    `--test-reporter=${inRoot("scripts/test/reporter.mjs")}`,
    "--test-reporter-destination=stdout",
    ...(isAlone ? ["--test-concurrency=1"] : []),
    ...files,
  ];
  // Where this is set, Node takes itself for a test file and runs none.
  const { NODE_TEST_CONTEXT: _, ...own } = process.env;
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...own, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let errors = "";
  let failed = 0;
  child.stderr.on("data", (chunk) => (errors = (errors + chunk).slice(-8_000)));
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    const outcome = parsed(line);
    if (!outcome) return;
    if (outcome.kind === "failed") failed += 1;
    tell({ ...outcome, place: path.relative(root, outcome.file ?? "") });
  });
  const { code, signal, isOverdue } = await limited(child, suiteMs);
  const crash = isOverdue
    ? `did not end within ${suiteMs / 60_000} minutes`
    : `ended with ${signal ?? `exit code ${code}`}`;
  if (code !== 0 && failed === 0)
    tell({ kind: "failed", name: "node --test", place: "", error: `${crash}\n${tailOf(errors)}` });
}

function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
