/** Hands events to the edge and traces to the origin. Everything here may be called at any time, and nothing throws. */

import { AsyncLocalStorage } from "node:async_hooks";
import { createHmac } from "node:crypto";
import type { Level } from "../types.ts";
import { describeError, eventText, type ErrorContext, type Origin, type ServerEvent } from "./event.ts";
import { Outbox, type Post } from "./outbox.ts";
import type { RequestIds } from "./request-ids.ts";
import type { Problem, RequestTrace, ServerOptions } from "./types.ts";

const sdk = "mayday/node";

export class Reporter {
  readonly endpoint: URL;
  /** The request that is being answered, for whatever is reported on its way. */
  readonly current = new AsyncLocalStorage<RequestIds>();
  #options: ServerOptions;
  #origin: Origin;
  #events: Outbox;
  #traces: Outbox | undefined;
  /** Reported already: an error that is passed on comes by again. */
  #seen = new WeakSet<object>();

  constructor(options: ServerOptions) {
    const { env } = process;
    this.#options = options;
    this.endpoint = new URL(options.endpoint ?? "http://127.0.0.1:8788/v1/logs");
    this.#origin = {
      service: options.service ?? "api",
      environment: options.environment ?? env.ENVIRONMENT ?? (env.NODE_ENV === "production" ? "prod" : "dev"),
      release: options.release ?? env.RELEASE ?? "",
    };
    const secret = options.hmacSecret ?? env.LOG_INGEST_HMAC_SECRET ?? "";
    this.#events = new Outbox({
      url: this.endpoint.href,
      bodyOf: eventsBody,
      headersOf: (body) => signed(secret, body),
      onLoss: (count, why) => this.problem({ what: "events_lost", count, why }),
    });
    const originUrl = options.originUrl ?? env.ORIGIN_URL;
    const token = options.originToken ?? env.ORIGIN_TOKEN ?? "";
    if (!originUrl) return;
    this.#traces = new Outbox({
      url: new URL("/api/v1/requests", originUrl).href,
      bodyOf: (items) => `{"requests":[${items.join()}]}`,
      headersOf: () => ({ "content-type": "application/json", authorization: `Bearer ${token}` }),
      onLoss: (count, why) => this.problem({ what: "traces_lost", count, why }),
    });
  }

  logEvent(event: ServerEvent, level: Level = event.level ?? "info"): void {
    try {
      const ids = this.current.getStore();
      const known = ids && { request_id: ids.requestId, trace_id: ids.traceId };
      this.#events.push(eventText(this.#origin, { ...known, ...event }, level));
    } catch (error) {
      this.problem({ what: "events_lost", count: 1, why: String(error) });
    }
  }

  captureException(thrown: unknown, context: ErrorContext = {}): void {
    try {
      if (thrown instanceof Object) {
        if (this.#seen.has(thrown)) return;
        this.#seen.add(thrown);
      }
      this.logEvent({ component: "captureException", ...describeError(thrown), ...context }, context.level ?? "error");
    } catch (error) {
      this.problem({ what: "events_lost", count: 1, why: String(error) });
    }
  }

  trace(trace: RequestTrace): void {
    try {
      this.#traces?.push(JSON.stringify(trace));
      this.#options.onRequest?.(trace);
    } catch (error) {
      this.problem({ what: "traces_lost", count: 1, why: String(error) });
    }
  }

  problem(problem: Problem): void {
    try {
      this.#options.onProblem?.(problem);
    } catch {
      // A listener's own trouble.
    }
  }

  async flush(timeoutMs: number): Promise<boolean> {
    const sent = await Promise.all([this.#events.flush(timeoutMs), this.#traces?.flush(timeoutMs) ?? true]);
    return sent.every(Boolean);
  }

  drain(): Post[] {
    return [...this.#events.drain(), ...(this.#traces?.drain() ?? [])];
  }
}

function eventsBody(items: string[], discarded: number): string {
  const client = {
    sdk,
    sent_at: new Date().toISOString(),
    discarded: discarded > 0 ? { queue_full: discarded } : undefined,
  };
  return `{"events":[${items.join()}],"client":${JSON.stringify(client)}}`;
}

function signed(secret: string, body: string): Record<string, string> {
  const headers = { "content-type": "application/json" };
  return secret ? { ...headers, "x-log-signature": createHmac("sha256", secret).update(body).digest("hex") } : headers;
}
