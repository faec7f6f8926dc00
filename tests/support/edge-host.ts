/** The edge in a real runtime, as `./mayday edge` starts it. */

import { createRequire } from "node:module";
import { ask } from "./http.ts";
import { inRoot } from "./paths.ts";
import { until } from "./poll.ts";
import { freePorts } from "./ports.ts";
import { run, type Running } from "./process.ts";

export const hostNames = ["node", "workerd"] as const;
export type HostName = (typeof hostNames)[number];

export interface EdgeHost extends Running {
  url: string;
}

/** `folder` holds the built hosts and the module. Rate limits are out of the way unless the environment sets them. */
export async function startEdge(
  name: HostName,
  environment: NodeJS.ProcessEnv,
  folder = inRoot("build/edge/hosts"),
): Promise<EdgeHost> {
  const port = await freePorts();
  const url = `http://127.0.0.1:${port}`;
  const running =
    name === "node"
      ? run(process.execPath, [`${folder}/node.js`, "--port", String(port)], environment)
      : run(
          workerdBinary(),
          ["serve", `${folder}/workerd.capnp`, "--socket-addr", `http=127.0.0.1:${port}`],
          environment,
        );
  await until(`${name} listens`, async () => {
    if (running.child.exitCode !== null) throw new Error(`${name} ended: ${running.stderr()}`);
    return ask(url, { target: "/" }).then(
      () => true,
      () => false,
    );
  });
  return { ...running, url };
}

function workerdBinary(): string {
  const { default: binary } = createRequire(import.meta.url)("workerd") as { default: string };
  return binary;
}
