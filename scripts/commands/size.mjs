import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { readArguments } from "../lib/arguments.mjs";
import { buildEdge, buildNpm } from "../lib/build.mjs";
import { inRoot } from "../lib/paths.mjs";
import { table, UserError } from "../lib/report.mjs";

const help = `
./mayday size [--json FILE]

Raw, gzip and brotli bytes of everything that is shipped, and the bars that they must not pass.
`;

const kilobyte = 1024;

/** The parts that have a bar. */
const bars = [
  {
    what: "client: hooks, glue and wasm, without the widget",
    fits: (file) => isRuntime(file),
    bar: 16 * kilobyte,
  },
  { what: "client: before the first paint", fits: (file) => file === "npm/dist/index.js", bar: 2 * kilobyte },
  { what: "widget, and what opens it", fits: (file) => /^npm\/dist\/support\//.test(file), bar: 6 * kilobyte },
  { what: "edge module", fits: (file) => file === "build/edge/hosts/edge.wasm", bar: 40 * kilobyte },
];

/** What one page loads: the framework entries, the server's parts, the loader and the fallback without WebAssembly are other pages'. */
const isRuntime = (file) =>
  /^npm\/dist\/[^/]+\.(js|wasm)$/.test(file) &&
  !/\/(react|vue|next|node|langgraph|cli|fallback|script|loader)\b/.test(file);

export async function run(args) {
  const parsed = readArguments(args, { help, options: { json: { type: "string" } } });
  if (!parsed) return 0;
  await buildEdge();
  await buildNpm();

  const isCode = (file) => !file.startsWith("npm/dist/native/");
  const files = ["npm/dist", "build/edge/hosts"].flatMap(shippedIn).filter(isCode).map(measured);
  if (files.length === 0) throw new UserError("nothing is built that could be measured");
  const figures = bars.map((one) => figureOf(one, files)).filter(({ files: count }) => count > 0);

  const bytes = (count) => count.toLocaleString("en");
  const rows = files.map(({ file, raw, gzip, brotli }) => [file, bytes(raw), bytes(gzip), bytes(brotli)]);
  console.log(table([["file", "raw", "gzip", "brotli"], ...rows], [1, 2, 3]));
  console.log("");
  const verdicts = figures.map(({ what, brotli, bar, met }) => [
    what,
    bytes(brotli),
    `<= ${bytes(bar)}`,
    met ? "met" : "missed",
  ]);
  console.log(table([["brotli bytes", "", "bar", ""], ...verdicts], [1, 2]));

  if (parsed.values.json) writeFileSync(parsed.values.json, `${JSON.stringify({ files, figures }, null, 2)}\n`);
  return figures.every(({ met }) => met) ? 0 : 1;
}

function shippedIn(folder) {
  if (!existsSync(inRoot(folder))) return [];
  return readdirSync(inRoot(folder), { recursive: true })
    .map((name) => path.posix.join(folder, name))
    .filter((file) => /\.(js|mjs|cjs|css|wasm)$/.test(file))
    .sort();
}

function measured(file) {
  const content = readFileSync(inRoot(file));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  return {
    file,
    raw: content.length,
    gzip: gzipSync(content, { level: 9 }).length,
    brotli: brotliCompressSync(content, { params }).length,
  };
}

function figureOf({ what, fits, bar }, files) {
  const parts = files.filter(({ file }) => fits(file));
  const brotli = parts.reduce((sum, part) => sum + part.brotli, 0);
  return { what, files: parts.length, brotli, bar, met: brotli <= bar };
}
