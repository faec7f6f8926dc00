/**
 * The edge, whole, for any host: one request in, one answer out, the accepted lines handed to a sink. The module decides;
 * here stands only what it can't do itself: time, entropy, the body's stream, and a new instance after a trap.
 */

import { configurationOf, type Environment } from "./environment.ts";
import { ConfigurationError, Instance, OnDemand, type Modules, type Reply } from "./instance.ts";
import type { Sink } from "./sink.ts";

/** A request as any platform can tell it. */
export interface Incoming {
  method: string;
  /** Path and query, as on the request line. */
  target: string;
  header(name: string): string | null | undefined;
  /** The peer's address, told by the platform; empty where it is not known. */
  address: string;
  /** ISO 3166-1 alpha-2, and the platform's name of its own place, where it tells them. */
  country?: string | undefined;
  colo?: string | undefined;
  /** A rate limiter that the platform's places share has said no. */
  isLimited?: boolean | undefined;
  /** The body's first `bytesMax` bytes. Reads no further. */
  body(bytesMax: number): Promise<Uint8Array>;
}

export interface Outgoing {
  status: number;
  headers: [name: string, value: string][];
  body: string;
}

export interface Edge {
  answer(incoming: Incoming): Promise<Outgoing>;
}

/** The headers that the module reads; all others stay outside. */
const headersRead = [
  "content-type",
  "content-encoding",
  "host",
  "origin",
  "x-log-signature",
  "x-request-id",
  "traceparent",
  "user-agent",
  "x-forwarded-for",
  "cookie",
];

/** An instance until it traps, and the events that it has counted as accepted. */
interface Life {
  instance: Instance;
  /** From the first request on that needs it. */
  onDemand?: OnDemand;
  accepted: number;
}

/** Throws `ConfigurationError` where the environment is not to be used. */
export function createEdge(modules: Modules, environment: Environment, sink: Sink): Edge {
  const makeInstance = (): Instance => new Instance(modules.edge, configurationOf(environment));
  let life: Life | undefined = { instance: makeInstance(), accepted: 0 };
  // An instance that traps takes its counters along. What it had accepted is to its successor as if found in a spool.
  let acceptedBefore = 0;
  const bodyBytesReadMax = life.instance.bodyBytesReadMax;

  async function answer(incoming: Incoming): Promise<Outgoing> {
    const declared = Number(incoming.header("content-length") ?? 0);
    // Too large by its own word: what is in the body does not matter any more, so none of it is read.
    const body =
      declared >= bodyBytesReadMax ? new Uint8Array(bodyBytesReadMax) : await incoming.body(bodyBytesReadMax);
    const current = (life ??= { instance: makeInstance(), accepted: 0 });
    try {
      const head = headOf(incoming, sink, acceptedBefore);
      let reply = handle(current, head, body);
      reply = await kept(current.instance, reply, sink);
      if (current === life) current.accepted += reply.events;
      else acceptedBefore += reply.events;
      return reply;
    } catch (error) {
      if (error instanceof ConfigurationError) throw error;
      if (current === life) {
        acceptedBefore += current.accepted;
        life = undefined;
      }
      return internalError(incoming, error);
    }
  }

  /** In one go: what the module has judged of this request is not kept while others come. */
  function handle(life: Life, head: string, body: Uint8Array): Reply {
    let reply = life.instance.handle(head, body);
    while (reply.status === 0) {
      life.onDemand ??= new OnDemand(modules.onDemand());
      const { facts, text } = life.onDemand.prepare(reply.body, body);
      head = `${head.slice(0, -1)}${facts}\n`;
      reply = life.instance.handle(head, text);
    }
    return reply;
  }

  return { answer };
}

/** Where the sink answers at once, so does the edge, and `refuse` speaks of the same request. */
async function kept(instance: Instance, reply: Reply, sink: Sink): Promise<Reply> {
  if (reply.lines.length === 0) return reply;
  const isKept = sink.keep(reply.lines, reply.events);
  if (typeof isKept === "boolean") return isKept ? reply : instance.refuse();
  return (await isKept) ? reply : takenBack(reply);
}

/** The module has answered others in the meantime, so this is written here; the sink counts the events as refused. */
function takenBack({ headers, body, lines, events }: Reply): Reply {
  const { request_id } = JSON.parse(body) as { request_id: string };
  return {
    status: 503,
    headers: [["retry-after", "5"], ...headers],
    body: JSON.stringify({ detail: "origin_unavailable", request_id }),
    lines,
    events,
  };
}

function headOf(incoming: Incoming, sink: Sink, acceptedBefore: number): string {
  const { forwarded, pending, refused, replayed, stalledMs } = sink.state();
  let head =
    `${incoming.method} ${plain(incoming.target)}\n:now: ${Date.now()}\n:ip: ${plain(incoming.address)}\n` +
    `:room: ${sink.roomBytes()}\n:forwarded: ${forwarded}\n:pending: ${pending}\n:refused: ${refused}\n` +
    `:replayed: ${replayed + acceptedBefore}\n:stalled: ${stalledMs}\n`;
  if (incoming.country) head += `:country: ${plain(incoming.country)}\n`;
  if (incoming.isLimited) head += ":limited: 1\n";
  if (incoming.colo) head += `:colo: ${plain(incoming.colo)}\n`;
  for (const name of headersRead) {
    const value = incoming.header(name);
    if (value) head += `${name}: ${plain(value)}\n`;
  }
  return `${head}\n`;
}

/** No platform lets a line break through here; if one ever did, it could forge a host's fact. */
function plain(text: string): string {
  return /[\r\n\0]/.test(text) ? text.replace(/[\r\n\0]/g, " ") : text;
}

function internalError(incoming: Incoming, error: unknown): Outgoing {
  const given = incoming.header("x-request-id") ?? "";
  const requestId = /^[A-Za-z0-9._-]{1,128}$/.test(given) ? given : crypto.randomUUID();
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  console.error(JSON.stringify({ level: "error", component: "mayday-edge", message, request_id: requestId }));
  return {
    status: 500,
    headers: [
      ["content-type", "application/json"],
      ["x-request-id", requestId],
      ["x-trace-id", traceIdOf(incoming.header("traceparent"))],
    ],
    body: JSON.stringify({ detail: "internal_error", request_id: requestId }),
  };
}

function traceIdOf(traceparent: string | null | undefined): string {
  const found = /^(?!ff)[0-9a-f]{2}-((?!0{32})[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}/.exec(traceparent ?? "");
  return found?.[1] ?? crypto.randomUUID().replaceAll("-", "");
}
