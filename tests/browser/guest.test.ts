/** A quiet guest: what the package does to a page that only wants its errors logged. */

import assert from "node:assert/strict";
import { after, before, test, type TestContext } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, newPage, newServedPage, startLogger } from "../support/browser.ts";
import { startRecordingServer, type RecordingServer } from "../support/recording-server.ts";

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

async function open(context: TestContext): Promise<{ page: Page; server: RecordingServer }> {
  const { page, server } = await newServedPage(browser, context);
  await page.addInitScript(() => {
    const listened: string[] = [];
    Object.assign(window, { listened });
    const native = EventTarget.prototype.addEventListener;
    EventTarget.prototype.addEventListener = function (type: string, ...given: any[]) {
      listened.push(type);
      return native.call(this, type, ...(given as [any]));
    };
  });
  await page.goto(server.url);
  return { page, server };
}

test("it listens to nothing that costs the page its back/forward cache", async (context) => {
  const { page, server } = await open(context);
  await startLogger(page, { captureConsole: true });
  await page.evaluate(async () => {
    const { support } = await import("/mayday/support/index.js" as string);
    support();
    (window as any).mayday.captureMessage("here", "error");
  });
  await server.until((events) => events.length === 1);
  const listened: string[] = await page.evaluate(() => (window as any).listened);
  assert.ok(listened.includes("pagehide"));
  assert.deepEqual(
    listened.filter((type) => /unload/.test(type)),
    [],
  );
});

test("a page has one logger, however often it is started and from however many entries it is used", async (context) => {
  const { page, server } = await open(context);
  await startLogger(page, { service: "first" });
  await page.evaluate(async () => {
    const [again, recovery, help] = await Promise.all(
      ["/mayday/index.js", "/mayday/recovery/index.js", "/mayday/support/index.js"].map(
        (file) => import(file as string),
      ),
    );
    again.init({ service: "second" });
    again.captureMessage("by the same", "error");
    recovery.trackError(new Error("by recovery"), { action: "pay" });
    help.trigger(new Error("by support"), { action: "pay" });
    setTimeout(() => {
      throw new Error("by nobody");
    });
  });
  const events = await server.until((all) => all.length >= 4);
  await page.evaluate(() => (window as any).mayday.flush());
  assert.equal(events.length, 4);
  assert.deepEqual(new Set(events.map(({ service }) => service)), new Set(["first"]));
  const wasm = await page.evaluate(() => performance.getEntriesByName(`${location.origin}/mayday/mayday.wasm`).length);
  assert.equal(wasm, 1);
});

test("closed while its module is under way, it leaves the page as it was", async (context) => {
  const { page, server } = await open(context);
  const asked = new Promise<() => void>((resolve) =>
    page.route("**/mayday.wasm", (route) => resolve(() => void route.continue()), { times: 1 }),
  );
  await page.evaluate(() => Object.assign(window, { untouched: history.pushState }));
  const isWatched = (): Promise<boolean> => page.evaluate(() => history.pushState !== (window as any).untouched);
  await startLogger(page);
  const isSent = page.evaluate(() => {
    (window as any).mayday.captureMessage("early", "error");
    return (window as any).mayday.flush(15_000);
  });
  const release = await asked;
  assert.equal(await page.evaluate(() => (window as any).mayday.close(1)), false);
  release();
  assert.equal(await isSent, false);
  assert.equal(await isWatched(), false);
  await startLogger(page);
  await server.until((events) => events.some(({ message }) => message === "early"));
  assert.equal(await isWatched(), true);
});

test("setContext goes along with every event that does not say otherwise, until another takes its place", async (context) => {
  const { page, server } = await open(context);
  await startLogger(page);
  await page.evaluate(async () => {
    const { mayday } = window as any;
    mayday.captureMessage("ready");
    await mayday.flush(15_000);
    mayday.setContext({ tags: { plan: "pro", room: "7" }, data: { status: "open" } });
    mayday.captureException(new Error("one"), { tags: { room: "8" } });
    mayday.logEvent({ message: "two", data: { status: "shut" } });
    mayday.setContext();
    mayday.logEvent({ message: "three" });
  });
  const events = await server.until((all) => all.length === 4);
  assert.deepEqual(
    events.slice(1).map(({ message, tags, data }) => [message, tags, data?.status]),
    [
      ["Error: one", { plan: "pro", room: "8" }, "open"],
      ["two", { plan: "pro", room: "7" }, "shut"],
      ["three", undefined, undefined],
    ],
  );
});

test("the loader brings the support widget where it is asked for", async (context) => {
  const server = await startRecordingServer(
    '<!doctype html><script src="/mayday/loader.js" data-service="shop" data-support=""></script>',
  );
  const page = await newPage(browser);
  context.after(async () => void (await Promise.all([page.context().close(), server.close()])));
  await page.goto(server.url);
  await page.evaluate(() => void setTimeout(() => Promise.reject(new Error("nobody catches"))));
  await page.getByRole("dialog").waitFor();
  const [event] = await server.until((all) => all.length === 1);
  assert.deepEqual(event.support, { action: "generic_unexpected_error", opened: true });
});
