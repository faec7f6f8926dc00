import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, openLogged } from "../support/browser.ts";
import { startRecordingServer, type RecordingServer } from "../support/recording-server.ts";

let browser: Browser;
let server: RecordingServer;
let page: Page;

before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

beforeEach(async (context) => {
  server = await startRecordingServer("<!doctype html><title>page</title><body>", {
    "/api/fails": (_, response) => response.writeHead(500, { "x-request-id": "req-7" }).end(),
    "/api/works": (_, response) => response.writeHead(204).end(),
    "/api/missing": (_, response) => response.writeHead(404).end(),
    "/api/slow": () => {},
    "/api/resets": (request) => request.socket.destroy(),
    "/api/events": (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).write("retry: 60000\ndata: hello\n\n");
      setTimeout(() => response.destroy(), 50);
    },
  });
  page = await openLogged(browser, server.url, { release: "1.2.3", service: "shop", environment: "staging" });
  (context as any).after(async () => {
    await page.context().close();
    await server.close();
  });
});

const one = async (component: string): Promise<any> => {
  const events = await server.until((all) => all.some((event) => event.component === component));
  const found = events.filter((event) => event.component === component);
  assert.equal(found.length, 1);
  return found[0];
};

test("an uncaught error arrives with its type, its place and its causes", async () => {
  await page.evaluate(() => {
    setTimeout(function saveCart() {
      throw new TypeError("cart is undefined", { cause: new RangeError("no such cart") });
    });
  });
  const event = await one("window.onerror");
  assert.equal(event.level, "error");
  assert.equal(event.message, "TypeError: cart is undefined, caused by RangeError: no such cart");
  assert.equal(event.error.type, "TypeError");
  assert.equal(event.error.message, "cart is undefined");
  assert.match(event.error.stack[0], /^at saveCart/);
  assert.deepEqual([event.service, event.environment, event.release, event.route], ["shop", "staging", "1.2.3", "/"]);
  assert.match(event.event_id, /^[0-9a-f-]{36}$/);
  assert.match(event.session_id, /^[0-9a-f]{32}$/);
  assert.match(event.device.viewport, /^\d+x\d+$/);
});

test("what is thrown and is no Error arrives too", async () => {
  await page.evaluate(() => {
    setTimeout(() => {
      throw "just text";
    });
    void Promise.reject({ code: 17, secret: "hunter2" });
  });
  assert.equal((await one("window.onerror")).message, "just text");
  assert.equal((await one("unhandledrejection")).message, "Object with keys code, secret");
});

test("an unhandled rejection arrives, with the errors that an AggregateError stands for", async () => {
  await page.evaluate(() => {
    void Promise.reject(new AggregateError([new Error("first"), new TypeError("second")], "all failed"));
  });
  const event = await one("unhandledrejection");
  assert.equal(event.message, "AggregateError: all failed [Error: first; TypeError: second]");
  assert.equal(event.error.type, "AggregateError");
});

test("a failed request arrives once, without its query, and with the answer's request id", async () => {
  const status = await page.evaluate(
    async () => (await fetch("/api/fails?email=a@b.example", { method: "post" })).status,
  );
  assert.equal(status, 500);
  const event = await one("fetch");
  assert.equal(event.message, "POST /api/fails answered 500");
  assert.equal(event.level, "error");
  assert.equal(event.request_id, "req-7");
  assert.deepEqual(
    { ...event.http, duration_ms: 0 },
    {
      method: "POST",
      host: new URL(server.url).host,
      route: "/api/fails",
      status: 500,
      duration_ms: 0,
    },
  );
  assert.ok(event.http.duration_ms >= 0);
});

test("a request without an answer arrives once, though nobody catches its rejection", async () => {
  await page.evaluate(() => void fetch("/api/resets"));
  const event = await one("fetch");
  assert.equal(event.error.type, "NetworkError");
  await page.evaluate(() => (window as any).mayday.flush());
  assert.equal(server.events().length, 1);
});

