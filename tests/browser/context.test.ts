/** What the page and its user did around an error, what else breaks besides errors, and where the logger runs besides pages. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, openLogged, startLogger } from "../support/browser.ts";
import { startRecordingServer, type RecordingServer } from "../support/recording-server.ts";

let browser: Browser;
let server: RecordingServer;
let page: Page;

before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const worker = (start: string) => (_: unknown, response: any) =>
  response
    .writeHead(200, { "content-type": "text/javascript" })
    .end(`import * as mayday from "/mayday/index.js"; mayday.init(); ${start}`);

beforeEach(async (context) => {
  server = await startRecordingServer(
    `<!doctype html><title>page</title><body><form id="pay"><button class="primary big" type="button">Pay</button>
    <input name="card" value="4111 1111 1111 1111"></form>`,
    {
      "/api/works": (_, response) => response.writeHead(204).end(),
      "/policy": (_, response) =>
        response
          .writeHead(200, {
            "content-type": "text/html",
            "content-security-policy": "img-src 'none'; script-src 'self' 'unsafe-eval'",
          })
          .end("<!doctype html><title>policy</title><body>"),
      "/dedicated.js": worker("setTimeout(() => { throw new Error('in the dedicated worker'); })"),
      "/shared.js": worker("setTimeout(() => { throw new Error('in the shared worker'); })"),
      "/frame": (_, response) =>
        response.writeHead(200, { "content-type": "text/html" }).end(
          `<script type="module">import * as mayday from "/mayday/index.js"; mayday.init({ service: "frame" });
            setTimeout(() => { throw new Error("in the frame"); })</script>`,
        ),
    },
  );
  page = await openLogged(browser, server.url);
  (context as any).after(async () => {
    await page.context().close();
    await server.close();
  });
});

/** The client is there, with what it watches. */
const ready = async (): Promise<void> => {
  await page.evaluate(() => (window as any).mayday.captureMessage("ready"));
  await page.evaluate(() => (window as any).mayday.flush(15_000));
};

const withMessage = async (message: string): Promise<any> =>
  (await server.until((all) => all.some((event) => event.message === message))).find(
    (event) => event.message === message,
  );

const errors = (): any[] => server.events().filter(({ message }) => message !== "ready");

test("an error knows the clicks, the navigation and the requests before it, and nothing that was typed", async () => {
  await ready();
  await page.click("button");
  await page.fill("input", "5555 5555 5555 4444");
  await page.click("input");
  await page.evaluate(async () => {
    history.pushState({}, "", "/page/cart?user=anna");
    await fetch("/api/works?token=abc");
    (window as any).mayday.captureException(new Error("after all that"));
  });
  const { breadcrumbs } = await withMessage("Error: after all that");
  assert.deepEqual(
    breadcrumbs.map(({ category, message }: any) => `${category}: ${message}`),
    [
      "click: form#pay > button.primary.big",
      "click: form#pay > input",
      "navigation: / -> /page/cart",
      "fetch: GET /api/works 204",
    ],
  );
  assert.ok(!/5555|4111|anna|abc/.test(JSON.stringify(server.batches)));
});

test("an error that is thrown first and captured then is one report, and so is the other way round", async () => {
  await ready();
  await page.evaluate(async () => {
    const { mayday } = window as any;
    const [thrown, caught, rejected] = [new Error("thrown"), new Error("caught"), new Error("rejected")];
    reportError(thrown);
    mayday.captureException(thrown);
    mayday.captureException(caught);
    reportError(caught);
    reportError(rejected);
    await new Promise((resolve) => {
      addEventListener("unhandledrejection", resolve);
      void Promise.reject(rejected);
    });
    await mayday.flush();
  });
  assert.deepEqual(
    errors().map(({ component, error, count }) => [component, error.message, count ?? 1]),
    [
      ["window.onerror", "thrown", 1],
      ["captureException", "caught", 1],
      ["window.onerror", "rejected", 1],
    ],
  );
});

test("causes and members are told up to a bound, though they go round in circles", async () => {
  await ready();
  await page.evaluate(() => {
    const round: any = new Error("round");
    round.cause = round;
    (window as any).mayday.captureException(round);
    const many = [...Array(1000).keys()].map((i) => new Error(`member ${i}`));
    (window as any).mayday.captureException(new AggregateError(many, "many"));
  });
  const [round, many] = await server.until((all) => all.length === 3).then((all) => all.slice(1));
  assert.equal(round.message, `Error: round${", caused by Error: round".repeat(4)}`);
  assert.match(many.message, /^AggregateError: many \[Error: member 0; .*member 3\]$/);
});

