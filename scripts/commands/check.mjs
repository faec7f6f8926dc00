import { describeProblem, houseProblems } from "../check-layers.mjs";
import { cxxExtensions, sourceFiles } from "../check/source-files.mjs";
import { tidyProblems } from "../check/tidy.mjs";
import { readArguments } from "../lib/arguments.mjs";
import { buildEdge, buildNative, buildNpm } from "../lib/build.mjs";
import { ensureNodeModules, ensurePackages } from "../lib/packages.mjs";
import { inRoot, root } from "../lib/paths.mjs";
import { timed } from "../lib/report.mjs";
import { packageProblems } from "../check/package.mjs";
import { captured } from "../lib/run.mjs";

const help = `
./mayday check

What a machine can say about the source: clang-format, layers and sizes (CONVENTIONS.md), types of all TypeScript, the npm
package as its users' tools see it (publint, attw), and clang-tidy on what has changed since it last found nothing.
`;

const checks = [
  ["layers and sizes", layersAndSizes],
  ["formatting", formatting],
  ["types", types],
  ["the npm package", packageProblems],
  ["clang-tidy", tidy],
];

export async function run(args) {
  if (!readArguments(args, { help })) return 0;
  await ensurePackages("check");
  await ensureNodeModules();
  await buildNative();
  await buildEdge();
  await buildNpm();
  let failed = 0;
  for (const [name, check] of checks) {
    const problems = await timed(name, check);
    for (const problem of problems) console.log(problem);
    console.log(`${name}: ${problems.length === 0 ? "fine" : "not fine"}`);
    if (problems.length > 0) failed += 1;
  }
  return failed === 0 ? 0 : 1;
}

function layersAndSizes() {
  const problems = houseProblems();
  for (const warning of problems.filter(({ isWarning }) => isWarning)) console.log(describeProblem(warning));
  return problems.filter(({ isWarning }) => !isWarning).map(describeProblem);
}

async function formatting() {
  const { code, output } = await captured("clang-format-19", ["--dry-run", "-Werror", ...sourceFiles(cxxExtensions)]);
  const problems = code === 0 ? [] : [output.trim()];
  const prettier = await captured(process.execPath, [
    inRoot("node_modules/prettier/bin/prettier.cjs"),
    "--check",
    root,
  ]);
  return prettier.code === 0 ? problems : [...problems, prettier.output.trim()];
}

/** Each room with a tsconfig.json of its own is a program of its own. */
async function types() {
  const problems = [];
  for (const project of sourceFiles(["tsconfig.json"])) {
    const { code, output } = await captured(process.execPath, [
      inRoot("node_modules/typescript/bin/tsc"),
      "--noEmit",
      "--emitDeclarationOnly",
      "false",
      "--project",
      inRoot(project),
    ]);
    if (code !== 0) problems.push(output.trim());
  }
  return problems;
}

async function tidy() {
  return [...(await tidyProblems("native")), ...(await tidyProblems("edge"))];
}
