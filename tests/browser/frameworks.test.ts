/** `mayday/react` in React 19 and 18, `mayday/vue` and `mayday/next`, rendered for real: one suite, for they promise the same. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, newPage } from "../support/browser.ts";
import { inRoot, root } from "../support/paths.ts";
import { startRecordingServer, type RecordingServer } from "../support/recording-server.ts";

const folder = mkdtempSync(path.join(tmpdir(), "mayday-frameworks-"));
let browser: Browser;

before(async () => {
  // As an app would find it: by its name, and through its exports.
  mkdirSync(path.join(folder, "node_modules"));
  symlinkSync(inRoot("npm"), path.join(folder, "node_modules/mayday"));
  browser = await launchBrowser();
});
after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

async function buildApp(name: string, source: string, alias: Record<string, string> = {}): Promise<string> {
  const outdir = path.join(folder, name);
  await build({
    entryPoints: { app: inRoot("tests/browser/apps", source) },
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    jsx: "automatic",
    alias,
    nodePaths: [path.join(folder, "node_modules")],
    absWorkingDir: root,
    logLevel: "warning",
    define: {
      "process.env.NODE_ENV": '"production"',
      "process.env.NEXT_PUBLIC_ENVIRONMENT": '"staging"',
      "process.env.NEXT_PUBLIC_RELEASE": '"9.1.0"',
      "process.env.NEXT_PUBLIC_USE_API_PROXY": '"true"',
      "process.env.NEXT_PUBLIC_API_URL": '"https://elsewhere.example"',
      __VUE_OPTIONS_API__: "true",
      __VUE_PROD_DEVTOOLS__: "false",
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
    },
  });
  return outdir;
}

const react18 = { react: "react-18", "react-dom": "react-dom-18" };
const patterns = [
  { hash: "often", type: "timeout", message: "no answer", page: "/cart", action: "pay", count: 7, affected_users: 3 },
  { hash: "seldom", type: "unknown", message: "hardly ever", count: 2 },
];
const html = `<!doctype html><html lang="en"><title>shop</title><div id="root"></div>
  <script type="module" src="/app/app.js"></script>`;

async function openApp(outdir: string, target = "/"): Promise<{ server: RecordingServer; page: Page }> {
  const answer = JSON.stringify({ patterns });
  const routes = { "/api/patterns": (_: unknown, response: any) => response.writeHead(200).end(answer) };
  const server = await startRecordingServer(html, routes as never, { "/app/": outdir });
  const page = await newPage(browser);
  await page.goto(server.url + target);
  return { server, page };
}

const apps: Record<string, () => Promise<string>> = {
  "React 19": () => buildApp("react-19", "react.jsx"),
  "React 18": () => buildApp("react-18", "react.jsx", react18),
  "Vue 3": () => buildApp("vue-3", "vue.js"),
};

for (const [name, buildIt] of Object.entries(apps)) {
  describe(name, () => {
    let outdir: string;
    let server: RecordingServer;
    let page: Page;
    before(async () => {
      outdir = await buildIt();
    });
    beforeEach(async (context) => {
      ({ server, page } = await openApp(outdir));
      (context as any).after(async () => {
        await page.context().close();
        await server.close();
      });
    });

    test("a component that throws is reported once, and its place taken by something to try again with", async () => {
      await page.evaluate(() => ((window as any).isBroken = true));
      await page.click("#show");
      const alert = page.locator("#cart [role=alert]");
      assert.match(await alert.innerText(), /^Something went wrong\. [^]*Try again$/);
      const [event] = await server.until((all) => all.length >= 1);
      assert.equal(event.message, "TypeError: cart is undefined");
      assert.equal(event.component, "Broken");
      assert.equal(event.tags.page, "/cart");

      await alert.getByRole("button").click();
      assert.match(await alert.innerText(), /Try again$/);
      await page.evaluate(() => ((window as any).isBroken = false));
      await alert.getByRole("button").click();
      assert.equal(await page.locator("#whole").innerText(), "whole");
      const recovered = (each: any): boolean => each.tags?.["recovery.successful"] === "true";
      const events = await server.until((all) => all.some(recovered));
      const failedAgain = events.filter((each) => each.tags?.["recovery.successful"] === "false");
      assert.equal(failedAgain.length, 1);
      // Thrown again it is the same error, and was counted.
      assert.equal(events.filter(({ level }) => level === "error").length, 1);
    });

    test("a failure that remains after all tries is shown until it is dismissed", async () => {
      await page.click("#pay-now");
      const alert = page.locator("#pay [role=alert]");
      assert.match(await alert.innerText(), /^This took too long\./);
      assert.equal(await alert.getAttribute("data-type"), "timeout");
      await alert.getByRole("button", { name: "Dismiss" }).click();
      await alert.waitFor({ state: "detached" });
      const events = await server.until((all) => all.some(({ level }) => level === "error"));
      const error = events.find(({ level }) => level === "error");
      assert.equal(error.component, "checkout_pay");
      assert.deepEqual([error.tags["impact.severity"], error.tags["error.code"]], ["high", "TIMEOUT"]);
      assert.equal(events.filter(({ message }) => / of 3 follows$/.test(message)).length, 2);
    });

    test("what was cancelled is not shown", async () => {
      await page.click("#cancel");
      await page.click("#pay-now");
      await page.locator("#pay [role=alert]").waitFor();
      const events = await server.until((all) => all.some(({ level }) => level === "error"));
      assert.ok(!events.some(({ message }) => /left/.test(message)));
    });

    test("an action that fails opens the support widget, and the components know", async () => {
      const state = page.locator("#help output");
      await page.click("#fail");
      await page.getByText("poll_launch: I could not start a poll.").waitFor();
      const [event] = await server.until((all) => all.length === 1);
      assert.deepEqual(event.support, { action: "poll_launch", opened: true });
      await page.getByRole("dialog").press("Escape");
      await state.filter({ hasText: "closed" }).waitFor();
      await page.click("#ask");
      await state.filter({ hasText: ": A question" }).waitFor();
      assert.equal(await page.getByLabel("What happened?").inputValue(), "A question");
      await page.click("#unask");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      assert.equal(await state.innerText(), "closed");
    });

    test("what fails again and again is shown to those who look after it", async () => {
      const alert = page.locator(".mayday-patterns");
      assert.equal(await alert.innerText(), "7 × no answer: /cart, pay (3 users)");
      await alert.getByRole("button").click();
      assert.equal(await page.title(), "often");
    });
  });
}

test("Vue's own error handler reports what an event handler throws, under its component's name", async (context) => {
  const { server, page } = await openApp(await apps["Vue 3"]!());
  context.after(() => page.context().close().then(server.close));
  await page.click("#handler");
  const [event] = await server.until((all) => all.length === 1);
  assert.match(event.message, /^TypeError: Cannot convert undefined or null to object/);
  assert.equal(event.component, "Handler");
});

test("the provider of Next.js reads its environment, and tells session and route without a query", async (context) => {
  const { server, page } = await openApp(await apps["React 19"]!(), "/page-next");
  context.after(() => page.context().close().then(server.close));
  const fail = (message: string): Promise<void> =>
    page.evaluate((text) => void setTimeout(() => Promise.reject(new Error(text))), message);
  await page.locator("#go").waitFor();
  await fail("on the first route");
  const [first] = await server.until((all) => all.length === 1);
  const { service, environment, release, session_id, route } = first;
  const told = [service, environment, release, session_id, route];
  assert.deepEqual(told, ["shop", "staging", "9.1.0", "session-of-ours", "/orders/[id]"]);
  await page.click("#go");
  await fail("on the second route");
  const second = (await server.until((all) => all.length === 2))[1];
  assert.equal(second.route, "/checkout");
  assert.ok(second.breadcrumbs.some(({ message }: { message: string }) => message === "/checkout"));
});