test("what says nothing of the page is marked as noise", async () => {
  await ready();
  await page.evaluate(() => {
    const fire = (init: ErrorEventInit): unknown => dispatchEvent(new ErrorEvent("error", init));
    fire({ message: "Script error.", filename: "", lineno: 0 });
    fire({ message: "ResizeObserver loop completed with undelivered notifications.", filename: location.href });
    const error = new TypeError("no account");
    error.stack =
      "TypeError: no account\n    at inject (chrome-extension://nkbihfbeogaeaoehlefnkodbefgpgknn/inpage.js:1:2)";
    fire({ message: "Uncaught TypeError: no account", filename: location.href, error });
    fire({ message: "Uncaught", filename: "moz-extension://1b2c/content.js", error: new Error("of theirs") });
    fire({ message: "Uncaught", filename: "/app.js", error: new Error("of ours") });
  });
  await server.until((all) => all.length === 6);
  assert.deepEqual(
    errors().map(({ tags }) => tags?.noise),
    ["cross_origin_script", "resize_observer", "extension", "extension", undefined],
  );
});

test("what a Content-Security-Policy blocks arrives", async () => {
  await page.goto(`${server.url}/policy`);
  await startLogger(page);
  await page.evaluate(() => void document.body.append(Object.assign(new Image(), { src: "/pixel.png?user=anna" })));
  const event = await withMessage("Content-Security-Policy img-src blocks /pixel.png");
  assert.equal(event.component, "securitypolicyviolation");
  assert.equal(event.level, "error");
  assert.ok(!JSON.stringify(server.batches).includes("anna"));
});

test("a WebSocket that can't connect is an error, one that drops a warning, and one that is closed is none", async (context) => {
  const sockets = createServer().on("upgrade", (request, socket) => {
    const path = request.url!.split("?")[0];
    if (path === "/refused") return void socket.destroy();
    const accept = createHash("sha1")
      .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest("base64");
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    if (path === "/closes") socket.end(Buffer.from([0x88, 2, 0x03, 0xe8]));
    else setImmediate(() => socket.destroy());
  });
  await new Promise<void>((resolve) => sockets.listen(0, "127.0.0.1", resolve));
  context.after(() => sockets.close());
  const host = `127.0.0.1:${(sockets.address() as AddressInfo).port}`;
  await ready();
  await page.evaluate(async (to) => {
    for (const path of ["refused", "drops", "closes"])
      await new Promise((resolve) => new WebSocket(`ws://${to}/${path}?token=abc`).addEventListener("close", resolve));
    await (window as any).mayday.flush();
  }, host);
  assert.deepEqual(
    errors().map(({ level, message, component }) => [level, message, component]),
    [
      ["error", `WebSocket ${host}/refused failed (1006)`, "WebSocket"],
      ["warn", `WebSocket ${host}/drops dropped (1006)`, "WebSocket"],
    ],
  );
});

test("the console is left alone, unless it is asked for; then its errors are reported and the rest is remembered", async () => {
  await ready();
  assert.equal(await page.evaluate(() => /native code/.test(Function.prototype.toString.call(console.error))), true);
  await page.evaluate(async () => {
    const { mayday, reports } = window as any;
    console.error("not asked for");
    const native = console.error;
    await mayday.close();
    mayday.init({ captureConsole: true, onReport: (report: unknown) => reports.push(report) });
    mayday.captureMessage("ready");
    await mayday.flush();
    console.warn("low on", 3, { secret: "hunter2" });
    const error = new RangeError("printed");
    console.error("could not", error);
    mayday.captureException(error);
    await mayday.close();
    if (console.error !== native) throw new Error("the console was not given back");
  });
  const [event, ...more] = errors();
  assert.deepEqual(more, []);
  assert.equal(event.message, "could not printed");
  assert.deepEqual([event.component, event.error.type, event.level], ["console.error", "RangeError", "error"]);
  assert.ok(
    event.breadcrumbs.some(({ category, message }: any) => category === "console" && message === "low on 3 ..."),
  );
});

test("workers and frames report what breaks in them", async () => {
  await page.evaluate(() => {
    new Worker("/dedicated.js", { type: "module" });
    new SharedWorker("/shared.js", { type: "module" });
    document.body.append(Object.assign(document.createElement("iframe"), { src: "/frame" }));
  });
  for (const place of ["dedicated worker", "shared worker", "frame"]) {
    const event = await withMessage(`Error: in the ${place}`);
    assert.match(event.session_id, /^[0-9a-f]{32}$/);
  }
});
