/**
 * What the logger costs the page, in Chromium: node --import tsx tests/bench/client.bench.ts [--json FILE]
 * Each figure stands beside the same page without a logger, and with Sentry's smallest build, in turns, so that a loaded machine slows all.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { brotliCompressSync } from "node:zlib";
import { buildSync } from "esbuild";
import type { Browser, CDPSession, Page } from "playwright-core";
import { launchBrowser, newPage } from "../support/browser.ts";
import { dist, root, type Route, startRecordingServer } from "../support/recording-server.ts";

const rounds = 9;
const errors = 10_000;

const { values } = parseArgs({ options: { json: { type: "string" } } });
const pages = {
  without: "<!doctype html><title>without</title>",
  sentry:
    '<!doctype html><title>Sentry</title><script type="module">import { start } from "/sentry/sentry.js"; start();</script>',
  with: '<!doctype html><title>with</title><script type="module">import * as mayday from "/mayday/index.js"; window.mayday = mayday; mayday.init();</script>',
};

/** CPU seconds that the page's main thread has had. */
async function threadSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return (
    metrics.find(({ name }) => name === "ThreadTime")?.value ??
    metrics.find(({ name }) => name === "TaskDuration")!.value
  );
}

/** As Sentry's documentation makes it small: a client of one's own, the global handlers and the folding of repeats, without debugging and tracing. */
const sentrySource = `
  import { BrowserClient, dedupeIntegration, defaultStackParser, getCurrentScope, globalHandlersIntegration, makeFetchTransport } from "@sentry/browser";
  export function start() {
    const client = new BrowserClient({
      dsn: location.origin.replace("//", "//key@") + "/1",
      transport: makeFetchTransport,
      stackParser: defaultStackParser,
      integrations: [globalHandlersIntegration(), dedupeIntegration()],
    });
    getCurrentScope().setClient(client);
    client.init();
  }
`;

function buildSentry(folder: string): void {
  buildSync({
    stdin: { contents: sentrySource, resolveDir: root },
    outfile: join(folder, "sentry.js"),
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    legalComments: "none",
    define: { __SENTRY_DEBUG__: "false", __SENTRY_TRACING__: "false" },
  });
}

const brotliBytes = (files: string[]): number =>
  files.reduce((bytes, file) => bytes + brotliCompressSync(readFileSync(file)).length, 0);

async function open(browser: Browser, url: string, hasLogger: boolean): Promise<{ page: Page; session: CDPSession }> {
  const page = await newPage(browser);
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await page.goto(url);
  if (hasLogger) {
    await page.waitForFunction(() => performance.getEntriesByName(`${location.origin}/mayday/mayday.wasm`).length);
    await page.waitForTimeout(300);
  }
  return { page, session };
}

/** Microseconds of main-thread CPU for each error of a storm. */
async function storm(browser: Browser, url: string, hasLogger: boolean): Promise<number> {
  const { page, session } = await open(browser, url, hasLogger);
  const before = await threadSeconds(session);
  await page.evaluate((count) => {
    for (let i = 0; i < count; i++)
      dispatchEvent(
        new ErrorEvent("error", {
          message: "Uncaught TypeError: x is undefined",
          filename: "/app.js",
          lineno: 7,
          colno: 11,
          error: new TypeError("x is undefined"),
        }),
      );
  }, errors);
  const spent = (await threadSeconds(session)) - before;
  await page.context().close();
  return (spent * 1e6) / errors;
}

/** Milliseconds of main-thread CPU of a logger's start itself, in a page that has the module already. */
async function init(browser: Browser, url: string, [module, name]: [string, string]): Promise<number> {
  const { page } = await open(browser, url, false);
  const spent = await page.evaluate(
    async ([from, start]) => {
      const logger = await import(from as string);
      const started = performance.now();
      logger[start as string]();
      return performance.now() - started;
    },
    [module, name],
  );
  await page.context().close();
  return spent;
}

/** Others on the machine only ever add. */
const least = (figures: number[]): number => Math.min(...figures);

const folder = mkdtempSync(join(tmpdir(), "mayday-bench-"));
buildSentry(folder);
const browser = await launchBrowser();
const served = { "/sentry/": folder };
const plain = await startRecordingServer(pages.without, {}, served);
let envelopes = 0;
const takeEnvelope: Route = (_, response) => void (envelopes++, response.end("{}"));
const sentry = await startRecordingServer(pages.sentry, { "/api/1/envelope/": takeEnvelope }, served);
const logged = await startRecordingServer(pages.with);
const storms = { without: [] as number[], sentry: [] as number[], with: [] as number[] };
const inits = { sentry: [] as number[], with: [] as number[] };
let requests = 0;
for (let round = 0; round < rounds; round++) {
  storms.without.push(await storm(browser, plain.url, false));
  storms.sentry.push(await storm(browser, sentry.url, false));
  const sent = logged.batches.length;
  storms.with.push(await storm(browser, logged.url, true));
  requests = Math.max(requests, logged.batches.length - sent);
  inits.with.push(await init(browser, plain.url, ["/mayday/index.js", "init"]));
  inits.sentry.push(await init(browser, plain.url, ["/sentry/sentry.js", "start"]));
}
await Promise.all([browser.close(), plain.close(), sentry.close(), logged.close()]);

if (!envelopes) throw new Error("Sentry's build sent nothing: it is no baseline");

const base = least(storms.without);
const figures = {
  storm: {
    errors,
    rounds,
    baselineUsPerError: base,
    withLoggerUsPerError: least(storms.with),
    addedUsPerError: least(storms.with) - base,
    bar: 5,
    requests,
    sentryAddedUsPerError: least(storms.sentry) - base,
  },
  init: { ms: least(inits.with), bar: 1, sentryMs: least(inits.sentry) },
  size: {
    brotliBytes: brotliBytes(["index.js", "client.js", "mayday.wasm"].map((name) => join(dist, name))),
    sentryBrotliBytes: brotliBytes([join(folder, "sentry.js")]),
  },
};
rmSync(folder, { recursive: true });
const { storm: stormed, init: started, size } = figures;
const times = (ours: number, theirs: number): string => `${(theirs / ours).toFixed(1)} times`;
console.log(
  `storm of ${errors} equal errors, us of main-thread CPU each: ${base.toFixed(2)} without a logger, ` +
    `${stormed.withLoggerUsPerError.toFixed(2)} with, ${stormed.addedUsPerError.toFixed(2)} added (bar 5); ${requests} request(s)`,
);
console.log(
  `  Sentry's smallest build adds ${stormed.sentryAddedUsPerError.toFixed(2)}, ${times(stormed.addedUsPerError, stormed.sentryAddedUsPerError)} as much`,
);
console.log(
  `init: ${started.ms.toFixed(2)} ms (bar 1); Sentry's ${started.sentryMs.toFixed(2)} ms, ${times(started.ms, started.sentryMs)} as long`,
);
console.log(`brotli bytes: ${size.brotliBytes}; Sentry's ${size.sentryBrotliBytes}, all before the first paint`);
if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
