/** Bundles the edge hosts: build/edge/hosts holds each host, the module, and workerd's configuration. */

import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { inRoot } from "./lib/paths.mjs";

/** The optimizer of npm, pinned: what PATH holds differs from machine to machine. */
const optimizer = inRoot("node_modules/binaryen/bin/wasm-opt");
const features = [
  "--enable-simd",
  "--enable-bulk-memory",
  "--enable-nontrapping-float-to-int",
  "--enable-sign-ext",
  "--enable-mutable-globals",
];

const module = inRoot("build/edge/bin/edge-worker.wasm");
const output = inRoot("build/edge/hosts");

if (!existsSync(module)) {
  console.error("build/edge/bin/edge-worker.wasm is not there: cmake --workflow --preset edge");
  process.exit(1);
}
mkdirSync(output, { recursive: true });
const common = {
  bundle: true,
  format: "esm",
  target: "es2022",
  outdir: output,
  external: ["./edge.wasm"],
  logLevel: "warning",
};
await build({ ...common, entryPoints: [inRoot("edge-worker/hosts/workerd.ts")], platform: "neutral", minify: true });
await build({ ...common, entryPoints: [inRoot("edge-worker/hosts/node.ts")], platform: "node" });
optimize(module, `${output}/edge.wasm`);
copyFileSync(inRoot("edge-worker/hosts/workerd.capnp"), `${output}/workerd.capnp`);

function optimize(from, to) {
  const strip = ["--strip-producers", "--strip-target-features"];
  execFileSync(process.execPath, [optimizer, "-O3", ...features, ...strip, from, "--output", to], { stdio: "inherit" });
}
