/** One run of something long: its start, its nodes and its end as events that share their ids. */

import { randomUUID } from "node:crypto";
import type { ErrorContext, ServerEvent } from "./event.ts";
import type { Reporter } from "./reporter.ts";
import { newTraceId } from "./request-ids.ts";
import type { Job, JobOptions } from "./types.ts";

/** The edge keeps a job's ids, and its info in production, of this service alone. */
const service = "langgraph";
const component = "job";

export function startJob(reporter: Reporter, options: JobOptions): Job {
  const { job_id, customer_id, graph_id, cohort, snapshot_hash } = options;
  const runId = options.run_id ?? randomUUID();
  const traceId = newTraceId();
  const ids = { service, component, job_id, customer_id, graph_id, run_id: runId, trace_id: traceId };
  const started = performance.now();
  let isOver = false;

  const log = (event: ServerEvent): void => reporter.logEvent({ ...ids, ...event });
  const fail = (error: unknown, context: ErrorContext): void =>
    reporter.captureException(error, { ...ids, ...context, status: "error" });
  const end = (): boolean => {
    if (isOver) return false;
    return (isOver = true);
  };

  log({
    message: `Job ${job_id} started`,
    status: "start",
    payload: { cohort, snapshot_hash, ...options.payload },
  });
  return {
    runId,
    traceId,
    async node(name, run) {
      const nodeStarted = performance.now();
      log({ message: `Node ${name} started`, node: name, status: "start" });
      try {
        const result = await run();
        log({ message: `Node ${name} ended`, node: name, status: "end", duration_ms: since(nodeStarted) });
        return result;
      } catch (error) {
        fail(error, { node: name, duration_ms: since(nodeStarted) });
        throw error;
      }
    },
    finish({ totals, warnings = [] } = {}) {
      if (!end()) return;
      log({
        message: `Job ${job_id} finished${warnings.length > 0 ? ` with ${warnings.length} warnings` : ""}`,
        level: warnings.length > 0 ? "warn" : "info",
        status: "end",
        duration_ms: since(started),
        payload: { totals, warnings: warnings.slice(0, warningsMax) },
      });
    },
    fail(error) {
      if (!end()) return;
      fail(error, { duration_ms: since(started) });
    },
  };
}

const warningsMax = 20;

function since(started: number): number {
  return Math.round((performance.now() - started) * 10) / 10;
}
