/** The edge on workerd and Cloudflare Workers. */

import { consumeQueue } from "./cloudflare/queue-consumer.ts";
import type { DurableNamespace } from "./cloudflare/durable-sink.ts";
import type { Queue } from "./cloudflare/queue-sink.ts";
import edge from "./edge.wasm";
import type { Environment } from "./environment.ts";
import { createHost, type Host } from "./host.ts";
import onDemand from "./on-demand.wasm";
import { answerWeb, type Peer } from "./web.ts";

export { MaydaySpool } from "./cloudflare/durable-spool.ts";

/** Cloudflare's rate limit binding. */
interface RateLimit {
  limit(options: { key: string }): Promise<{ success: boolean }>;
}

interface Bindings {
  MAYDAY_RATE_LIMIT?: RateLimit;
  MAYDAY_QUEUE?: Queue;
  MAYDAY_SPOOL?: DurableNamespace;
}

interface Context {
  waitUntil(promise: Promise<unknown>): void;
}

let host: Host | undefined;

export default {
  async fetch(request: Request, environment: Environment, context: Context): Promise<Response> {
    // Only here: entropy and bindings do not exist before the first request.
    const { MAYDAY_QUEUE: queue, MAYDAY_SPOOL: spool, MAYDAY_RATE_LIMIT: limiter } = environment as Bindings;
    host ??= createHost({ edge, onDemand: () => onDemand }, environment, { writeLines, bindings: { queue, spool } });
    const peer = peerOf(request, environment);
    const isLimited = limiter !== undefined && request.method === "POST" && (await isOverLimit(limiter, peer));
    const response = await answerWeb(host.edge, request, { ...peer, isLimited });
    const work = host.sink.work();
    if (work) context.waitUntil(work);
    return response;
  },

  queue: consumeQueue,
};

/** All isolates of a place count together. Where it can't be asked, the module's own limit still stands. */
async function isOverLimit(limiter: RateLimit, { address }: Peer): Promise<boolean> {
  const { success } = await limiter.limit({ key: address }).catch(() => ({ success: true }));
  return !success;
}

function writeLines(lines: Uint8Array): void {
  console.log(new TextDecoder().decode(lines).trimEnd());
}

/**
 * Cloudflare overwrites `cf-connecting-ip`; anywhere else a client can send what it likes there, so it is believed only
 * where `MAYDAY_PLATFORM` says that this is Cloudflare. A workerd of one's own tells the peer as `cf.clientIp`, with its
 * port, which is cut off.
 */
function peerOf(request: Request, environment: Environment): Peer {
  const { cf = {} } = request as { cf?: { clientIp?: string; country?: string; colo?: string } };
  if (environment["MAYDAY_PLATFORM"] === "cloudflare") {
    return { address: request.headers.get("cf-connecting-ip") ?? "", country: cf.country, colo: cf.colo };
  }
  return { address: cf.clientIp?.replace(/^\[(.*)\](:\d+)?$/, "$1").replace(/^([^:]+):\d+$/, "$1") ?? "" };
}
