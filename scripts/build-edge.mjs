/** Bundles the edge hosts: build/edge/hosts holds each host, the modules, and workerd's configuration. */

import * as jco from "@bytecodealliance/jco";
import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
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

const output = inRoot("build/edge/hosts");

const built = (name) => {
  const module = inRoot(`build/edge/bin/${name}.wasm`);
  if (existsSync(module)) return module;
  console.error(`${module} is not there: cmake --workflow --preset edge`);
  process.exit(1);
};
mkdirSync(output, { recursive: true });
const common = {
  bundle: true,
  format: "esm",
  target: "es2022",
  outdir: output,
  external: ["./*.wasm", "./*.wasm?module"],
  logLevel: "warning",
};
const functions = ["workerd", "edge-runtime"].map((name) => inRoot(`edge-worker/hosts/${name}.ts`));
await build({ ...common, entryPoints: functions, platform: "neutral", minify: true });
const processes = ["node", "deno", "bun", "cgi"].map((name) => inRoot(`edge-worker/hosts/${name}.ts`));
await build({ ...common, entryPoints: processes, platform: "node" });
chmodSync(`${output}/cgi.js`, 0o755);
// For wherever the folder is copied to.
writeFileSync(`${output}/package.json`, '{ "type": "module" }\n');
copyFileSync(inRoot("edge-worker/hosts/workerd.capnp"), `${output}/workerd.capnp`);
optimize(built("edge-worker"), `${output}/edge.wasm`);
optimize(built("edge-on-demand"), `${output}/on-demand.wasm`);
optimize(built("edge-cgi"), `${output}/edge-cgi.wasm`);
optimize(built("edge-component"), inRoot("build/edge/edge-component-core.wasm"));
const component = await componentOf(readFileSync(inRoot("build/edge/edge-component-core.wasm")));
writeFileSync(`${output}/edge-component.wasm`, component);

function optimize(from, to) {
  const strip = ["--strip-producers", "--strip-target-features"];
  execFileSync(
    process.execPath,
    [optimizer, "-O3", "--converge", "--low-memory-unused", ...features, ...strip, from, "--output", to],
    {
      stdio: "inherit",
    },
  );
}

/**
 * The core module with the types of what it imports and exports around it: a component. The types are WASI's own, as jco
 * carries them, under the version that the module asks for; a later 0.2 is compatible.
 */
async function componentOf(core) {
  const version = "0.2.0";
  const world = `world edge {
    import wasi:http/types@${version}; import wasi:http/outgoing-handler@${version};
    import wasi:cli/environment@${version}; import wasi:cli/stdout@${version}; import wasi:cli/stderr@${version};
    import wasi:random/random@${version}; import wasi:clocks/wall-clock@${version};
    export wasi:http/incoming-handler@${version};
  }`;
  const packages = ["io", "clocks", "random", "filesystem", "sockets", "cli", "http"].map(packageOf).join("\n");
  const wit = `package mayday:edge;\n${world}\n${packages}`.replaceAll(/@0\.2\.\d+\b/g, `@${version}`);
  const embedded = await jco.componentEmbed({ binary: core, witSource: wit, world: "edge" });
  return jco.componentNew(embedded, []);
}

/** One package in the braces that a file of several asks for, without its worlds, which name still other packages. */
function packageOf(name) {
  const file = inRoot(`node_modules/@bytecodealliance/jco/lib/wit/builtin/0.2.12/wasi-${name}/package.wit`);
  const text = readFileSync(file, "utf8").replace(/^world [^]*?^}\n/gm, "");
  const [line, nameAndVersion] = /^package ([^;]+);/m.exec(text);
  return `package ${nameAndVersion} {\n${text.replace(line, "")}\n}`;
}
