/** clang-tidy over our translation units, and only over those that changed since it last found nothing in them. */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { inRoot, root } from "../lib/paths.mjs";
import { captured } from "../lib/run.mjs";

const program = "clang-tidy-19";
const rooms = ["core/src/", "edge-worker/", "origin/"];
/** g++'s commands name warnings that clang does not know. */
const extra = ["--quiet", "--extra-arg=-Wno-unknown-warning-option"];

/** Problems as text, none where all is well. `preset` has been built: its dependencies are read from Ninja's log. */
export async function tidyProblems(preset) {
  const build = inRoot("build", preset);
  const dependencies = await dependenciesOf(build);
  const commands = JSON.parse(readFileSync(path.join(build, "compile_commands.json"), "utf8"));
  const units = commands.filter(({ file }) => rooms.some((room) => path.relative(root, file).startsWith(room)));
  const waiting = units
    .map((unit) => ({ unit, stamp: stampOf(unit, dependencies) }))
    .filter(({ stamp }) => !existsSync(stamp));
  const problems = [];
  const work = async () => {
    for (let one = waiting.pop(); one; one = waiting.pop()) {
      const { code, output } = await captured(program, [...extra, "-p", build, one.unit.file]);
      if (code === 0) keep(one.stamp);
      else problems.push(shortened(output));
    }
  };
  const workers = Number(process.env.CMAKE_BUILD_PARALLEL_LEVEL ?? availableParallelism());
  await Promise.all(Array.from({ length: workers }, work));
  return problems;
}

/** Every file that a unit reads, as Ninja recorded it: object -> files. */
async function dependenciesOf(build) {
  const { output } = await captured("ninja", ["-C", build, "-t", "deps"]);
  const byObject = new Map();
  let files = [];
  for (const line of output.split("\n")) {
    const object = /^(\S.*): #deps \d+/.exec(line)?.[1];
    if (object) byObject.set(object, (files = []));
    else if (line.startsWith("    ")) files.push(path.resolve(build, line.trim()));
  }
  return byObject;
}

/** Named by all that decides the outcome; headers of the system do not change under our feet. */
function stampOf({ file, command, output }, dependencies) {
  const hash = createHash("sha256")
    .update(readFileSync(inRoot(".clang-tidy")))
    .update(command);
  for (const used of [file, ...(dependencies.get(output) ?? [])]) {
    if (used.startsWith(`${root}/`) && existsSync(used)) hash.update(readFileSync(used));
  }
  return inRoot("build/stamps/tidy", hash.digest("hex"));
}

function keep(stamp) {
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, "");
}

/** Without the counts of what was suppressed elsewhere. */
function shortened(output) {
  return output
    .replace(/^\d+ warnings? .*\n|^Suppressed .*\n|^Use -header-filter.*\n/gm, "")
    .replaceAll(`${root}/`, "")
    .trim();
}
