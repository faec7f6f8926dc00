// Builds build/demo from demo/: node scripts/build-demo.mjs [--output DIR]
// The page loads the package as it is shipped, from /mayday/.
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { values } = parseArgs({ options: { output: { type: "string", default: join(root, "build/demo") } } });
const out = values.output;
mkdirSync(out, { recursive: true });

const shipped = {
  name: "shipped",
  setup: ({ onResolve }) =>
    onResolve({ filter: /^mayday(\/|$)/ }, ({ path }) => ({ path: `/${path}/index.js`, external: true })),
};
await build({
  absWorkingDir: root,
  entryPoints: ["demo/demo.ts"],
  outdir: out,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  sourcemap: true,
  plugins: [shipped],
  logLevel: "warning",
});
for (const name of ["index.html", "demo.css", "icon.svg"]) copyFileSync(join(root, "demo", name), join(out, name));
