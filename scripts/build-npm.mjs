// Builds npm/dist from npm/src and the client preset's output: node scripts/build-npm.mjs [--module DIR]
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { squeeze } from "./lib/squeeze.mjs";
import { buildEntries, declareEntries } from "./lib/npm-entries.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { values } = parseArgs({ options: { module: { type: "string", default: join(root, "build/client/bin") } } });
const dist = join(root, "npm/dist");

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

const wasm = join(dist, "mayday.wasm");
execFileSync(process.execPath, [
  join(root, "node_modules/binaryen/bin/wasm-opt"),
  // Control flow is made anew of single steps, which leaves less of it; then all the rest, twice.
  "--flatten",
  "--rereloop",
  "-Oz",
  "-Oz",
  // What the link says that browsers have (wasm-client/CMakeLists.txt).
  "--enable-bulk-memory",
  "--enable-nontrapping-float-to-int",
  "--strip-debug",
  "--strip-producers",
  "--output",
  wasm,
  join(values.module, "mayday.wasm"),
]);

/** Emscripten's glue, without the ways it has to load bytes by itself: we give it an instance. */
const glue = {
  name: "glue",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^#glue$/ }, () => ({ path: join(values.module, "mayday.js") }));
    onLoad({ filter: /\bmayday\.js$/ }, ({ path }) => ({ contents: mended(readFileSync(path, "utf8")) }));
    // The halves meet at run time: the second must not be pulled into the first.
    onResolve({ filter: /^\.\/client\.js$/ }, () => ({ path: "./client.js", external: true }));
  },
};

/**
 * Emscripten makes eight views of the memory, whichever are used, and no minifier knows that one can be left out; and it makes a promise of
 * its own, which never hears of an instantiation that fails.
 */
function mended(glue) {
  const views = [...glue.matchAll(/\b(HEAP\w+)=new \w+\(b\);?/g)];
  const mends = [
    [/var readyPromiseResolve,.*?readyPromiseResolve\(Module\)\}/g, ""],
    [/WebAssembly\.instantiate\(/g, "return $&"],
    [/ready\(\)\}\)/g, "return Module})"],
    [/return Module\.ready/g, ""],
  ];
  if (views.length !== 8 || mends.some(([wanted]) => glue.match(wanted)?.length !== 1))
    throw new Error("mayday.js is not what Emscripten 3.1 writes");
  const mendedGlue = mends.reduce((left, mend) => left.replace(...mend), glue);
  return views
    .filter(([, name]) => glue.match(new RegExp(`\\b${name}\\b`, "g")).length === 2)
    .reduce((left, [assignment]) => left.replace(assignment, ""), mendedGlue);
}

const common = {
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  outdir: dist,
  plugins: [glue],
  logLevel: "warning",
  absWorkingDir: root,
};
await build({ ...common, entryPoints: ["npm/src/index.ts"] });
await build({
  ...common,
  entryPoints: ["npm/src/client.ts"],
  define: { wasmBytes: String(statSync(wasm).size) },
});
// A minifier drops what tells bundlers that this import is an address.
const client = join(dist, "client.js");
const imports = /\bimport\((?=\w+\.href\))/g;
const text = readFileSync(client, "utf8");
if (text.match(imports)?.length !== 1) throw new Error("client.js should import one address");
writeFileSync(client, text.replace(imports, "$&/*webpackIgnore:true*//*@vite-ignore*/"));
await build({ ...common, entryPoints: { fallback: join(values.module, "mayday-fallback.js") } });
await buildEntries();
for (const name of ["index.js", "client.js", "support/index.js", "support/widget.js"]) await squeeze(join(dist, name));
// Only what the entries' declarations name is public.
declareEntries();
