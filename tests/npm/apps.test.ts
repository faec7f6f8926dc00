/** The package as it is published, in fresh apps: each bundler's build, run in Chromium; a script tag; servers; the command. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test, type TestContext } from "node:test";
import type { Browser } from "playwright-core";
import { launchBrowser, newPage } from "../support/browser.ts";
import { eventOf } from "../support/events.ts";
import { createFreshApp, type FreshApp } from "../support/fresh-app.ts";
import { ask } from "../support/http.ts";
import { inRoot } from "../support/paths.ts";
import { eventually, until } from "../support/poll.ts";
import { freePorts } from "../support/ports.ts";
import { run } from "../support/process.ts";
import { startRecordingServer } from "../support/recording-server.ts";

let app: FreshApp;
let browser: Browser;

before(async () => {
  app = createFreshApp();
  app.link("esbuild", "webpack", "react", "react-dom", "typescript", "@types/react", "@types/react-dom", "@types/node");
  browser = await launchBrowser();
});
after(async () => {
  await browser.close();
  app.remove();
});

const exportsOf: Record<string, string[]> = JSON.parse(readFileSync(inRoot("tests/npm/exports.json"), "utf8"));

test("each entry exports what is pinned, and package.json has no entry besides", async () => {
  const { exports } = JSON.parse(readFileSync(inRoot("npm/package.json"), "utf8"));
  const files = ["./mayday.wasm", "./loader.js", "./package.json"];
  const entries = Object.keys(exports).filter((name) => !files.includes(name));
  assert.deepEqual(entries.sort(), Object.keys(exportsOf).sort());
  app.link("vue");
  for (const entry of entries) {
    const name = path.posix.join("mayday", entry);
    const print = `import * as all from "${name}"; console.log(JSON.stringify(Object.keys(all).sort()))`;
    const printed = app.run(process.execPath, "--input-type=module", "--eval", print);
    assert.deepEqual(JSON.parse(printed), exportsOf[entry], entry);
  }
});

test("a server of CommonJS requires what is for servers", () => {
  for (const entry of ["./node", "./langgraph"]) {
    const print = `console.log(JSON.stringify(Object.keys(require("mayday/${entry.slice(2)}")).sort()))`;
    assert.deepEqual(JSON.parse(app.run(process.execPath, "--input-type=commonjs", "--eval", print)), exportsOf[entry]);
  }
});

const source = `
import { init, flush } from "mayday";
import { ErrorBoundary } from "mayday/react";
import { MaydayProvider } from "mayday/next";
import { withRetry } from "mayday/recovery";
import { createElement } from "react";
import { createRoot } from "react-dom/client";

init({ service: "app", ...JSON.parse(document.body.dataset.options || "{}") });
function Broken() { throw new Error("from the app"); }
createRoot(document.querySelector("main")).render(
  createElement(MaydayProvider, null, createElement(ErrorBoundary, null, createElement(Broken))));
withRetry(() => 1).then(() => setTimeout(() => flush(), 300));
`;

/** Loads what a bundler made, and waits for the one event that must come of it. */
async function runBuilt(context: TestContext, folder: string, script: string, options = {}): Promise<void> {
  const html = `<!doctype html><html lang="en"><title>app</title>
    <body data-options='${JSON.stringify(options)}'><main></main><script type="module" src="${script}"></script>`;
  const server = await startRecordingServer(html, {}, { "/built/": folder });
  context.after(() => server.close());
  const page = await newPage(browser);
  context.after(() => page.context().close());
  await page.goto(server.url);
  const events = await server.until((all) => all.length >= 1);
  assert.deepEqual(
    events.map(({ message, component }) => [message, component]),
    [["Error: from the app", "Broken"]],
  );
}

test("webpack places the module by itself", async (context) => {
  app.write("main.js", source);
  app.write(
    "build.mjs",
    `import webpack from "webpack";
    const output = { path: process.cwd() + "/webpack", publicPath: "/built/", filename: "main.js" };
    const optimization = { minimize: false };
    webpack({ mode: "production", entry: "./main.js", output, optimization, performance: false }, (error, stats) => {
      if (error || stats.hasErrors()) throw error ?? new Error(stats.toString());
    });`,
  );
  app.run(process.execPath, "build.mjs");
  await runBuilt(context, path.join(app.folder, "webpack"), "/built/main.js");
});

test("esbuild is told where the module is", async (context) => {
  app.write("main.js", source);
  app.write(
    "esbuild.mjs",
    `import { build } from "esbuild";
    import { copyFileSync } from "node:fs";
    const define = { "process.env.NODE_ENV": '"production"' };
    await build({ entryPoints: ["main.js"], bundle: true, splitting: true, format: "esm", outdir: "esbuild", define });
    copyFileSync("node_modules/mayday/dist/mayday.wasm", "esbuild/mayday.wasm");`,
  );
  app.run(process.execPath, "esbuild.mjs");
  const options = { wasmUrl: "/built/mayday.wasm" };
  await runBuilt(context, path.join(app.folder, "esbuild"), "/built/main.js", options);
});

