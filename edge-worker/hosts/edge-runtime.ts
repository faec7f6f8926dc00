/** The edge on Vercel's Edge Runtime: the default export of an edge function. */

import edge from "./edge.wasm?module";
import { createHost, type Host } from "./host.ts";
import onDemand from "./on-demand.wasm?module";
import { answerWeb } from "./web.ts";

export const config = { runtime: "edge" };

/** Not every framework hands it on. */
interface Context {
  waitUntil?(promise: Promise<unknown>): void;
}

let host: Host | undefined;

export default async function handler(request: Request, context: Context): Promise<Response> {
  host ??= createHost({ edge, onDemand: () => onDemand }, process.env, { writeLines });
  // The platform overwrites x-real-ip; anywhere else a client can send what it likes there.
  const isPlatform = process.env["MAYDAY_PLATFORM"] === "vercel";
  const address = (isPlatform && request.headers.get("x-real-ip")) || "";
  const response = await answerWeb(host.edge, request, { address });
  const work = host.sink.work();
  if (work) context.waitUntil?.(work);
  return response;
}

function writeLines(lines: Uint8Array): void {
  console.log(new TextDecoder().decode(lines).trimEnd());
}
