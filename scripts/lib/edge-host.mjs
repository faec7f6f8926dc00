/** How each host of the edge worker is started. */

import { createRequire } from "node:module";
import { inRoot } from "./paths.mjs";

export const hosts = ["node", "workerd"];

export function edgeCommand(host, port) {
  if (host === "node")
    return { command: process.execPath, args: [inRoot("build/edge/hosts/node.js"), "--port", String(port)] };
  // The binary itself, not npm's wrapper: a signal must reach workerd.
  const { default: workerd } = createRequire(import.meta.url)("workerd");
  const configuration = inRoot("build/edge/hosts/workerd.capnp");
  return { command: workerd, args: ["serve", configuration, "--socket-addr", `http=127.0.0.1:${port}`] };
}
