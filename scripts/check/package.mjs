/** What publint and Are The Types Wrong find in the npm package, as it would be published. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inRoot } from "../lib/paths.mjs";
import { captured } from "../lib/run.mjs";

/**
 * What a page loads is a module alone, by decision (ARCHITECTURE.md); the WebAssembly and the loader have no types, nor do they need
 * any. Resolution as before Node 12 (node10) is left out: it knows no `exports`.
 */
const typesArgs = [
  ...["--profile", "node16", "--ignore-rules", "cjs-resolves-to-esm"],
  ...["--exclude-entrypoints", "mayday.wasm", "loader.js", "--no-emoji", "--format", "ascii"],
];

export async function packageProblems() {
  const folder = mkdtempSync(path.join(tmpdir(), "mayday-pack-"));
  try {
    const packed = await captured("npm", ["pack", inRoot("npm"), "--pack-destination", folder, "--silent"]);
    if (packed.code !== 0) return [packed.output.trim()];
    const tarball = path.join(folder, packed.output.trim().split("\n").at(-1));
    const lint = await captured(process.execPath, [inRoot("node_modules/publint/src/cli.js"), tarball, "--strict"]);
    const types = await captured(process.execPath, [
      inRoot("node_modules/@arethetypeswrong/cli/dist/index.js"),
      tarball,
      ...typesArgs,
    ]);
    return [lint, types].filter(({ code }) => code !== 0).map(({ output }) => output.trim());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
