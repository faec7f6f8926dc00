import type { IncomingMessage } from "node:http";
import type { Level } from "../types.ts";

export interface ServerOptions {
  /** The edge. Default `http://127.0.0.1:8788/v1/logs`. */
  endpoint?: string;
  /** Which of your programs this is. Default `api`. */
  service?: string;
  /** Default: the variable ENVIRONMENT, else `prod` where NODE_ENV is `production`, else `dev`. */
  environment?: string;
  /** Default: the variable RELEASE. */
  release?: string;
  /** Signs what is sent. Default: the variable LOG_INGEST_HMAC_SECRET; empty: not signed. */
  hmacSecret?: string;
  /** Takes the traces of requests. Default: the variable ORIGIN_URL; empty: traces are not sent. */
  originUrl?: string;
  /** Default: the variable ORIGIN_TOKEN. */
  originToken?: string;
  /** Who asks, for the request logs of that user: your own id. Missing: the request is nobody's. */
  userOf?: (request: IncomingMessage) => string | undefined;
  /** Hands `/v1/logs` and `/v1/logs/health` on to the edge, for pages that post to your own origin. Default false. */
  proxy?: boolean;
  /** Reports what ends the process, before it ends. Default true. */
  uncaught?: boolean;
  /** Your own logger: told of each request when it has been answered. */
  onRequest?: (trace: RequestTrace) => void;
  /** Told of what could not be delivered. */
  onProblem?: (problem: Problem) => void;
}

/** One answered request, as `POST /api/v1/requests` takes it. */
export interface RequestTrace {
  /** RFC 3339, when the request came. */
  timestamp: string;
  requestId: string;
  traceId: string;
  method: string;
  /** Path alone. */
  url: string;
  /** 499 where the client left before it had its answer. */
  statusCode: number;
  durationMs: number;
  level: Level;
  /** The name of what was thrown, never its text. That is in the event of the same requestId. */
  error?: string;
  userId?: string;
}

export interface Problem {
  what: "events_lost" | "traces_lost" | "proxy_failed";
  count: number;
  /** `queue_full`, `too_large`, `refused_<status>`, or the text of an error. */
  why: string;
}

export interface JobOptions {
  job_id: string;
  customer_id?: string;
  /** Default: a new UUID. */
  run_id?: string;
  graph_id?: string;
  /** Whom or what the job is about, as you name such groups. */
  cohort?: string;
  /** Of the data it began with, so that it can be told whether two runs saw the same. */
  snapshot_hash?: string;
  /** What else the start should say. */
  payload?: Record<string, unknown>;
}

export interface JobResult {
  totals?: Record<string, number>;
  warnings?: string[];
}

export interface Job {
  readonly runId: string;
  readonly traceId: string;
  /** Runs one step, and logs its start and its end. What it throws is reported with the job's ids, and thrown on. */
  node<T>(name: string, run: () => T | Promise<T>): Promise<T>;
  /** Logs the end. Warnings make it a `warn`. */
  finish(result?: JobResult): void;
  /** Logs the end as an error; what a node has reported already is not reported again. */
  fail(error: unknown): void;
}
