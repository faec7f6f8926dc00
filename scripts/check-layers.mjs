/** Layers, sizes and unfinished merges of the whole house: `node scripts/check-layers.mjs`. Ends with 1 where something is wrong. */

import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { conflictProblems } from "./check/conflicts.mjs";
import { layerProblems } from "./check/layers.mjs";
import { sizeProblems } from "./check/sizes.mjs";
import { cxxExtensions, otherExtensions, scriptExtensions, sourceFiles } from "./check/source-files.mjs";
import { root as repository } from "./lib/paths.mjs";

/** Every problem under `root`, as `{file, line, message, isWarning}`. */
export function houseProblems(root = repository) {
  const read = (file) => readFileSync(path.join(root, file), "utf8");
  const found = (files, check) => files.flatMap((file) => check(file, read(file)).map((one) => ({ file, ...one })));
  const cxx = sourceFiles(cxxExtensions, root);
  const code = [...cxx, ...sourceFiles(scriptExtensions, root)];
  return [
    ...found(cxx, layerProblems),
    ...found(code, sizeProblems),
    ...found([...code, ...sourceFiles(otherExtensions, root)], conflictProblems),
  ];
}

export function describeProblem({ file, line, message, isWarning }) {
  return `${file}:${line}: ${isWarning ? "warning: " : ""}${message}`;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const problems = houseProblems();
  for (const problem of problems) console.log(describeProblem(problem));
  process.exitCode = problems.some(({ isWarning }) => !isWarning) ? 1 : 0;
}
