// Serves the demo on loopback: node scripts/serve-demo.mjs [--port 8080] [--edge URL] [--dashboard URL]
// The page posts to its own origin; POST /v1/logs goes on to the edge, with the client's address.
import { createServer, request as forward } from "node:http";
import { readFile } from "node:fs/promises";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { values: flags } = parseArgs({
  options: {
    port: { type: "string", default: "8080" },
    edge: { type: "string", default: "http://127.0.0.1:8787" },
    dashboard: { type: "string", default: "" },
  },
});
const edge = new URL(flags.edge);
/** The help desk is the origin's, as the dashboard is. */
const origin = flags.dashboard ? new URL(flags.dashboard) : undefined;

const types = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".map": "application/json",
  ".json": "application/json",
};
const headers = {
  "content-security-policy":
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-cache",
};

const answerJson = (response, status, value) =>
  response.writeHead(status, { ...headers, "content-type": "application/json" }).end(JSON.stringify(value));

/** The ways to fail that need a server. */
const routes = {
  "/config.json": (_, response) =>
    answerJson(response, 200, {
      endpoint: "/v1/logs",
      dashboard: flags.dashboard,
      environment: "dev",
      release: "0.1.0",
    }),
  "/demo/fail": (_, response) => answerJson(response, 500, { detail: "on purpose" }),
  "/demo/slow": (_, response) => void setTimeout(() => answerJson(response, 200, { late: true }), 5_000).unref(),
  "/demo/no-answer": (request) => request.socket.destroy(),
  "/demo/events": (_, response) => {
    response.writeHead(200, { ...headers, "content-type": "text/event-stream" }).write("data: connected\n\n");
    setTimeout(() => response.destroy(), 300);
  },
};

/** One body passes on and one answer back, each as it is. */
function pass(request, response, to) {
  const onward = forward(
    {
      host: to.hostname,
      port: to.port,
      method: request.method,
      path: request.url,
      headers: { ...request.headers, "x-forwarded-for": request.socket.remoteAddress },
    },
    (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    },
  );
  onward.on("error", () => {
    if (response.headersSent) response.destroy();
    else
      response
        .writeHead(503, { "retry-after": "5", "content-type": "application/json" })
        .end('{"detail":"origin_unavailable"}');
  });
  request.pipe(onward);
}

async function serveFile(path, response) {
  const place = path.startsWith("/mayday/")
    ? join(root, "npm/dist", normalize(path.slice(7)))
    : join(root, "build/demo", normalize(path === "/" ? "/index.html" : path));
  try {
    const bytes = await readFile(place);
    response
      .writeHead(200, { ...headers, "content-type": types[extname(place)] ?? "application/octet-stream" })
      .end(bytes);
  } catch {
    response.writeHead(404, headers).end();
  }
}

const server = createServer((request, response) => {
  const path = request.url.split("?")[0];
  if (path === "/v1/logs" || path.startsWith("/v1/logs/")) pass(request, response, edge);
  else if (path.startsWith("/support/") && origin) pass(request, response, origin);
  else if (Object.hasOwn(routes, path)) routes[path](request, response);
  else void serveFile(path, response);
});
server.listen(Number(flags.port), "127.0.0.1", () => console.log(`demo  http://127.0.0.1:${server.address().port}/`));

for (const signal of ["SIGINT", "SIGTERM"])
  process.on(signal, () => {
    server.close();
    server.closeAllConnections();
  });