test("a script tag keeps what fails before the client is there, and what is called", async (context) => {
  const html = `<!doctype html><title>page</title>
    <script src="/copied/loader.js" data-service="plain" data-release="7" data-sample="1"></script>
    <script>
      mayday.setUser("u-1");
      mayday.captureMessage("called at once", "warn");
      throw new RangeError("before the client");
    </script>
    <p>page</p>`;
  const folder = path.join(app.folder, "node_modules/mayday/dist");
  const server = await startRecordingServer(html, {}, { "/copied/": folder });
  context.after(() => server.close());
  const page = await newPage(browser);
  context.after(() => page.context().close());
  await page.goto(server.url);
  const events = await server.until((all) => all.length >= 2);
  const told = events.map(({ message, service, release }) => [message, service, release]).sort();
  assert.deepEqual(told, [
    ["RangeError: before the client", "plain", "7"],
    ["called at once", "plain", "7"],
  ]);
  await page.evaluate(() => (window as any).mayday.captureException(new Error("called later")));
  await server.until((all) => all.some(({ message }) => message === "Error: called later"));
});

test("types hold where a strict program uses them", () => {
  app.write(
    "strict.tsx",
    `import { init, type LogEvent } from "mayday";
    import { createMayday, type RequestTrace } from "mayday/node";
    import { langGraphHandler } from "mayday/langgraph";
    import { ErrorBoundary, useErrorTracking } from "mayday/react";
    import { getUserMessage, withRetry } from "mayday/recovery";
    import { createServer } from "node:http";
    init({ beforeSend: (event: LogEvent) => event });
    const mayday = createMayday({ onRequest: (trace: RequestTrace) => console.log(trace.url) });
    createServer(mayday.http((_, response) => response.end()));
    langGraphHandler(mayday, { job_id: "j" });
    export const text: string = getUserMessage("TIMEOUT");
    export const one: Promise<number> = withRetry((attempt) => attempt);
    export function Page() {
      const { lastError } = useErrorTracking({ severity: "high" });
      return <ErrorBoundary fallback={({ reset }) => <button onClick={reset} />}>{lastError?.userMessage}</ErrorBoundary>;
    }
    // @ts-expect-error: there is no such severity
    useErrorTracking({ severity: "terrible" });`,
  );
  const options = "--noEmit --strict --jsx react-jsx --module nodenext --target es2022 --lib es2022,dom --types node";
  app.run(process.execPath, "node_modules/typescript/bin/tsc", ...options.split(" "), "strict.tsx");
});

test("npx mayday edge takes events, and ends in order", async (context) => {
  const port = String(await freePorts());
  const command = path.join(app.folder, "node_modules/.bin/mayday");
  const edge = run(command, ["edge", "--port", port], { MAYDAY_SINK: "" });
  context.after(() => edge.stop("SIGKILL"));
  const url = `http://127.0.0.1:${port}`;
  await until("the edge listens", () =>
    ask(url, { target: "/v1/logs/health" }).then(
      ({ status }) => status === 200,
      () => false,
    ),
  );
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify(eventOf({ message: "posted to npx" }));
  assert.equal((await ask(url, { method: "POST", target: "/v1/logs", headers, body })).status, 200);
  await eventually("the line", () => (edge.stdout().includes("posted to npx") ? true : undefined));
  assert.equal((await edge.stop()).code, 0);
});

test("npx mayday says in a line what it can't start, and what there is", async () => {
  const command = path.join(app.folder, "node_modules/.bin/mayday");
  const said: [string[], number, RegExp][] = [
    [["up", "--port-base", "nonsense"], 1, /^mayday: --port-base must be a port number .*\n$/],
    [["origin", "--nonsense"], 1, /^mayday: Unknown option '--nonsense'.*\n$/],
    [["down"], 1, /^mayday: there is no command "down"; mayday help lists them\n$/],
    [["edge", "--nonsense"], 1, /^mayday: Unknown option '--nonsense'.*\n$/],
    [["edge", "--sink", "nonsense"], 1, /^mayday-edge: MAYDAY_SINK .*\n$/],
    [[], 0, /^$/],
  ];
  for (const [args, code, stderr] of said) {
    const program = run(command, args, { XDG_CACHE_HOME: path.join(app.folder, "cache") });
    assert.equal((await program.ended).code, code, args.join(" "));
    assert.match(program.stderr(), stderr);
  }
});
