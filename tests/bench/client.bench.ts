/**
 * What the logger costs the page, in Chromium: node --import tsx tests/bench/client.bench.ts [--json FILE]
 * Each figure stands beside the same page without a logger, in turns, so that a loaded machine slows both.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Browser, CDPSession, Page } from "playwright-core";
import { launchBrowser, newPage } from "../support/browser.ts";
import { startRecordingServer } from "../support/recording-server.ts";

const rounds = 9;
const errors = 10_000;

const { values } = parseArgs({ options: { json: { type: "string" } } });
const pages = {
  without: "<!doctype html><title>without</title>",
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

/** Milliseconds of main-thread CPU of `init` itself, in a page that has the module already. */
async function init(browser: Browser, url: string): Promise<number> {
  const { page } = await open(browser, url, false);
  const spent = await page.evaluate(async () => {
    const mayday = await import("/mayday/index.js" as string);
    const started = performance.now();
    mayday.init();
    return performance.now() - started;
  });
  await page.context().close();
  return spent;
}

/** Others on the machine only ever add. */
const least = (figures: number[]): number => Math.min(...figures);

const browser = await launchBrowser();
const [plain, logged] = [await startRecordingServer(pages.without), await startRecordingServer(pages.with)];
const stormWithout: number[] = [],
  stormWith: number[] = [],
  inits: number[] = [];
let requests = 0;
for (let round = 0; round < rounds; round++) {
  stormWithout.push(await storm(browser, plain.url, false));
  const sent = logged.batches.length;
  stormWith.push(await storm(browser, logged.url, true));
  requests = Math.max(requests, logged.batches.length - sent);
  inits.push(await init(browser, plain.url));
}
await Promise.all([browser.close(), plain.close(), logged.close()]);

const figures = {
  storm: {
    errors,
    rounds,
    baselineUsPerError: least(stormWithout),
    withLoggerUsPerError: least(stormWith),
    addedUsPerError: least(stormWith) - least(stormWithout),
    bar: 5,
    requests,
  },
  init: { ms: least(inits), bar: 1 },
};
console.log(
  `storm of ${errors} equal errors, us of main-thread CPU each: ${figures.storm.baselineUsPerError.toFixed(2)} without a logger, ` +
    `${figures.storm.withLoggerUsPerError.toFixed(2)} with, ${figures.storm.addedUsPerError.toFixed(2)} added (bar 5); ${requests} request(s)`,
);
console.log(`init: ${figures.init.ms.toFixed(2)} ms (bar 1)`);
if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
