/** Work that is done again only where what it reads has changed. */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { inRoot } from "./paths.mjs";

const passedOver = new Set(["node_modules", "dist", "build"]);

/** Runs `work` unless `inputs` (files and folders) are as they were when it last succeeded and all `outputs` are there. */
export async function unlessCurrent(name, inputs, outputs, work) {
  const file = inRoot("build/stamps", name);
  const print = fingerprintOf(inputs);
  const isCurrent = outputs.every((output) => existsSync(inRoot(output))) && readOrEmpty(file) === print;
  if (isCurrent) return;
  await work();
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, print);
}

function fingerprintOf(inputs) {
  const hash = createHash("sha256");
  for (const input of inputs) add(hash, inRoot(input));
  return hash.digest("hex");
}

function add(hash, file) {
  if (!existsSync(file)) return;
  const { size, mtimeMs } = statSync(file);
  if (!statSync(file).isDirectory()) {
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
    return;
  }
  for (const entry of readdirSync(file).sort()) if (!passedOver.has(entry)) add(hash, path.join(file, entry));
}

function readOrEmpty(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
