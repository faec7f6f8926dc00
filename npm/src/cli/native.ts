/** The origin's source and the commands around it, put where they can be built: a package's own folder may not be written to. */

import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** dist, seen from dist/cli. */
const dist = fileURLToPath(new URL("..", import.meta.url));

/** What the demo page loads, and what its edge is. */
const places: [from: string[], to: string][] = [
  [["index.js", "client.js", "fallback.js", "mayday.wasm", "support"], "npm/dist"],
  [["edge/node.js", "edge/edge.wasm", "edge/on-demand.wasm"], "build/edge/hosts"],
];

/** Answers the script that knows the commands. A second call finds what the first has made, and its build. */
export function unpackNative(): string {
  const { version } = JSON.parse(readFileSync(path.join(dist, "../package.json"), "utf8")) as { version: string };
  const digest = readFileSync(path.join(dist, "native/digest"), "utf8");
  const cache = process.env.XDG_CACHE_HOME || path.join(homedir(), ".cache");
  const folder = path.join(cache, "mayday", `${version}-${digest}`);
  if (!existsSync(folder)) unpack(folder);
  return path.join(folder, "scripts/mayday.mjs");
}

/** Aside, and then in its place at once: another call may be at it, and this one may be broken off. */
function unpack(folder: string): void {
  const aside = `${folder}.${process.pid}`;
  mkdirSync(path.dirname(folder), { recursive: true });
  cpSync(path.join(dist, "native"), aside, { recursive: true });
  for (const [names, to] of places)
    for (const name of names)
      cpSync(path.join(dist, name), path.join(aside, to, path.basename(name)), { recursive: true });
  try {
    renameSync(aside, folder);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}
