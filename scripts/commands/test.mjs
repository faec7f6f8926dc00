import { existsSync, readdirSync } from "node:fs";
import { readArguments } from "../lib/arguments.mjs";
import { inRoot } from "../lib/paths.mjs";
import { say, UserError } from "../lib/report.mjs";
import { runGoogleTest } from "../test/google-test.mjs";
import { runNodeTests } from "../test/node-tests.mjs";
import { suites } from "../test/suites.mjs";
import { Tally } from "../test/tally.mjs";

const help = `
./mayday test [SUITE...]

Builds what the suites need and runs them: all, or those that are named. Ends with a line of totals.

${Object.entries(suites)
  .map(([name, { title }]) => `  ${name.padEnd(9)} ${title}`)
  .join("\n")}
`;

/** A suite that takes longer hangs. */
const suiteMs = 15 * 60_000;

export async function run(args) {
  const parsed = readArguments(args, { help, positionals: [0, Infinity] });
  if (!parsed) return 0;
  const names = parsed.positionals.length > 0 ? parsed.positionals : Object.keys(suites);
  const unknown = names.find((name) => !Object.hasOwn(suites, name));
  if (unknown) throw new UserError(`there is no suite "${unknown}"; there are ${Object.keys(suites).join(", ")}`);

  const tally = new Tally();
  for (const name of new Set(names)) await runSuite(name, suites[name], tally);
  tally.close();
  return tally.isGood() ? 0 : 1;
}

async function runSuite(name, suite, tally) {
  tally.begin(name);
  const tell = (outcome) => tally.add(outcome);
  let servers;
  try {
    for (const prepare of suite.prepare) await prepare();
    servers = await suite.servers?.();
    const environment = servers?.environment ?? {};
    const program = inRoot("build/native/bin", `mayday-${name}-test`);
    const hasProgram = suite.prepare.length > 0 && existsSync(program);
    const files = testFilesOf(name);
    if (hasProgram) await runGoogleTest(program, { environment, suiteMs }, tell);
    if (files.length > 0) await runNodeTests(files, { environment, isAlone: suite.isAlone, suiteMs }, tell);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    say(`mayday: ${error.message}`);
    tell({ kind: "failed", name: "could not be built", place: "", error: error.message });
  } finally {
    await servers?.stop();
  }
  tally.end();
}

function testFilesOf(name) {
  const folder = inRoot("tests", name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".test.ts"))
    .sort()
    .map((file) => `${folder}/${file}`);
}
