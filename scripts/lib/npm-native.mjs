/**
 * What `npx mayday up` and `npx mayday origin` need beside the edge: an npm package can't hold a native program for every machine,
 * so it holds the origin's source, the commands that build and start it, and what needs no compiler there, built.
 */

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { inRoot } from "./paths.mjs";

const scripts = [
  "mayday.mjs",
  "serve-demo.mjs",
  "install-packages.sh",
  ...["origin", "up"].map((name) => `commands/${name}.mjs`),
  ...[
    "arguments",
    "build",
    "children",
    "edge-host",
    "npm-native",
    "packages",
    "paths",
    "ports",
    "report",
    "run",
    "stamp",
  ].map((name) => `lib/${name}.mjs`),
].map((name) => `scripts/${name}`);

const copied = ["CMakeLists.txt", "CMakePresets.json", "cmake", "core", "origin", ...scripts];
/** Deployment is of no use to a build; the pages come bundled, in what their header declares. */
const isLeft = (file) => /^origin\/(deploy|dashboard\/.*\.(?!h$)\w+$)/.test(path.relative(inRoot(), file));

/** What it is made of. */
export const nativeSource = [...copied, "demo", "scripts/build-demo.mjs", "scripts/build-dashboard.mjs"];

export async function packNative() {
  const target = inRoot("npm/dist/native");
  rmSync(target, { recursive: true, force: true });
  for (const name of copied)
    cpSync(inRoot(name), path.join(target, name), {
      recursive: true,
      filter: (from) => !isLeft(from),
    });
  const node = (script, ...args) => execFileSync(process.execPath, [inRoot("scripts", script), ...args]);
  node("build-dashboard.mjs", "--output", path.join(target, "origin/dashboard_assets.cpp"));
  mkdirSync(path.join(target, "build"));
  node("build-demo.mjs", "--output", path.join(target, "build/demo"));
  // Another build of the same version is unpacked beside it, not over it.
  writeFileSync(path.join(target, "digest"), digestOf(target));
}

function digestOf(folder) {
  const hash = createHash("sha256");
  for (const name of readdirSync(folder, { recursive: true }).sort()) {
    const file = path.join(folder, name);
    if (statSync(file).isFile()) hash.update(`${name}\0`).update(readFileSync(file));
  }
  return hash.digest("hex").slice(0, 12);
}
