/** Every suite of `./mayday test`: what it needs, in the order in which they run. Its tests are found by name: the program
 * build/native/bin/mayday-<suite>-test (GoogleTest) and the files tests/<suite>/*.test.ts (node --test). */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { buildDemo, buildEdge, buildNative, buildNpm } from "../lib/build.mjs";
import { ensureNodeModules, ensurePackages } from "../lib/packages.mjs";
import { inRoot, root } from "../lib/paths.mjs";
import { UserError } from "../lib/report.mjs";

const browser = () => ensurePackages("browser");
const browsers = () => ensurePackages("browsers");
const clickhouse = () => ensurePackages("clickhouse");
const servers = () => ensurePackages("origin");
const everything = () => ensurePackages("e2e");

/** What mayday-origin-test asks to be there; each server is real, and its tests' own. */
async function originServers() {
  const { startPostgres } = await import("../../tests/support/postgres.mjs");
  const postgres = await startPostgres();
  const clickhouse = await startClickHouse();
  return {
    environment: { MAYDAY_TEST_POSTGRES_URL: postgres.url, MAYDAY_TEST_CLICKHOUSE_URL: clickhouse.url },
    stop: async () => {
      await clickhouse.stop();
      await postgres.stop();
    },
  };
}

/** Its helper is TypeScript, so it is a process of its own. */
async function startClickHouse() {
  const child = spawn(process.execPath, ["--import", "tsx", inRoot("tests/support/serve-clickhouse.ts")], {
    cwd: root,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [url] = await Promise.race([once(createInterface({ input: child.stdout }), "line"), once(child, "exit")]);
  if (typeof url !== "string") throw new UserError("the tests' ClickHouse did not start");
  const stop = async () => {
    const exited = once(child, "exit");
    child.stdin.end();
    await exited;
  };
  return { url, stop };
}

export const suites = {
  house: { title: "the house's own rules and commands", prepare: [ensureNodeModules] },
  core: { title: "the core, natively", prepare: [buildNative] },
  edge: { title: "the edge module and its hosts", prepare: [clickhouse, buildEdge] },
  npm: { title: "the npm package under Node, and in an app of its own", prepare: [browser, buildNpm, buildEdge] },
  origin: { title: "the origin", prepare: [servers, buildNative], servers: originServers },
  browser: { title: "the npm package in Chromium, Firefox and WebKit", prepare: [browsers, buildDemo], isAlone: true },
  e2e: { title: "everything together", prepare: [everything, buildNative, buildEdge, buildDemo], isAlone: true },
};
