/**
 * A small HTTP server that runs a CGI program (RFC 3875) for each request, on loopback: `node serve-cgi.mjs PROGRAM PORT`. What
 * the program writes to standard error, which a server would log, goes to standard output.
 */

import { spawn } from "node:child_process";
import { createServer } from "node:http";
import path from "node:path";

const [program, port] = process.argv.slice(2);

/** A CGI program is told how long its body is, so all of it is here first; longer ones are refused by their length alone. */
const bodyBytesMax = 1024 * 1024;

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error.message);
    if (!response.headersSent) response.writeHead(500);
    response.end();
  });
});
server.listen(Number(port), "127.0.0.1", () => {
  console.error(`mayday-edge listening on http://127.0.0.1:${server.address().port}`);
});

async function answer(request, response) {
  const body = await bodyOf(request);
  const declared = Number(request.headers["content-length"] ?? body.length);
  const output = await run(variablesOf(request, Math.max(declared, body.length)), body);
  const end = output.indexOf("\n\n");
  if (end < 0) throw new Error("the program wrote no answer");
  const headers = output.subarray(0, end).toString("latin1").split("\n").map(pairOf);
  const [[, status]] = headers.splice(
    headers.findIndex(([name]) => name === "Status"),
    1,
  );
  if (!request.complete) request.resume();
  response.writeHead(Number(status), headers.flat()).end(output.subarray(end + 2));
}

function pairOf(line) {
  const colon = line.indexOf(":");
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}

async function bodyOf(request) {
  if (Number(request.headers["content-length"] ?? 0) > bodyBytesMax) return Buffer.alloc(0);
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > bodyBytesMax) break;
  }
  return Buffer.concat(chunks);
}

/** Sections 4.1.1 to 4.1.18. */
function variablesOf(request, bodyBytes) {
  const [pathname, query = ""] = request.url.split(/\?(.*)/s);
  const headers = Object.entries(request.headers).map(([name, value]) => [
    `HTTP_${name.toUpperCase().replaceAll("-", "_")}`,
    String(value),
  ]);
  return {
    ...Object.fromEntries(headers),
    GATEWAY_INTERFACE: "CGI/1.1",
    REQUEST_METHOD: request.method,
    SCRIPT_NAME: "",
    PATH_INFO: pathname,
    QUERY_STRING: query,
    CONTENT_TYPE: request.headers["content-type"] ?? "",
    CONTENT_LENGTH: String(bodyBytes),
    REMOTE_ADDR: request.socket.remoteAddress ?? "",
    SERVER_PROTOCOL: "HTTP/1.1",
  };
}

function run(variables, body) {
  return new Promise((resolve, reject) => {
    const child = spawn(path.resolve(program), {
      env: { ...process.env, ...variables },
      stdio: ["pipe", "pipe", process.stdout],
    });
    const chunks = [];
    child.stdout.on("data", (chunk) => chunks.push(chunk));
    child.once("error", reject);
    child.once("close", () => resolve(Buffer.concat(chunks)));
    // It may end without having read everything.
    child.stdin.on("error", () => {});
    child.stdin.end(body);
  });
}
