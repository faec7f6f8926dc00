/** The edge as Cloudflare runs it, with its bindings: in miniflare, which drives the real workerd. */

import { readFileSync } from "node:fs";
import { Miniflare } from "miniflare";
import { inRoot } from "./paths.ts";

export interface CloudflareOptions {
  environment: Record<string, string>;
  queue?: boolean;
  /** Requests of one address in a minute. */
  rateLimit?: number;
  /** The folder that the Durable Object's storage is in. */
  spool?: string;
}

export interface Cloudflare {
  url: string;
  stop(): Promise<void>;
}

export async function startCloudflare({
  environment,
  queue,
  rateLimit,
  spool,
}: CloudflareOptions): Promise<Cloudflare> {
  const hosts = inRoot("build/edge/hosts");
  const flare = new Miniflare({
    modules: [
      { type: "ESModule", path: "workerd.js", contents: readFileSync(`${hosts}/workerd.js`, "utf8") },
      ...["edge.wasm", "on-demand.wasm"].map((name) => ({
        type: "CompiledWasm" as const,
        path: name,
        contents: readFileSync(`${hosts}/${name}`),
      })),
    ],
    // The newest that the workerd of this miniflare knows is its own day.
    compatibilityDate: "2026-04-01",
    host: "127.0.0.1",
    port: 0,
    bindings: { LOG_RATE_BURST: "100000", MAYDAY_PLATFORM: "cloudflare", ...environment },
    ...(rateLimit ? { ratelimits: { MAYDAY_RATE_LIMIT: { simple: { limit: rateLimit, period: 60 as const } } } } : {}),
    ...(queue
      ? {
          queueProducers: { MAYDAY_QUEUE: { queueName: "mayday" } },
          queueConsumers: { mayday: { maxBatchSize: 100, maxBatchTimeout: 0.1, maxRetries: 100 } },
        }
      : {}),
    ...(spool
      ? {
          durableObjects: { MAYDAY_SPOOL: { className: "MaydaySpool", useSQLite: true } },
          durableObjectsPersist: spool,
        }
      : {}),
  });
  const url = (await flare.ready).origin;
  return { url, stop: () => flare.dispose() };
}
