import { randomUUID } from "node:crypto";
import type { Level, LogEvent } from "../types.ts";

/** An event of a server's or a job's: what a page's has, and what the edge keeps of `service: "langgraph"` besides. */
export interface ServerEvent extends LogEvent {
  run_id?: string;
  graph_id?: string;
  node?: string;
  status?: "start" | "end" | "error";
  duration_ms?: number;
  job_id?: string;
  customer_id?: string;
  /** At most 4 KiB as JSON; the edge redacts it, and cuts it whole where it is larger. */
  payload?: Record<string, unknown>;
}

/** What you know and the error doesn't. */
export type ErrorContext = Partial<Omit<ServerEvent, "error" | "message" | "timestamp" | "count">>;

/** What all events of a program share. */
export interface Origin {
  service: string;
  environment: string;
  release: string;
}

/** UTF-16 units of one text that leave the process; the edge cuts shorter, when it has taken out the secrets. */
const textMax = 4_000;
/** SPEC section 1. */
const stackLinesMax = 50;
const causesMax = 4;

/** The JSON of an event, whole. What JSON can't say of its payload, data and tags is left out. */
export function eventText(origin: Origin, event: ServerEvent, level: Level = "info"): string {
  const whole = { event_id: randomUUID(), timestamp: new Date().toISOString(), level, ...origin, ...event };
  try {
    return JSON.stringify(whole, shortened);
  } catch {
    // A circle, or a getter that throws, in what is free in form.
    return JSON.stringify({ ...whole, payload: undefined, data: undefined, tags: undefined }, shortened);
  }
}

function shortened(_: string, value: unknown): unknown {
  if (typeof value === "string") return value.slice(0, textMax);
  return typeof value === "bigint" ? String(value) : value;
}

/** What was thrown, as message and `error` of an event, with what caused it. */
export function describeError(thrown: unknown): Pick<LogEvent, "message" | "error"> {
  const type = typeOf(thrown);
  const stack = thrown instanceof Error && typeof thrown.stack === "string" ? thrown.stack : "";
  const frames = stack
    .slice(0, stackLinesMax * 512)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith("at "));
  return {
    message: textOf(thrown, 0),
    error: { type, message: messageOf(thrown), stack: frames.slice(0, stackLinesMax) },
  };
}

/** The name alone: it says what went wrong, and nothing of whom it happened to. */
export function typeOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : thrown === null ? "null" : typeof thrown;
}

function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message;
  if (!(thrown instanceof Object)) return String(thrown);
  // Its values may be anybody's data.
  return `Object with keys ${Object.keys(thrown).slice(0, 9).join(", ")}`;
}

function textOf(thrown: unknown, depth: number): string {
  if (!(thrown instanceof Error)) return messageOf(thrown);
  const cause = thrown.cause != null && depth < causesMax ? `, caused by ${textOf(thrown.cause, depth + 1)}` : "";
  return `${thrown.name}: ${thrown.message}${cause}`;
}
