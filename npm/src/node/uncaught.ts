/** What ends the process is reported before it ends, and the process ends as it would have. */

import { spawnSync } from "node:child_process";
import type { Reporter } from "./reporter.ts";

/** A process that is ending waits no longer than this for its last words. */
const lastWordsMsMax = 3_000;
const beforeExitMsMax = 3_000;

/** Posts what stands on its standard input: Node has no request that is over before the process is. */
const sender = `
let text = "";
for await (const chunk of process.stdin) text += chunk;
const send = ({ url, headers, body }) =>
  fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(${lastWordsMsMax - 500}) });
await Promise.allSettled(JSON.parse(text).map(send));
`;

/** Returns what takes it back. */
export function watchProcess(reporter: Reporter): () => void {
  // It only looks on: whether the process ends is still up to Node and to the program's own listeners.
  const onUncaught = (error: unknown, kind: string): void => {
    reporter.captureException(error, { component: kind });
    if (process.listenerCount("uncaughtException") > 0) return;
    speakLastWords(reporter);
  };
  const onBeforeExit = (): void => void reporter.flush(beforeExitMsMax);
  process.on("uncaughtExceptionMonitor", onUncaught);
  process.once("beforeExit", onBeforeExit);
  return () => {
    process.off("uncaughtExceptionMonitor", onUncaught);
    process.off("beforeExit", onBeforeExit);
  };
}

function speakLastWords(reporter: Reporter): void {
  try {
    spawnSync(process.execPath, ["--input-type=module", "--eval", sender], {
      input: JSON.stringify(reporter.drain()),
      stdio: ["pipe", "ignore", "ignore"],
      timeout: lastWordsMsMax,
      env: { ...process.env, NODE_OPTIONS: "" },
    });
  } catch {
    // It was going to end anyway.
  }
}
