/** `POST /ingest` on each engine (origin_bench.cpp), with a PostgreSQL of its own. What it is given goes to the program. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { inRoot } from "../support/paths.ts";
import { startPostgres } from "../support/postgres.mjs";

const postgres = await startPostgres();
try {
  const bench = spawn(
    inRoot("build/native/bin/mayday-origin-bench"),
    ["--postgres", postgres.url, ...process.argv.slice(2)],
    { stdio: "inherit" },
  );
  const [code] = (await once(bench, "exit")) as [number | null];
  process.exitCode = code ?? 1;
} finally {
  await postgres.stop();
}
