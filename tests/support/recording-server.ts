/** A page's server and an edge in one, on loopback: serves what a test gives it, and keeps every batch it is sent. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const dist = join(root, "npm/dist");

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".svg": "image/svg+xml",
};

export interface Batch {
  at: number;
  bytes: number;
  contentType: string;
  events: any[];
  client: any;
  status: number;
}

export type Route = (request: IncomingMessage, response: ServerResponse) => void;

export interface RecordingServer {
  url: string;
  /** In order of arrival. */
  batches: Batch[];
  /** What was accepted. */
  events(): any[];
  /** Answers the next batches so, and 200 after that. */
  answerWith(...answers: { status: number; retryAfter?: string }[]): void;
  /** Resolves when `enough` says so; rejects after `ms`. */
  until(enough: (events: any[]) => boolean, ms?: number): Promise<any[]>;
  close(): Promise<void>;
  /** Answers nobody until `reopen`, which listens at the same address. */
  reopen(): Promise<void>;
}

/** Serves `page` at `/`, `routes` by path, `folders` by their prefix, and npm's build under `/mayday/`. */
export async function startRecordingServer(
  page = "<!doctype html><title>page</title>",
  routes: Record<string, Route> = {},
  folders: Record<string, string> = {},
): Promise<RecordingServer> {
  const batches: Batch[] = [];
  const answers: { status: number; retryAfter?: string }[] = [];
  const waiters = new Set<() => void>();
  const places: Record<string, string> = { "/mayday/": dist, ...folders };

  async function record(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { events, client } = JSON.parse(body.toString("utf8"));
    const { status, retryAfter } = answers.shift() ?? { status: 200 };
    batches.push({
      at: Date.now(),
      bytes: body.length,
      contentType: request.headers["content-type"] ?? "",
      events,
      client,
      status,
    });
    const headers: Record<string, string> = {
      "content-type": "application/json",
      "access-control-allow-origin": request.headers.origin ?? "*",
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": "retry-after, x-request-id, x-trace-id",
    };
    if (retryAfter) headers["retry-after"] = retryAfter;
    response.writeHead(status, headers);
    response.end(JSON.stringify({ accepted: status === 200 ? events.length : 0, rejected: [], request_id: "test" }));
    for (const look of waiters) look();
  }

  async function serve(path: string, response: ServerResponse): Promise<void> {
    const prefix = Object.keys(places).find((each) => path.startsWith(each));
    if (path === "/" || path.startsWith("/page"))
      return void response.writeHead(200, { "content-type": types[".html"]! }).end(page);
    try {
      if (!prefix) throw new Error("no such folder");
      const bytes = await readFile(join(places[prefix]!, normalize(path.slice(prefix.length - 1))));
      response.writeHead(200, { "content-type": types[extname(path)] ?? "application/octet-stream" }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  }

  const server = createServer((request, response) => {
    const path = request.url!.split("?")[0]!;
    const route = routes[path];
    if (route) route(request, response);
    else if (path === "/v1/logs" && request.method === "POST")
      record(request, response).catch(() => response.writeHead(400).end());
    else void serve(path, response);
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;

  const events = (): any[] => batches.filter(({ status }) => status === 200).flatMap((batch) => batch.events);
  return {
    url: `http://127.0.0.1:${port}`,
    batches,
    events,
    answerWith: (...next) => void answers.push(...next),
    until: (enough, ms = 15_000) => waitUntil(events, enough, ms, waiters, batches),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    reopen: () => listen(port),
  };
}

function waitUntil(
  events: () => any[],
  enough: (events: any[]) => boolean,
  ms: number,
  waiters: Set<() => void>,
  batches: Batch[],
): Promise<any[]> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      clearTimeout(late);
      waiters.delete(look);
    };
    const look = (): void => {
      if (!enough(events())) return;
      done();
      resolve(events());
    };
    const late = setTimeout(() => {
      done();
      reject(new Error(`after ${ms} ms there were ${JSON.stringify(batches, null, 1).slice(0, 4000)}`));
    }, ms);
    waiters.add(look);
    look();
  });
}
