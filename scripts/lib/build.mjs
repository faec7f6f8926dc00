/** Builds each artefact from source, and only what has changed. */

import { existsSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import path from "node:path";
import { nativeSource, packNative } from "./npm-native.mjs";
import { ensureNodeModules, ensurePackages } from "./packages.mjs";
import { inRoot, isPackaged } from "./paths.mjs";
import { UserError } from "./report.mjs";
import { step } from "./run.mjs";
import { unlessCurrent } from "./stamp.mjs";

/** One translation unit of Boost.Beast takes this much of a compiler's memory. */
const bytesPerCompiler = 1.5 * 1024 ** 3;

const labels = {
  native: "building the native core and the origin",
  edge: "building the edge module (WASI)",
  client: "building the browser module (Emscripten)",
  "native-sanitize": "building under the sanitizers",
};

async function buildPreset(preset, targets = []) {
  const ninja = `build/${preset}/build.ninja`;
  await unlessCurrent(`configure-${preset}`, ["CMakePresets.json", `cmake/${preset}.cmake`], [ninja], () =>
    step(`configuring ${preset}`, `configure-${preset}`, "cmake", ["--preset", preset]),
  );
  const jobs = Math.max(1, Math.min(availableParallelism(), Math.floor(totalmem() / bytesPerCompiler)));
  const parallel = process.env.CMAKE_BUILD_PARALLEL_LEVEL ?? String(jobs);
  const args = ["--build", "--preset", preset, "--parallel", parallel];
  if (targets.length > 0) args.push("--target", ...targets);
  await step(labels[preset], `build-${preset}`, "cmake", args, {
    // Debian's emscripten looks for its JavaScript packages only beside Debian's own Node.
    environment: preset === "client" ? { NODE_PATH: "/usr/share/nodejs" } : {},
  });
}

/** `targets` names what is wanted; everything, where it is empty. */
export async function buildNative(targets = []) {
  if (isPackaged) {
    await ensurePackages("native");
  } else {
    await ensurePackages("native", "tests");
    // The dashboard's pages are bundled on the way.
    await ensureNodeModules();
  }
  await buildPreset("native", targets);
}

/** mayday-origin, built first where it has to be; or the one that the person names. */
export async function originProgram() {
  const named = process.env.MAYDAY_ORIGIN;
  if (named && !existsSync(named)) throw new UserError(`MAYDAY_ORIGIN names ${named}, which is not there`);
  if (named) return path.resolve(named);
  await buildNative(["mayday-origin"]);
  return inRoot("build/native/bin/mayday-origin");
}

export async function buildSanitized(targets) {
  await ensurePackages("native", "tests", "sanitize");
  await buildPreset("native-sanitize", targets);
}

/** The edge module and its hosts, in build/edge/hosts. */
export async function buildEdge() {
  if (isPackaged) return;
  await ensurePackages("edge");
  await ensureNodeModules();
  await buildPreset("edge");
  await unlessCurrent(
    "edge-hosts",
    ["edge-worker/hosts", "build/edge/bin", "scripts/build-edge.mjs", "package-lock.json"],
    ["edge.wasm", "on-demand.wasm", "edge-cgi.wasm", "edge-component.wasm", "workerd.js", "node.js"].map(
      (file) => `build/edge/hosts/${file}`,
    ),
    () => step("bundling the edge hosts", "build-edge", process.execPath, [inRoot("scripts/build-edge.mjs")]),
  );
}

/** npm's dist. */
export async function buildNpm() {
  await ensurePackages("client");
  await ensureNodeModules();
  // The package carries the edge for Node.
  await buildEdge();
  await buildPreset("client");
  await unlessCurrent(
    "npm",
    [
      ...["npm/src", "npm/package.json", "build/client/bin", "scripts/build-npm.mjs", "scripts/lib/npm-entries.mjs"],
      ...["build/edge/hosts/node.js", "build/edge/hosts/edge.wasm", "build/edge/hosts/on-demand.wasm"],
      "package-lock.json",
    ],
    ["npm/dist"],
    () => step("bundling the npm package", "build-npm", process.execPath, [inRoot("scripts/build-npm.mjs")]),
  );
  await unlessCurrent("npm-native", [...nativeSource, "package-lock.json"], ["npm/dist/native"], packNative);
}

/** The demo page, which loads the npm package as it is shipped. */
export async function buildDemo() {
  if (isPackaged) return;
  await buildNpm();
  await unlessCurrent("demo", ["demo", "scripts/build-demo.mjs", "package-lock.json"], ["build/demo/index.html"], () =>
    step("bundling the demo page", "build-demo", process.execPath, [inRoot("scripts/build-demo.mjs")]),
  );
}
