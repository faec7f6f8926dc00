import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { launchBrowser, newPage, newServedPage, openLogged, startLogger } from "../support/browser.ts";
import { assertAccounted, lastSent } from "../support/account.ts";
import { startRecordingServer } from "../support/recording-server.ts";

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const loaded = (page: any): Promise<unknown> =>
  page.waitForFunction(() => performance.getEntriesByName(`${location.origin}/mayday/mayday.wasm`).length);

/** Throws `count` errors, each in a task's handler, `kinds` of them in turn. */
const storm = ([count, kinds]: [number, number]): void => {
  for (let i = 0; i < count; i++) {
    try {
      throw new TypeError(`storm ${i % kinds}`);
    } catch (error) {
      reportError(error);
    }
  }
};

for (const kinds of [1, 2])
  test(`10,000 errors of ${kinds} kinds cost two requests at most, and none is lost`, async (context) => {
    const { page, server } = await newServedPage(browser, context);
    await page.goto(server.url);
    await startLogger(page);
    await loaded(page);
    await page.evaluate(storm, [10_000, kinds] as [number, number]);
    await server.until((events) => events.length >= kinds);
    await page.evaluate(() => (window as any).mayday.flush());
    assert.ok(server.batches.length <= 2, `${server.batches.length} requests`);
    assertAccounted(server.batches, await lastSent(page), 10_000);
  });

test("a storm before the module is there is counted, not lost", async (context) => {
  const { page, server } = await newServedPage(browser, context);
  await page.goto(server.url);
  await startLogger(page);
  const early = await page.evaluate(async () => {
    const { mayday } = window as any;
    await mayday.close();
    const frame = await import("/mayday/index.js?again" as string);
    frame.init({ onReport: (report: unknown) => (window as any).reports.push(report) });
    const began = Date.now();
    for (let i = 0; i < 10_000; i++) reportError(new Error("early storm"));
    for (let i = 0; i < 9; i++) reportError(new RangeError(`early ${i}`));
    const ended = Date.now();
    while (Date.now() < ended + 300);
    Object.assign(window, { mayday: frame });
    return { began, ended };
  });
  const events = await server.until((all) => all.length >= 10);
  assert.equal(events[0].count, 10_000);
  assert.deepEqual(
    events.slice(1, 10).map(({ error }) => error.message),
    [...Array(9).keys()].map((i) => `early ${i}`),
  );
  for (const { timestamp } of events.slice(0, 10))
    assert.ok(Date.parse(timestamp) >= early.began && Date.parse(timestamp) <= early.ended, timestamp);
  await page.evaluate(() => (window as any).mayday.flush());
  assertAccounted(server.batches, await lastSent(page), 10_009);
});

test("what is captured in the moment in which the module takes over is not lost", async (context) => {
  const { page, server } = await newServedPage(browser, context);
  await page.goto(server.url);
  await page.evaluate(() => {
    const instantiate = WebAssembly.instantiate as (...given: unknown[]) => Promise<unknown>;
    // One message each turn of the queue that the module's start stands in, from before it to long after.
    const speak = async (): Promise<void> => {
      for (let i = 0; i < 40; i++) {
        (window as any).mayday.logEvent({ level: "error", message: "event", error: { type: `E${i}` } });
        await undefined;
      }
    };
    Object.assign(WebAssembly, {
      instantiate: async (...given: unknown[]) => {
        const instance = await instantiate.apply(WebAssembly, given);
        void speak();
        return instance;
      },
    });
  });
  await startLogger(page);
  await server.until((events) => events.length > 0);
  await page.evaluate(() => (window as any).mayday.flush(15_000));
  assertAccounted(server.batches, await lastSent(page), 40);
});

test("what a share, a level or a rule leaves out is counted, and a rule that fails leaves nothing out", async (context) => {
  const { page, server } = await newServedPage(browser, context);
  await page.goto(server.url);
  await page.evaluate(async () => {
    const mayday = await import("/mayday/index.js" as string);
    const reports: unknown[] = [];
    Object.assign(window, { reports });
    const rules = {
      share: 0,
      level: { warn: 0 },
      rule: (event: any) => (/heartbeat/.test(event.message) ? 0 : 1),
      failing: () => {
        throw new Error("the rule's own");
      },
    };
    for (const [name, sample] of Object.entries(rules)) {
      mayday.init({ sample, service: name, onReport: (report: unknown) => reports.push(report) });
      for (const [message, level] of [
        ["heartbeat", "info"],
        ["slow", "warn"],
        ["down", "error"],
      ])
        mayday.captureMessage(`${message} for ${name}`, level);
      await mayday.close(15_000);
    }
  });
  assert.deepEqual(
    server.events().map(({ message }) => message),
    ["heartbeat for level", "down for level", "slow for rule", "down for rule"].concat(
      ["heartbeat", "slow", "down"].map((message) => `${message} for failing`),
    ),
  );
  const reports: any[] = await page.evaluate(() => (window as any).reports);
  assert.equal(reports.filter(({ what, reason }) => what === "dropped" && reason === "sampled").length, 5);
  // The first page dropped all it had: nothing was left that could have told.
  assert.equal(
    server.batches.reduce((sum, { client }) => sum + (client.discarded.sampled ?? 0), 0),
    2,
  );
});

