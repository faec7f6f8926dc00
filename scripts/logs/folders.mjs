/** Which files of a folder belong together. */

import { readdirSync } from "node:fs";
import path from "node:path";

const backup = /\.(\d+)$/;

/** The names in a folder; none where there is no such folder. */
export function namesIn(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/** `app.jsonl` of `app.jsonl.2`, of `app.jsonl.3.gz` too: logrotate compresses. */
const baseOf = (name) => name.replace(/\.gz$/, "").replace(backup, "");

const isLog = (name) => /\.(jsonl|log)$/.test(baseOf(name));

/** Lists of paths: a file with its backups, oldest first, each read after the other. */
export function chainsIn(folder) {
  const chains = new Map();
  for (const name of namesIn(folder).filter(isLog)) {
    const [, number = "0"] = backup.exec(name.replace(/\.gz$/, "")) ?? [];
    const chain = chains.get(baseOf(name)) ?? [];
    chain.push({ path: path.join(folder, name), age: Number(number) });
    chains.set(baseOf(name), chain);
  }
  return [...chains.values()].map((chain) => chain.sort((a, b) => b.age - a.age).map(({ path: file }) => file));
}

/** The files that are written to, and not their backups. */
export const liveFilesIn = (folder) =>
  namesIn(folder)
    .filter((name) => isLog(name) && !backup.test(name) && !name.endsWith(".gz"))
    .map((name) => path.join(folder, name));
