/** What is alike in every framework: a request gets its ids, and when it has been answered it is traced and, where it failed, reported. */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Level } from "../types.ts";
import { typeOf, type ServerEvent } from "./event.ts";
import type { Reporter } from "./reporter.ts";
import { requestIdsOf, type RequestIds } from "./request-ids.ts";
import type { ServerOptions } from "./types.ts";

interface Observed {
  ids: RequestIds;
  at: number;
  started: number;
  method: string;
  path: string;
  thrown?: unknown;
  hasThrown: boolean;
  /** As the framework's router spells it: `/orders/:id`. */
  template?: string | undefined;
}

/** What Express adds to a request. */
interface Routed {
  originalUrl?: string;
  baseUrl?: string;
  route?: { path?: unknown };
}

const routeMax = 128;
/** What nginx logs where the client went away. */
const clientClosedStatus = 499;

export class Observer {
  #reporter: Reporter;
  #userOf: ServerOptions["userOf"];
  #observed = new WeakMap<IncomingMessage, Observed>();

  constructor(reporter: Reporter, userOf: ServerOptions["userOf"]) {
    this.#reporter = reporter;
    this.#userOf = userOf;
  }

  /** Once for each request, before anything else; `next` runs with the ids at hand. */
  begin(request: IncomingMessage, response: ServerResponse, next: () => void): void {
    if (!this.#observed.has(request)) this.#watch(request, response);
    this.#reporter.current.run(this.#observed.get(request)!.ids, next);
  }

  idsOf(request: IncomingMessage): RequestIds | undefined {
    return this.#observed.get(request)?.ids;
  }

  /** Remembers what the request ended in; it is reported with the answer, once. */
  failed(request: IncomingMessage, thrown: unknown): void {
    const observed = this.#observed.get(request);
    if (!observed || observed.hasThrown) return;
    observed.thrown = thrown;
    observed.hasThrown = true;
  }

  routed(request: IncomingMessage, template: string | undefined): void {
    const observed = this.#observed.get(request);
    if (observed) observed.template = template;
  }

  #watch(request: IncomingMessage, response: ServerResponse): void {
    const ids = requestIdsOf(request.headers);
    const observed: Observed = {
      ids,
      at: Date.now(),
      started: performance.now(),
      method: request.method ?? "",
      path: pathOf((request as Routed).originalUrl ?? request.url ?? ""),
      hasThrown: false,
    };
    this.#observed.set(request, observed);
    if (!response.headersSent) {
      response.setHeader("x-request-id", ids.requestId);
      response.setHeader("x-trace-id", ids.traceId);
    }
    // It comes after `finish`, and without it where the client has left.
    response.once("close", () => {
      try {
        this.#end(request, response, observed);
      } catch (error) {
        this.#reporter.problem({ what: "traces_lost", count: 1, why: String(error) });
      }
    });
  }

  #end(request: IncomingMessage, response: ServerResponse, observed: Observed): void {
    const { ids, method, path, hasThrown, thrown } = observed;
    const durationMs = Math.round((performance.now() - observed.started) * 10) / 10;
    const statusCode = response.writableFinished ? response.statusCode : clientClosedStatus;
    const level: Level = statusCode >= 500 ? "error" : statusCode >= 400 ? "warn" : "info";
    const userId = this.#userOf?.(request);
    this.#reporter.trace({
      timestamp: new Date(observed.at).toISOString(),
      ...ids,
      method,
      url: path,
      statusCode,
      durationMs,
      level,
      ...(hasThrown ? { error: typeOf(thrown) } : {}),
      ...(userId === undefined ? {} : { userId }),
    });
    // Thrown on purpose, to be answered 404 or 422, it is no failure of ours.
    if (statusCode < 500 && !(hasThrown && !response.writableFinished)) return;
    const template = observed.template ?? templateOf(request as Routed);
    this.#report(observed, { statusCode, durationMs, host: request.headers.host, route: template ?? path });
  }

  #report(
    { ids, method, path, hasThrown, thrown }: Observed,
    { statusCode, durationMs, host, route }: { statusCode: number; durationMs: number; host?: string; route: string },
  ): void {
    const event: ServerEvent = {
      message: `${method} ${route} answered ${statusCode}`,
      component: "request",
      request_id: ids.requestId,
      trace_id: ids.traceId,
      route: path,
      http: { method, host, route: route.slice(0, routeMax), status: statusCode, duration_ms: durationMs },
    };
    const { message, ...context } = event;
    if (hasThrown) this.#reporter.captureException(thrown, context);
    else this.#reporter.logEvent({ ...event, error: { type: "HttpError", message } }, "error");
  }
}

/** Without query and fragment; of a request to a proxy, without the host. */
function pathOf(target: string): string {
  return (
    target
      .replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "")
      .split(/[?#]/, 1)[0]!
      .slice(0, 1_024) || "/"
  );
}

function templateOf({ route, baseUrl = "" }: Routed): string | undefined {
  return typeof route?.path === "string" ? baseUrl + route.path : undefined;
}
