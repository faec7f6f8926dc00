/**
 * An edge function in Vercel's edge-runtime, on loopback: `node serve-edge-runtime.mjs FOLDER PORT`, where FOLDER holds the
 * built hosts. Does what the platform does around the function: modules, environment, the peer's address, HTTP. The
 * server that edge-runtime brings along is not for this: it takes in a whole body, however large, and does not tell the peer.
 */

import { EdgeRuntime } from "edge-runtime";
import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";

const [folder, port] = process.argv.slice(2);

const runtime = new EdgeRuntime({
  initialCode: await scriptOf(path.resolve(folder)),
  extend: (context) =>
    Object.assign(context, {
      process: { env: { MAYDAY_PLATFORM: "vercel", ...process.env } },
      edgeModules: Object.fromEntries(
        ["edge", "on-demand"].map((name) => [
          name,
          new WebAssembly.Module(readFileSync(path.join(folder, `${name}.wasm`))),
        ]),
      ),
    }),
});

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error);
    response.destroy();
  });
});
server.listen(Number(port), "127.0.0.1", () => {
  console.error(`mayday-edge listening on http://127.0.0.1:${server.address().port}`);
});

/** The function as a script, since the runtime takes no modules. */
async function scriptOf(folder) {
  const contents = `import handler from "./edge-runtime.js";
    addEventListener("fetch", (event) => event.respondWith(handler(event.request, event)));`;
  const compiledModule = {
    name: "compiled-module",
    setup(bundler) {
      bundler.onResolve({ filter: /\.wasm\?module$/ }, ({ path: file }) => ({
        path: path.basename(file, ".wasm?module"),
        namespace: "wasm",
      }));
      bundler.onLoad({ filter: /^/, namespace: "wasm" }, ({ path: name }) => ({
        contents: `export default edgeModules["${name}"];`,
      }));
    },
  };
  const stdin = { contents, resolveDir: folder };
  const { outputFiles } = await build({
    stdin,
    bundle: true,
    write: false,
    format: "iife",
    plugins: [compiledModule],
    logLevel: "error",
  });
  return outputFiles[0].text;
}

async function answer(request, response) {
  const url = `http://${request.headers.host ?? "localhost"}${request.url}`;
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  const {
    status,
    headers: given,
    body,
  } = await answerOf(request, url, [
    ...headers.filter(([name]) => name !== "x-real-ip"),
    ["x-real-ip", request.socket.remoteAddress],
  ]);
  if (!request.complete) request.resume();
  response.writeHead(status, Object.fromEntries(given)).end(body);
}

async function answerOf(request, url, headers) {
  const hasBody = request.method !== "GET" && request.method !== "HEAD";
  const response = await runtime.dispatchFetch(url, {
    method: request.method,
    headers,
    ...(hasBody ? { body: bodyOf(request), duplex: "half" } : {}),
  });
  response.waitUntil().catch((error) => console.error(error));
  return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
}

/** As much as the function asks for. */
function bodyOf(request) {
  const chunks = request.iterator({ destroyOnReturn: false });
  return new runtime.context.ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => void chunks.return(),
    },
    { highWaterMark: 0 },
  );
}
