/** Hands what pages post to `/v1/logs` on to the edge, as it is: bytes, status and headers. */

import { request as requestHttp, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import { request as requestHttps } from "node:https";
import type { Reporter } from "./reporter.ts";
import { requestIdsOf } from "./request-ids.ts";

/** RFC 9110, section 7.6.1: of one connection alone. `expect` has been answered by Node's own server. */
const hopByHop = [
  "connection",
  "expect",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

const answerMsMax = 15_000;
/** How long a client that was refused may go on sending: closing at once can overtake the answer. */
const lingerMs = 1_000;

/** `/v1/logs/metrics` is for your own machines, and stays there. */
export function isForEdge(request: IncomingMessage): boolean {
  const target = (request as { originalUrl?: string }).originalUrl ?? request.url ?? "";
  return /^\/v1\/logs(\/health)?($|\?)/.test(target);
}

/** Answers the request, whatever the edge does. Must come before anything that reads the body. */
export function proxy(request: IncomingMessage, response: ServerResponse, reporter: Reporter): void {
  if (request.readableEnded) {
    const why = "the body was read before the proxy came: put it before what parses bodies";
    return fail(request, response, reporter, why);
  }
  const { endpoint } = reporter;
  const { url = "", originalUrl = url } = request as IncomingMessage & { originalUrl?: string };
  const path = endpoint.pathname + originalUrl.slice("/v1/logs".length);
  const open = endpoint.protocol === "https:" ? requestHttps : requestHttp;
  const { hostname, port, protocol } = endpoint;
  const outgoing = open({
    protocol,
    hostname: hostname.replace(/^\[|\]$/g, ""),
    port,
    path,
    method: request.method,
    headers: headersFor(request),
    timeout: answerMsMax,
  });
  outgoing.once("timeout", () => outgoing.destroy(new Error("the edge did not answer in time")));
  outgoing.once("error", (error) => fail(request, response, reporter, error.message));
  outgoing.once("response", (answer) => passBack(request, response, outgoing, answer));
  response.once("close", () => response.writableFinished || outgoing.destroy());
  request.pipe(outgoing);
}

function headersFor(request: IncomingMessage): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  const named = String(request.headers.connection ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase());
  for (const [name, value] of Object.entries(request.headers))
    if (!hopByHop.includes(name) && !named.includes(name)) headers[name] = value;
  // Its own word for who asks stays where it can't be believed: left of the address that we see.
  const address = request.socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, "") ?? "";
  headers["x-forwarded-for"] = [request.headers["x-forwarded-for"], address].filter(Boolean).join(", ");
  // With no length and no chunks, a GET ends with its headers.
  if (request.headers["transfer-encoding"]) headers["transfer-encoding"] = "chunked";
  return headers;
}

function passBack(
  request: IncomingMessage,
  response: ServerResponse,
  outgoing: NodeJS.WritableStream & { destroy(): unknown },
  answer: IncomingMessage,
): void {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(answer.headers))
    if (value !== undefined && !hopByHop.includes(name)) headers[name] = value;
  if (!request.complete) {
    // Answered before it was all there, as what is too large is: nothing more of it is wanted.
    headers["connection"] = "close";
    request.unpipe(outgoing);
    linger(request);
  }
  response.writeHead(answer.statusCode ?? 502, headers);
  answer.once("error", () => response.destroy());
  answer.pipe(response);
}

function fail(request: IncomingMessage, response: ServerResponse, reporter: Reporter, why: string): void {
  // The client has left, or has its answer.
  if (response.headersSent || response.destroyed) return void response.destroy();
  reporter.problem({ what: "proxy_failed", count: 1, why });
  const { requestId, traceId } = requestIdsOf(request.headers);
  if (!request.complete) linger(request);
  response.writeHead(503, {
    "content-type": "application/json",
    "retry-after": "5",
    "x-request-id": requestId,
    "x-trace-id": traceId,
    ...(request.complete ? {} : { connection: "close" }),
  });
  response.end(JSON.stringify({ detail: "origin_unavailable", request_id: requestId }));
}

function linger(request: IncomingMessage): void {
  const timer = setTimeout(() => request.destroy(), lingerMs);
  timer.unref();
  request.once("close", () => clearTimeout(timer));
  request.resume();
}
