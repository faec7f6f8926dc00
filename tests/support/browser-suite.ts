/** What the package promises, in Chromium, Firefox and WebKit alike; and captured = delivered + waiting + dropped in each test. */

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { assertAccounted, type Told } from "./account.ts";
import { browsers, missing, type AnyBrowser, type AnyPage } from "./every-browser.ts";
import { until } from "./poll.ts";
import { startRecordingServer, type RecordingServer, type Route } from "./recording-server.ts";
import { startHelpDesk } from "./support-page.ts";

/** In the page: starts the logger. */
const start = async (options: Record<string, unknown>): Promise<void> => {
  const mayday = await import("/mayday/index.js" as string);
  const reports: unknown[] = [];
  Object.assign(window, { mayday, reports });
  mayday.init({ ...options, onReport: (report: unknown) => reports.push(report) });
};

/** In the page: sends what waits, and tells how much of it did not go. */
const flush = (): Promise<boolean> => (window as any).mayday.flush(15_000);

/** In the page: logs events that are each another. */
const log = ([count, from]: [number, number]): void => {
  for (let i = from; i < from + count; i++)
    (window as any).mayday.logEvent({ level: "error", message: "event", error: { type: `E${i}` } });
};

/** In the page: throws errors, `kinds` of them in turn. */
const storm = ([count, kinds]: [number, number]): void => {
  for (let i = 0; i < count; i++)
    try {
      throw new TypeError(`storm ${i % kinds}`);
    } catch (error) {
      reportError(error);
    }
};

/** In the page: logs `count` events of 4 KB and leaves in the same task. */
const leave = (count: number): void => {
  const stack = [...Array(6).keys()].map((i) => `at ${"deep".repeat(110)} (app.js:${i}:1)`);
  for (let i = 0; i < count; i++) {
    const breadcrumbs = [...Array(4).keys()].map((n) => ({ category: "c", message: `${n} ${"x y ".repeat(60)}` }));
    const message = `leaving ${i} ${"m ".repeat(200)}`;
    (window as any).mayday.logEvent({ level: "error", message, error: { type: `E${i}`, stack }, breadcrumbs });
  }
  location.href = "/page-two";
};

/** In the page: how often it had an answer of this status, 0 for none. */
const answersOf = (status: number): number =>
  (window as any).reports.filter((report: any) => report.what === "sent" && report.status === status).length;

/** In the page: the last that was told of a batch. */
const lastSent = (): Told | undefined => (window as any).reports.findLast((report: any) => report.what === "sent");

/** What each test begins with. */
interface World {
  page: AnyPage;
  /** The page's. */
  server: RecordingServer;
  /** Of another origin, where events go. */
  edge: RecordingServer;
  options: Record<string, unknown>;
}

const distinct = (events: any[]): number => new Set(events.map(({ event_id }) => event_id)).size;

const account = async ({ page, edge }: World, captured: number): Promise<void> =>
  assertAccounted(edge.batches, await page.evaluate(lastSent, undefined), captured);

async function openWorld(browser: AnyBrowser): Promise<World> {
  const [server, edge] = [await startRecordingServer(html, routes), await startRecordingServer()];
  const options = { endpoint: `${edge.url}/v1/logs` };
  const page = await browser.newPage();
  await page.goto(`${server.url}/`);
  await page.evaluate(start, options);
  // The module is there, and the spool has been looked into.
  await until("the module is there", () =>
    page.evaluate(() => performance.getEntriesByName(`${location.origin}/mayday/mayday.wasm`).length > 0, undefined),
  );
  await page.evaluate(flush, undefined);
  return { page, server, edge, options };
}

/** Takes the network from the page, or gives it back. */
async function setOnline({ page, edge }: World, isOnline: boolean): Promise<void> {
  if (page.setOffline) return page.setOffline(!isOnline);
  // WebKit's driver can't: the edge is out of reach in truth, and the page is told as its browser would tell it.
  await (isOnline ? edge.reopen() : edge.close());
  await page.evaluate((isOnline) => {
    Object.defineProperty(navigator, "onLine", { get: () => isOnline, configurable: true });
    dispatchEvent(new Event(isOnline ? "online" : "offline"));
  }, isOnline);
}

