import { readArguments } from "../lib/arguments.mjs";
import { inRoot } from "../lib/paths.mjs";
import { say, UserError } from "../lib/report.mjs";
import { follow } from "../logs/follow.mjs";
import { chainsIn } from "../logs/folders.mjs";
import { inTimeOrder } from "../logs/merge.mjs";
import { makeFilter, makePrinter } from "../logs/line.mjs";

const levels = ["error", "warn", "info", "debug"];
const help = `
./mayday logs [--follow] [--level L] [--session S]

Reads what the edge's sinks \`files\` and \`archive\` have written here, rotated and gzip files too, in the order of time.

  --follow       goes on with what is written from now on; Ctrl-C ends it
  --level L      ${levels.join(", ")}: this level and graver ones
  --session S    one session's events alone

The folders: TROUBLESHOOT_FE_LOG_DIR (.log), TROUBLESHOOT_API_LOG_DIR (.log_api), MAYDAY_ARCHIVE_DIR (.log_archive). On a terminal a
line each for people; into a pipe the JSON as it is, for jq.
`;

const folders = () =>
  [
    ["TROUBLESHOOT_FE_LOG_DIR", ".log"],
    ["TROUBLESHOOT_API_LOG_DIR", ".log_api"],
    ["MAYDAY_ARCHIVE_DIR", ".log_archive"],
  ].map(([name, fallback]) => process.env[name] || inRoot(fallback));

export async function run(args) {
  const options = { follow: { type: "boolean" }, level: { type: "string" }, session: { type: "string" } };
  const parsed = readArguments(args, { help, options });
  if (!parsed) return 0;
  const { level, session, follow: goesOn } = parsed.values;
  if (level !== undefined && !levels.includes(level)) {
    throw new UserError(`--level must be one of ${levels.join(", ")}, not "${level}"`);
  }
  // Whoever reads may have enough at any time: \`./mayday logs | head\`.
  process.stdout.on("error", () => process.exit(0));
  const fits = makeFilter({ level, session });
  const print = makePrinter(process.stdout);
  const stopped = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stopped.abort());
  const places = folders();
  // Where the files end now is asked first: what comes while they are read is not lost, nor told twice.
  const following = goesOn ? follow(places, stopped.signal) : undefined;
  const chains = places.flatMap(chainsIn);
  if (chains.length === 0 && !goesOn) {
    say(`no logs in ${places.join(", ")}; ./mayday edge --sink files writes some`);
    return 0;
  }
  for await (const line of inTimeOrder(chains, following?.ends)) {
    if (stopped.signal.aborted) return 0;
    if (fits(line)) await print(line);
  }
  if (!following) return 0;
  for await (const line of following.lines) if (fits(line)) await print(line);
  return 0;
}
