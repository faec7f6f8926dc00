/** The receivers that are reached by HTTP, by their names in `MAYDAY_SINK`. */

import type { Environment } from "../environment.ts";
import { httpReceiver, type Receiver, type Target } from "../post.ts";
import { clickhouseTarget } from "./clickhouse.ts";
import { lokiTarget } from "./loki.ts";
import { originTarget } from "./origin.ts";
import { otlpTarget } from "./otlp.ts";

const targets: Record<string, (environment: Environment) => Target> = {
  origin: originTarget,
  otlp: otlpTarget,
  clickhouse: clickhouseTarget,
  loki: lokiTarget,
};

export const receiverNames = Object.keys(targets);

/** Nothing where `name` is none of them. Throws `ConfigurationError`. */
export function receiverOf(name: string, environment: Environment): Receiver | undefined {
  const target = targets[name]?.(environment);
  return target && httpReceiver(target, (url, init) => fetch(url, init));
}