const html = "<!doctype html><html lang=en><title>page</title><body>";
const routes: Record<string, Route> = {
  "/api/fails": (_, response) => response.writeHead(500).end(),
  "/api/resets": (request) => request.socket.destroy(),
  "/strict": (_, response) =>
    response
      .writeHead(200, { "content-type": "text/html", "content-security-policy": "default-src 'self'" })
      .end('<!doctype html><title>strict</title><script type="module" src="/strict.js"></script>'),
  "/strict.js": (_, response) =>
    response.writeHead(200, { "content-type": "text/javascript" }).end(
      `import * as mayday from "/mayday/index.js"; mayday.init();
       setTimeout(() => { throw new Error("jane@example.com is out"); })`,
    ),
};

/** The whole suite, in one of them; each is a file of its own, for a file has a time limit. */
export function testIn(name: keyof typeof browsers): void {
  const kind = browsers[name];
  describe(name, { skip: missing(kind) }, () => {
    let browser: AnyBrowser;
    const world = {} as World;
    before(async () => {
      browser = await kind.launch();
    });
    after(() => browser?.close());
    beforeEach(async (context) => {
      Object.assign(world, await openWorld(browser));
      const { page, server, edge } = world;
      (context as any).after(() => Promise.all([page.close(), server.close(), edge.close()]));
    });
    testCapture(world);
    testDelivery(world);
    testGuest(world);
  });
}

function testCapture(world: World): void {
  test("errors, rejections, failed requests and failed images arrive, each once, with their place", async () => {
    await world.page.evaluate(async () => {
      setTimeout(function saveCart() {
        throw new TypeError("cart is undefined", { cause: new RangeError("no such cart") });
      });
      void Promise.reject(new Error("nobody catches"));
      document.body.append(Object.assign(new Image(), { src: "/none.png?v=1" }));
      await fetch("/api/fails?email=a@b.example");
      await fetch("/api/resets").catch(() => {});
    }, undefined);
    const events = await world.edge.until((all) => distinct(all) === 5);
    const of = (component: string): any[] => events.filter((event) => event.component === component);
    const [uncaught] = of("window.onerror");
    assert.equal(uncaught.message, "TypeError: cart is undefined, caused by RangeError: no such cart");
    assert.match(uncaught.error.stack[0], /saveCart/);
    assert.equal(of("unhandledrejection")[0].message, "Error: nobody catches");
    assert.equal(of("img")[0].message, "Could not load img /none.png");
    const requests = of("fetch").map(({ message, error }) => [message, error.type]);
    assert.deepEqual(requests.sort(), [
      ["GET /api/fails answered 500", "HttpError"],
      ["GET /api/resets failed: network error", "NetworkError"],
    ]);
    await world.page.evaluate(flush, undefined);
    await account(world, 5);
  });

  for (const kinds of [1, 2])
    test(`10,000 errors of ${kinds} kinds in turn are two requests at most, and none is lost`, async () => {
      await world.page.evaluate(storm, [10_000, kinds] as [number, number]);
      await world.edge.until((events) => events.length >= kinds);
      await world.page.evaluate(flush, undefined);
      assert.ok(world.edge.batches.length <= 2, `${world.edge.batches.length} requests`);
      await account(world, 10_000);
    });
}

