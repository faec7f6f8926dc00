import { existsSync } from "node:fs";
import path from "node:path";
import { readArguments } from "../lib/arguments.mjs";
import { buildDemo, buildEdge, buildNative } from "../lib/build.mjs";
import { ensurePackages } from "../lib/packages.mjs";
import { inRoot } from "../lib/paths.mjs";
import { say, UserError } from "../lib/report.mjs";
import { passThrough } from "../lib/run.mjs";

const help = `
./mayday bench [client|edge|origin] [--json FILE]

Measures the figures to reach, each beside its baseline in the same run: all of them, or those of one part. Trust the ratios,
not the times; run it on a machine that does nothing else.

  --json FILE   the same as JSON; with all parts, one file a part: FILE-client, FILE-edge, FILE-origin
`;

const benches = {
  client: {
    prepare: async () => {
      await ensurePackages("browser");
      await buildDemo();
    },
    program: (json) => scriptBench("client", json),
  },
  edge: {
    prepare: async () => {
      await buildNative(["mayday-edge-bench"]);
      await buildEdge();
    },
    program: (json) => scriptBench("edge", json),
  },
  origin: {
    prepare: async () => {
      await ensurePackages("postgres");
      await buildNative(["mayday-origin-bench"]);
    },
    program: (json) => scriptBench("origin", json),
  },
};

/** tests/bench/<name>.bench.ts, or .mjs. */
function scriptBench(name, json) {
  const file = [".ts", ".mjs"].map((end) => inRoot(`tests/bench/${name}.bench${end}`)).find((one) => existsSync(one));
  if (!file) return undefined;
  return [process.execPath, "--import", "tsx", file, ...(json ? ["--json", json] : [])];
}

export async function run(args) {
  const parsed = readArguments(args, { help, options: { json: { type: "string" } }, positionals: [0, 1] });
  if (!parsed) return 0;
  const [wanted] = parsed.positionals;
  if (wanted && !Object.hasOwn(benches, wanted)) {
    throw new UserError(`there is no benchmark "${wanted}"; there are ${Object.keys(benches).join(", ")}`);
  }
  const json = parsed.values.json && path.resolve(parsed.values.json);
  let worst = 0;
  for (const name of wanted ? [wanted] : Object.keys(benches)) {
    const code = await runBench(name, json && !wanted ? besides(json, name) : json);
    if (code === undefined && wanted) throw new UserError(`the ${name} has no benchmark yet`);
    worst = Math.max(worst, code ?? 0);
  }
  return worst;
}

async function runBench(name, json) {
  const { prepare, program } = benches[name];
  const command = program(json);
  if (!command) return undefined;
  await prepare();
  say(`\n${name}`);
  return passThrough(command[0], command.slice(1));
}

function besides(file, name) {
  const { dir, name: stem, ext } = path.parse(file);
  return path.join(dir, `${stem}-${name}${ext}`);
}