test("another origin gets text/plain, which needs no preflight", async (context) => {
  const [server, edge] = [await startRecordingServer(), await startRecordingServer()];
  const page = await openLogged(browser, server.url, { endpoint: `${edge.url}/v1/logs` });
  context.after(async () => void (await Promise.all([page.context().close(), server.close(), edge.close()])));
  await page.evaluate(() => (window as any).mayday.captureMessage("across", "error"));
  assert.equal((await edge.until((events) => events.length === 1))[0].message, "across");
  assert.match(edge.batches[0]!.contentType, /^text\/plain/);
  assertAccounted(edge.batches, await lastSent(page), 1);
});

test("the same origin gets application/json", async (context) => {
  const { page, server } = await newServedPage(browser, context);
  await page.goto(server.url);
  await startLogger(page);
  await page.evaluate(() => (window as any).mayday.captureMessage("here", "error"));
  await server.until((events) => events.length === 1);
  assert.equal(server.batches[0]!.contentType, "application/json");
  assertAccounted(server.batches, await lastSent(page), 1);
});

test("the logger never reports itself, and never throws into the page", async (context) => {
  const { page, server } = await newServedPage(browser, context);
  await page.goto(server.url);
  await startLogger(page, { endpoint: "/api/none" });
  const thrown: string[] = [];
  page.on("pageerror", (error) => thrown.push(error.message));
  const reports = await page.evaluate(async () => {
    const { mayday, reports } = window as any;
    const hostile = new Proxy(
      {},
      {
        get() {
          throw new Error("get");
        },
        getPrototypeOf() {
          throw new Error("type");
        },
      },
    );
    for (const call of ["captureException", "captureMessage", "logEvent", "setUser", "flush"]) {
      for (const value of [undefined, null, hostile, Symbol("s"), 10n, () => {}]) {
        try {
          mayday[call](value);
        } catch (error) {
          reportError(new Error(`${call} threw ${error}`));
        }
      }
    }
    await mayday.flush();
    return reports
      .filter((report: any) => report.what === "queued" && report.event.component !== "captureException")
      .map((report: any) => report.event);
  });
  assert.deepEqual(
    thrown.filter((text) => text.includes("threw")),
    [],
  );
  assert.ok(!JSON.stringify(reports).includes("/api/none"));
});

test("a page for which nothing can be had goes on as if there were no logger", async (context) => {
  const { page, server } = await newServedPage(browser, context);
  await page.route(/fallback/, (route) => route.abort());
  await page.goto(server.url);
  await startLogger(page, { wasmUrl: "/none.wasm" });
  const thrown: string[] = [];
  page.on("pageerror", (error) => thrown.push(error.message));
  const outcome = await page.evaluate(async () => {
    const { mayday, reports } = window as any;
    mayday.captureMessage("nobody hears");
    return { sent: await mayday.flush(15_000), reports: reports.map((report: any) => report.what) };
  });
  assert.deepEqual(outcome, { sent: false, reports: ["failed"] });
  assert.deepEqual(thrown, []);
});

const app = (options: string) => (_: unknown, response: any) =>
  response.writeHead(200, { "content-type": "text/javascript" }).end(
    `import * as mayday from "/mayday/index.js"; mayday.init(${options}); mayday.setUser("abc");
setTimeout(() => { throw new Error("jane@example.com is out"); })`,
  );

for (const [why, headers, options] of [
  ["is forbidden by the page's policy", { "content-security-policy": "default-src 'self'" }, "{}"],
  ["is not found", {}, '{ wasmUrl: "/none.wasm" }'],
  ["is another", {}, '{ wasmUrl: "/other.wasm" }'],
] as [string, Record<string, string>, string][])
  test(`where the module ${why}, the same C++ runs as JavaScript`, async (context) => {
    const server = await startRecordingServer("", {
      "/guest": (_, response) =>
        response
          .writeHead(200, { "content-type": "text/html", ...headers })
          .end('<!doctype html><title>guest</title><script type="module" src="/app.js"></script>'),
      "/app.js": app(options),
      "/other.wasm": (_, response) =>
        response.writeHead(200, { "content-type": "application/wasm" }).end(Buffer.from("\0asm\x01\0\0\0", "latin1")),
    });
    const page = await newPage(browser);
    context.after(async () => void (await Promise.all([page.context().close(), server.close()])));
    const thrown: string[] = [];
    page.on("pageerror", (error) => thrown.push(error.message));
    await page.goto(`${server.url}/guest`);
    const [event] = await server.until((events) => events.length === 1);
    assert.equal(event.message, "Error: [redacted:email] is out");
    assert.equal(event.user_id, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert.deepEqual(new Set(thrown), new Set(["jane@example.com is out"]));
  });