function testDelivery(world: World): void {
  test("50 events of 4 KB in a page that is left at once all arrive, by its next load at the latest", async () => {
    await world.page.evaluate(leave, 50).catch(() => undefined);
    await until("the next page is there", () =>
      world.page
        .evaluate(() => location.pathname === "/page-two" && document.readyState === "complete", undefined)
        .catch(() => false),
    );
    await world.page.evaluate(start, world.options);
    await world.edge.until((events) => distinct(events) === 50);
    await world.page.evaluate(flush, undefined);
    await account(world, 50);
  });

  test("an edge that is gone while the page is reloaded gets everything when it is back", async () => {
    await world.edge.close();
    await world.page.evaluate(log, [3, 0] as [number, number]);
    await until("nobody answered", async () => (await world.page.evaluate(answersOf, 0)) > 0);
    await account(world, 3);
    await world.page.evaluate(log, [2, 3] as [number, number]);
    await world.page.reload();
    await world.page.evaluate(start, world.options);
    await world.edge.reopen();
    await world.edge.until((events) => distinct(events) === 5, 30_000);
    await world.page.evaluate(flush, undefined);
    await account(world, 5);
  });

  test("what is captured offline goes out when the network is back", async () => {
    await setOnline(world, false);
    await world.page.evaluate(log, [5, 0] as [number, number]);
    await until("nobody answered", async () => (await world.page.evaluate(answersOf, 0)) > 0);
    await account(world, 5);
    await setOnline(world, true);
    await world.edge.until((events) => distinct(events) === 5);
    await world.page.evaluate(flush, undefined);
    await account(world, 5);
  });

  test("after a 503 an event goes again when Retry-After has passed, and is stored once", async () => {
    world.edge.answerWith({ status: 503, retryAfter: "1" });
    await world.page.evaluate(log, [1, 0] as [number, number]);
    await world.edge.until((events) => distinct(events) === 1);
    const [refused, accepted] = world.edge.batches;
    assert.equal(refused!.events[0].event_id, accepted!.events[0].event_id);
    assert.ok(accepted!.at - refused!.at >= 990, `after ${accepted!.at - refused!.at} ms`);
    await world.page.evaluate(flush, undefined);
    await account(world, 1);
  });
}

function testGuest(world: World): void {
  test("where a policy forbids WebAssembly, the same C++ runs as JavaScript", async () => {
    await world.page.goto(`${world.server.url}/strict`);
    const [event] = await world.server.until((events) => events.length === 1);
    assert.equal(event.message, "Error: [redacted:email] is out");
  });

  test("an action that fails opens the support widget in the top layer, and becomes a ticket", async (context) => {
    const desk = await startHelpDesk();
    context.after(() => desk.close());
    await world.page.goto(`${desk.url}/app`);
    await world.page.evaluate(async () => {
      const mayday = await import("/mayday/index.js" as string);
      const help = await import("/mayday/support/index.js" as string);
      mayday.init({ support: help.support() });
      help.trigger(Object.assign(new Error("closed"), { status: 503 }), { action: "poll_launch" });
    }, undefined);
    const shown = (): string[] => {
      const box = document.querySelector("mayday-support")?.shadowRoot?.querySelector("[role=dialog]");
      const { left, top } = box?.getBoundingClientRect() ?? { left: 0, top: 0 };
      const isAbove = document.elementFromPoint(left + 9, top + 9)?.tagName;
      const isShown = box?.matches(":popover-open");
      return [
        `${isShown}`,
        `${isAbove}`,
        box?.querySelector(".badge")?.textContent ?? "",
        box?.querySelector("textarea")?.value ?? "",
      ];
    };
    await until("it is open", async () => (await world.page.evaluate(shown, undefined))[0] === "true");
    const expected = ["true", "MAYDAY-SUPPORT", "Server error", "I could not start a poll."];
    assert.deepEqual(await world.page.evaluate(shown, undefined), expected);
    await desk.until((events) => events.some(({ support }) => support?.opened));
    await world.page.evaluate(() => {
      document.querySelector("mayday-support")!.shadowRoot!.querySelector<HTMLElement>(".go")!.click();
    }, undefined);
    await until("there is a ticket", () =>
      world.page.evaluate(
        () => /number 123/.test(document.querySelector("mayday-support")!.shadowRoot!.textContent!),
        undefined,
      ),
    );
    assert.equal(desk.reports[0]!.body.action, "poll_launch");
  });
}
