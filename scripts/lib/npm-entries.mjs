/** The npm package's entries beside the client itself: what is bundled of each, and its types. */

import { build, transform } from "esbuild";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { inRoot } from "./paths.mjs";

const source = inRoot("npm/src");
const dist = inRoot("npm/dist");

/** These run on servers, where `require` is still common, and are read in stack traces. */
const serverEntries = ["node", "langgraph"];

/** These are loaded by a page's own bundler, and share the one client. */
const pageEntries = {
  recovery: "index.ts",
  support: "index.ts",
  react: "index.ts",
  vue: "index.ts",
  next: "index.tsx",
};
/** What React's server components may only name, and not run. */
const clientComponents = ["react", "next"];

const oneClient = {
  name: "one-client",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.\/((recovery|support)\/)?index\.ts$/ }, ({ path: name }) => ({
      path: name.replace(/ts$/, "js"),
      external: true,
    }));
    // It comes when it is first needed.
    onResolve({ filter: /^\.\/widget\.js$/ }, ({ path: name }) => ({ path: name, external: true }));
  },
};

/** A style sheet comes as text, for a shadow root. */
const styleText = {
  name: "style-text",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path: file }) => {
      const { code } = await transform(readFileSync(file, "utf8"), { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    });
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
  const page = { ...common, format: "esm", minify: true, jsx: "automatic", plugins: [oneClient, styleText] };
  for (const [name, entry] of Object.entries(pageEntries))
    await build({
      ...page,
      entryPoints: [`${source}/${name}/${entry}`],
      external: ["react", "react/jsx-runtime", "vue"],
      banner: clientComponents.includes(name) ? { js: '"use client";' } : {},
      outfile: `${dist}/${name}/index.js`,
    });
  // A module is UTF-8 wherever it comes from: French need not be escaped.
  const widget = {
    charset: "utf8",
    entryPoints: [`${source}/support/widget.ts`],
    outfile: `${dist}/support/widget.js`,
  };
  await build({ ...page, ...widget });
  await build({ ...common, minify: true, entryPoints: [`${source}/loader/index.ts`], outfile: `${dist}/loader.js` });
  await buildCommand(server);
}

/** `npx mayday`, and the edge for it to start. */
async function buildCommand(server) {
  const command = `${dist}/cli/index.js`;
  await build({ ...server, entryPoints: [`${source}/cli/index.ts`], format: "esm", outfile: command });
  chmodSync(command, 0o755);
  mkdirSync(`${dist}/edge`, { recursive: true });
  for (const name of ["node.js", "edge.wasm", "on-demand.wasm"])
    copyFileSync(inRoot("build/edge/hosts", name), `${dist}/edge/${name}`);
}

/** Writes the declarations of everything, and keeps what the entries reach. */
export function declareEntries() {
  const compiler = inRoot("node_modules/typescript/bin/tsc");
  for (const project of [inRoot("npm"), `${source}/node`])
    execFileSync(process.execPath, [compiler, "--project", project], { stdio: "inherit" });

  const modules = reachable([
    "index.d.ts",
    ...[...serverEntries, ...Object.keys(pageEntries)].map((name) => `${name}/index.d.ts`),
  ]);
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
