/** `./mayday COMMAND`: finds the command, and turns what goes wrong into one clear line. */

import { UserError } from "./lib/report.mjs";

const commands = ["up", "test", "edge", "origin", "logs", "check", "bench", "size", "fuzz"];

const [name = "", ...rest] = process.argv.slice(2);
try {
  if (!commands.includes(name)) {
    throw new UserError(`there is no command "${name}"; ./mayday alone lists them: ${commands.join(", ")}`);
  }
  const { run } = await import(`./commands/${name}.mjs`);
  process.exitCode = await run(rest);
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(`mayday: ${error.message}`);
  process.exitCode = 1;
}
