import path from "node:path";
import { readArguments } from "../lib/arguments.mjs";
import { originProgram } from "../lib/build.mjs";
import { frontDoor, inRoot } from "../lib/paths.mjs";
import { isTaken, parsePort } from "../lib/ports.mjs";
import { UserError } from "../lib/report.mjs";
import { passThrough } from "../lib/run.mjs";

const help = `
${frontDoor} origin [--port N] [--data DIR] [--build-only]

The origin alone, on loopback, with SQLite. Configuration from the environment: mayday-origin --help lists it, whose path
--build-only prints. Where MAYDAY_ORIGIN names a mayday-origin, nothing is built and that one is started.

  --port   8787
  --data   where the database is kept (.mayday)
  --build-only   builds it, prints where it is, and starts nothing
`;

export async function run(args) {
  const parsed = readArguments(args, {
    help,
    options: { port: { type: "string", default: "8787" }, data: { type: "string" }, "build-only": { type: "boolean" } },
  });
  if (!parsed) return 0;
  const port = parsePort(parsed.values.port, "port");
  if (!parsed.values["build-only"] && (await isTaken(port)))
    throw new UserError(`port ${port} is taken; choose another with --port`);
  const { data, "build-only": isBuildOnly } = parsed.values;
  const program = await originProgram();
  if (isBuildOnly) {
    console.log(program);
    return 0;
  }
  return passThrough(program, [
    "--host",
    "127.0.0.1",
    "--port",
    String(port),
    "--data",
    data === undefined ? inRoot(".mayday") : path.resolve(data),
  ]);
}
