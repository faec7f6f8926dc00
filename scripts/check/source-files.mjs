/** The source files that are ours, by walking the tree: a source archive has no git to ask. */

import { readdirSync } from "node:fs";
import path from "node:path";
import { root as repository } from "../lib/paths.mjs";

const passedOver = new Set(["node_modules", "build", "dist", ".git"]);

/** Paths relative to `root`, with forward slashes, whose names end in one of `extensions`. */
export function sourceFiles(extensions, root = repository) {
  const found = [];
  const walk = (folder) => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const file = path.posix.join(folder, entry.name);
      if (entry.isDirectory() && !passedOver.has(entry.name)) walk(file);
      else if (entry.isFile() && extensions.some((extension) => file.endsWith(extension))) found.push(file);
    }
  };
  walk("");
  return found.sort();
}

export const cxxExtensions = [".cpp", ".h"];
export const scriptExtensions = [".ts", ".tsx", ".mjs"];
export const otherExtensions = [
  ".md",
  ".json",
  ".html",
  ".css",
  ".sql",
  ".yml",
  ".yaml",
  ".toml",
  ".conf",
  ".sh",
  ".txt",
];
