/** A real edge that writes what it accepts to its standard output, and a server in the origin's place that takes traces. */

import { startEdge, type EdgeHost } from "./edge-host.ts";
import { eventually } from "./poll.ts";
import { startReceiver, type Received, type Receiver } from "./receiver.ts";

export type Line = Record<string, any>;

export interface MonitoredEdge {
  edge: EdgeHost;
  origin: Receiver;
  endpoint: string;
  /** Called while something is waited for: a program's own `flush`, so that no test waits for its batches. */
  pump: () => unknown;
  lines(): Line[];
  /** The first `count` lines that `matches` says yes to. */
  linesWhere(what: string, matches: (line: Line) => boolean, count?: number): Promise<Line[]>;
  traces(): Line[];
  traceOf(requestId: string): Promise<Line>;
  close(): Promise<void>;
}

export async function startMonitoredEdge(environment: NodeJS.ProcessEnv = {}): Promise<MonitoredEdge> {
  const given = { MAYDAY_SINK: "stdout", LOG_RATE_BURST: "1000", TRUSTED_PROXIES: "1", ...environment };
  const edge = await startEdge("node", given);
  const origin = await startReceiver(() => ({ status: 200, body: "{}" }));
  const lines = (): Line[] =>
    edge
      .stdout()
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line);
  const traces = (): Line[] => origin.received.flatMap(({ body }: Received) => JSON.parse(body).requests as Line[]);
  const world: MonitoredEdge = {
    edge,
    origin,
    endpoint: `${edge.url}/v1/logs`,
    pump: () => {},
    lines,
    linesWhere: (what, matches, count = 1) =>
      eventually(what, async () => {
        await world.pump();
        const found = lines().filter(matches);
        return found.length >= count ? found : undefined;
      }),
    traces,
    traceOf: (requestId) =>
      eventually(`the trace of ${requestId}`, async () => {
        await world.pump();
        return traces().find((trace) => trace["requestId"] === requestId);
      }),
    async close() {
      await edge.stop();
      await origin.close();
    },
  };
  return world;
}
