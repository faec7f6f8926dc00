/** The npm package's entries beside the client itself: what is bundled of each, and its types. */

import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { inRoot } from "./paths.mjs";

const source = inRoot("npm/src");
const dist = inRoot("npm/dist");

/** These run on servers, where `require` is still common, and are read in stack traces. */
const serverEntries = ["node", "langgraph"];

/** These are loaded by a page's own bundler, and share the one client. */
const pageEntries = ["recovery"];

const oneClient = {
  name: "one-client",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.\/index\.ts$/ }, () => ({ path: "../index.js", external: true }));
  },
};

const common = { bundle: true, target: "es2022", legalComments: "none", logLevel: "warning" };

export async function buildEntries() {
  const server = { ...common, platform: "node" };
  for (const name of serverEntries) {
    const entryPoints = [`${source}/${name}/index.ts`];
    await build({ ...server, entryPoints, format: "esm", outfile: `${dist}/${name}/index.js` });
    await build({ ...server, entryPoints, format: "cjs", outfile: `${dist}/${name}/index.cjs` });
  }
  for (const name of pageEntries) {
    const entryPoints = [`${source}/${name}/index.ts`];
    const outfile = `${dist}/${name}/index.js`;
    await build({ ...common, entryPoints, format: "esm", minify: true, plugins: [oneClient], outfile });
  }
}

/** Writes the declarations of everything, and keeps what the entries reach. */
export function declareEntries() {
  const compiler = inRoot("node_modules/typescript/bin/tsc");
  for (const project of [inRoot("npm"), `${source}/node`])
    execFileSync(process.execPath, [compiler, "--project", project], { stdio: "inherit" });

  const modules = reachable(["index.d.ts", ...[...serverEntries, ...pageEntries].map((name) => `${name}/index.d.ts`)]);
  const commonJs = reachable(serverEntries.map((name) => `${name}/index.d.ts`));
  for (const name of readdirSync(dist, { recursive: true })) {
    const file = path.join(dist, name);
    if (!name.endsWith(".d.ts")) continue;
    const text = readFileSync(file, "utf8");
    if (commonJs.has(name)) writeFileSync(file.replace(/ts$/, "cts"), importing(text, "cjs"));
    if (modules.has(name)) writeFileSync(file, importing(text, "js"));
    else rmSync(file);
  }
}

const relativeImport = /(from\s+["']|import\(["'])(\.[^"']*)\.tsx?(["'])/g;

/** A consumer's compiler may not know `.ts` in an import. */
function importing(text, extension) {
  return text.replace(relativeImport, `$1$2.${extension}$3`);
}

function reachable(entries) {
  const found = new Set();
  const visit = (name) => {
    if (found.has(name) || !existsSync(path.join(dist, name))) return;
    found.add(name);
    for (const [, , to] of readFileSync(path.join(dist, name), "utf8").matchAll(relativeImport))
      visit(path.join(path.dirname(name), `${to}.d.ts`));
  };
  entries.forEach(visit);
  return found;
}
