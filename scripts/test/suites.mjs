/** Every suite of `./mayday test`: what it needs, in the order in which they run. Its tests are found by name: the program
 * build/native/bin/mayday-<suite>-test (GoogleTest) and the files tests/<suite>/*.test.ts (node --test). */

import { buildDemo, buildEdge, buildNative, buildNpm } from "../lib/build.mjs";
import { ensureNodeModules, ensurePackages } from "../lib/packages.mjs";

const browser = () => ensurePackages("browser");
const browsers = () => ensurePackages("browsers");
const clickhouse = () => ensurePackages("clickhouse");
const servers = () => ensurePackages("origin");
const everything = () => ensurePackages("e2e");

/** What mayday-origin-test asks to be there; each server is real, and its tests' own. */
async function originServers() {
  const { startPostgres } = await import("../../tests/support/postgres.mjs");
  const postgres = await startPostgres();
  return { environment: { MAYDAY_TEST_POSTGRES_URL: postgres.url }, stop: () => postgres.stop() };
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
