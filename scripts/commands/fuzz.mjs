import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { readArguments } from "../lib/arguments.mjs";
import { buildSanitized } from "../lib/build.mjs";
import { inRoot } from "../lib/paths.mjs";
import { say, UserError } from "../lib/report.mjs";
import { passThrough } from "../lib/run.mjs";

const help = `
./mayday fuzz [TARGET] [--seconds N]

Feeds the targets of tests/fuzz with what nobody would send, under AddressSanitizer and UndefinedBehaviorSanitizer: all of
them, or one. Starts from tests/fuzz/corpus/TARGET; what it finds on the way is kept in build/fuzz/TARGET, and an input that
breaks something as build/fuzz/TARGET-crash-*.

  --seconds N   for each target (60)
`;

export async function run(args) {
  const parsed = readArguments(args, {
    help,
    options: { seconds: { type: "string", default: "60" } },
    positionals: [0, 1],
  });
  if (!parsed) return 0;
  const { seconds } = parsed.values;
  if (!/^[1-9]\d*$/.test(seconds)) throw new UserError(`--seconds must be a whole number, not "${seconds}"`);
  const targets = targetsIn(inRoot("tests/fuzz"));
  const [wanted] = parsed.positionals;
  if (wanted && !targets.includes(wanted)) {
    throw new UserError(`there is no target "${wanted}"; there are ${targets.join(", ")}`);
  }
  const chosen = wanted ? [wanted] : targets;
  await buildSanitized(chosen.map((target) => `mayday-fuzz-${target}`));

  const broken = [];
  for (const target of chosen) {
    say(`\n${target}, ${seconds} s`);
    if ((await fuzz(target, seconds)) !== 0) broken.push(target);
  }
  console.log(
    broken.length === 0 ? `\nnothing broke: ${chosen.join(", ")}` : `\nbroken: ${broken.join(", ")}; see build/fuzz`,
  );
  return broken.length === 0 ? 0 : 1;
}

function targetsIn(folder) {
  if (!existsSync(folder)) throw new UserError("tests/fuzz holds no targets");
  return readdirSync(folder)
    .map((file) => /^(\w+)_fuzz\.cpp$/.exec(file)?.[1])
    .filter(Boolean)
    .sort();
}

function fuzz(target, seconds) {
  const found = inRoot("build/fuzz", target);
  mkdirSync(found, { recursive: true });
  const seeds = inRoot("tests/fuzz/corpus", target);
  return passThrough(inRoot(`build/native-sanitize/bin/mayday-fuzz-${target}`), [
    `-max_total_time=${seconds}`,
    "-timeout=5",
    "-rss_limit_mb=1024",
    "-print_final_stats=1",
    "-verbosity=0",
    `-artifact_prefix=${found}-`,
    found,
    ...(existsSync(seeds) ? [seeds] : []),
  ]);
}
