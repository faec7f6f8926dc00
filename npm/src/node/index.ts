/** Mayday on your own server: `createMayday` gives what a program of yours needs. Importing this does nothing. */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { ErrorContext, ServerEvent } from "./event.ts";
import { startJob } from "./job.ts";
import { Observer } from "./observer.ts";
import { isForEdge, proxy } from "./proxy.ts";
import { Reporter } from "./reporter.ts";
import type { RequestIds } from "./request-ids.ts";
import type { Job, JobOptions, ServerOptions } from "./types.ts";
import { watchProcess } from "./uncaught.ts";

export type { Breadcrumb, Level, LogEvent } from "../types.ts";
export type { ErrorContext, ServerEvent } from "./event.ts";
export type { RequestIds } from "./request-ids.ts";
export type { Job, JobOptions, JobResult, Problem, RequestTrace, ServerOptions } from "./types.ts";

export type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;
export type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: any) => void) => void;
export type ErrorMiddleware = (
  error: any,
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: any) => void,
) => void;

/** What the Fastify plugin uses of Fastify 4 and 5. */
export interface FastifyLike {
  addHook(name: string, hook: (...given: any[]) => void): unknown;
}
export type FastifyPlugin = (fastify: FastifyLike, options: unknown, done: (error?: Error) => void) => void;

export interface Mayday {
  /** For Express and Connect, before everything else: `app.use(mayday.express())`. */
  express(): Middleware;
  /** For Express, after all routes: `app.use(mayday.expressErrors())`. It reports what was thrown and passes it on. */
  expressErrors(): ErrorMiddleware;
  /** For Fastify: `fastify.register(mayday.fastify())`. */
  fastify(): FastifyPlugin;
  /** For node:http: `createServer(mayday.http(handler))`. What the handler throws is reported and answered 500. */
  http(handler: Handler): (request: IncomingMessage, response: ServerResponse) => void;
  /** The ids of a request that one of the above has seen. */
  idsOf(request: IncomingMessage): RequestIds | undefined;
  /** Reports an error that you caught. On the way of a request it carries that request's ids. */
  captureException(error: unknown, context?: ErrorContext): void;
  /** Reports an event of your own making. */
  logEvent(event: ServerEvent): void;
  startJob(options: JobOptions): Job;
  /** Sends what waits, now. True if all of it was taken before `timeoutMs` had passed. */
  flush(timeoutMs?: number): Promise<boolean>;
  /** `flush`, and no longer looks after the process. */
  close(timeoutMs?: number): Promise<boolean>;
}

const flushMsMax = 2_000;

/** Throws where an address in `options` is none: better at the start than never. After that nothing of it throws. */
export function createMayday(options: ServerOptions = {}): Mayday {
  const reporter = new Reporter(options);
  const observer = new Observer(reporter, options.userOf);
  const unwatch = options.uncaught === false ? () => {} : watchProcess(reporter);

  /** True if the request was the edge's. */
  const proxied: (request: IncomingMessage, response: ServerResponse) => boolean = (request, response) => {
    if (!options.proxy || !isForEdge(request)) return false;
    proxy(request, response, reporter);
    return true;
  };
  return {
    express: () => (request, response, next) => {
      if (!proxied(request, response)) observer.begin(request, response, () => next());
    },
    expressErrors: () => (error, request, _, next) => {
      observer.failed(request, error);
      next(error);
    },
    fastify: () => fastifyPlugin(observer, proxied),
    http: (handler) => (request, response) => {
      if (proxied(request, response)) return;
      observer.begin(request, response, () => void answer(observer, handler, request, response));
    },
    idsOf: (request) => observer.idsOf(request),
    captureException: (error, context) => reporter.captureException(error, context),
    logEvent: (event) => reporter.logEvent(event),
    startJob: (job) => startJob(reporter, job),
    flush: (timeoutMs = flushMsMax) => reporter.flush(timeoutMs),
    close: (timeoutMs = flushMsMax) => {
      unwatch();
      return reporter.flush(timeoutMs);
    },
  };
}

async function answer(
  observer: Observer,
  handler: Handler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await handler(request, response);
  } catch (error) {
    observer.failed(request, error);
    // Half an answer can't be taken back; broken off, it is at least not taken for whole.
    if (response.headersSent) return void response.destroy();
    const body = JSON.stringify({ detail: "internal_error", request_id: observer.idsOf(request)?.requestId });
    response.writeHead(500, { "content-type": "application/json" }).end(body);
  }
}

function fastifyPlugin(
  observer: Observer,
  proxied: (request: IncomingMessage, response: ServerResponse) => boolean,
): FastifyPlugin {
  const plugin: FastifyPlugin = (fastify, _, done) => {
    fastify.addHook("onRequest", (request, reply, next) => {
      if (proxied(request.raw, reply.raw)) return void reply.hijack();
      observer.begin(request.raw, reply.raw, () => {
        observer.routed(request.raw, request.routeOptions?.url);
        next();
      });
    });
    fastify.addHook("onError", (request, _reply, error, next) => {
      observer.failed(request.raw, error);
      next();
    });
    done();
  };
  // As fastify-plugin does it: the hooks are for all routes, not for those of a plugin alone.
  return Object.assign(plugin, { [Symbol.for("skip-override")]: true, [Symbol.for("fastify.display-name")]: "mayday" });
}