test("a time limit is an error, and a request that the page gave up is none", async () => {
  await page.evaluate(async () => {
    const leave = new AbortController();
    const given = fetch("/api/slow?given-up", { signal: leave.signal }).catch(() => {});
    const why = new AbortController();
    const reasoned = fetch("/api/slow?reasoned", { signal: why.signal }).catch(() => {});
    leave.abort();
    why.abort(new Error("the user closed the dialog"));
    await Promise.all([given, reasoned]);
    await fetch("/api/slow", { signal: AbortSignal.timeout(30) }).catch(() => {});
  });
  const event = await one("fetch");
  assert.equal(event.message, "GET /api/slow timed out");
  assert.equal(event.error.type, "TimeoutError");
  await page.evaluate(() => (window as any).mayday.flush());
  assert.equal(server.events().length, 1);
});

test("XMLHttpRequest is watched as fetch is", async () => {
  await page.evaluate(() => {
    for (const path of ["/api/missing", "/api/works"]) {
      const request = new XMLHttpRequest();
      request.open("get", path);
      request.send();
    }
  });
  const event = await one("XMLHttpRequest");
  assert.equal(event.message, "GET /api/missing answered 404");
  assert.equal(event.level, "warn");
});

test("an image, a script and a style that cannot be loaded arrive", async () => {
  await page.evaluate(() => {
    document.body.append(Object.assign(new Image(), { src: "/none.png?v=1" }));
    document.head.append(Object.assign(document.createElement("script"), { src: "/none.js" }));
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/none.css" }));
  });
  assert.equal((await one("img")).message, "Could not load img /none.png");
  assert.equal((await one("script")).http.route, "/none.js");
  assert.equal((await one("link")).error.type, "ResourceError");
});

test("a dropped EventSource is a warning", async () => {
  const kept = await page.evaluate(() => {
    const source = new EventSource("/api/events");
    return [source instanceof EventSource, EventSource.OPEN, source.constructor.name, EventSource.name];
  });
  assert.deepEqual(kept, [true, 1, "EventSource", "EventSource"]);
  const event = await one("EventSource");
  assert.equal(event.level, "warn");
  assert.equal(event.message, "EventSource /api/events dropped");
});

test("what the page reports by hand arrives with what it knows", async () => {
  await page.evaluate(() => {
    const { mayday } = window as any;
    mayday.setUser("anna@example.org");
    mayday.addBreadcrumb({ message: "opened the cart", category: "navigation" });
    mayday.captureException(new Error("caught"), { tags: { plan: "pro" }, component: "Cart" });
    mayday.captureMessage("all is well", "warn");
    mayday.logEvent({ message: "paid", level: "info", data: { status: "ok" } });
  });
  const events = await server.until((all) => all.length === 3);
  assert.deepEqual(
    events.map(({ level, message }) => [level, message]),
    [
      ["error", "Error: caught"],
      ["warn", "all is well"],
      ["info", "paid"],
    ],
  );
  assert.deepEqual(events[0].tags, { plan: "pro" });
  assert.equal(events[0].component, "Cart");
  assert.equal(events[0].breadcrumbs[0].message, "opened the cart");
  assert.match(events[0].user_id, /^[0-9a-f]{64}$/);
  assert.ok(!JSON.stringify(server.batches).includes("anna@"));
});

test("an error that was reported by hand and thrown on arrives once", async () => {
  await page.evaluate(() => {
    setTimeout(() => {
      const error = new Error("handled and thrown");
      (window as any).mayday.captureException(error);
      throw error;
    });
  });
  await one("captureException");
  await page.evaluate(() => (window as any).mayday.flush());
  assert.equal(server.events().length, 1);
});

test("close gives the page back as it was", async () => {
  const same = await page.evaluate(async () => {
    const frame = document.body.appendChild(document.createElement("iframe")).contentWindow as any;
    const native = (text: string): boolean =>
      frame.Function.prototype.toString.call((window as any)[text]).includes(`function ${text}()`);
    const before = ["fetch", "EventSource"].map(native);
    await (window as any).mayday.close();
    return { before, after: ["fetch", "EventSource"].map(native) };
  });
  assert.deepEqual(same, { before: [false, false], after: [true, true] });
  await page.evaluate(async () => {
    await fetch("/api/fails");
    setTimeout(() => {
      throw new Error("after close");
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
  });
  assert.equal(server.batches.length, 0);
});
