import { parseArgs } from "node:util";
import { UserError } from "./report.mjs";

/** Answers `undefined` where --help was asked for and has been printed. */
export function readArguments(args, { help, options = {}, positionals: [least, most] = [0, 0] }) {
  let parsed;
  try {
    parsed = parseArgs({
      args,
      options: { ...options, help: { type: "boolean", short: "h" } },
      allowPositionals: true,
    });
  } catch (error) {
    throw new UserError(`${error.message.split(". ")[0]}. --help lists what there is`);
  }
  if (parsed.values.help) {
    console.log(help.trim());
    return undefined;
  }
  const count = parsed.positionals.length;
  if (count < least || count > most) throw new UserError(`unexpected "${parsed.positionals.join(" ")}"; try --help`);
  return parsed;
}
