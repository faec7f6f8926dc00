/** The support widget for everybody: keyboard, screen reader, colours, directions, and the strictest policy that a page can have. */

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { launchBrowser } from "../support/browser.ts";
import { openHelped, pageHtml } from "../support/support-page.ts";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const dialog = (page: Page): Locator => page.getByRole("dialog");

const meet = (page: Page): Promise<void> =>
  page.evaluate(() => (window as any).help.trigger(new Error("no luck"), { action: "poll_launch" }));

/** Where the focus is, in the page or in the widget. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    let element: Element | null = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    const { tagName, id, textContent } = element!;
    return id || (tagName === "DL" && tagName) || textContent || tagName;
  });

/** What axe-core finds wrong with the page and all in it. */
async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: axe });
  return page.evaluate(async () => {
    const found = await (window as any).axe.run(document);
    return found.violations.flatMap((each: any) =>
      each.nodes.map((node: any) => `${each.id}: ${node.target.join(" ")}: ${node.failureSummary}`),
    );
  });
}

for (const colorScheme of ["light", "dark"] as const)
  for (const html of ['lang="en"', 'lang="fr"', 'lang="ar" dir="rtl"'])
    test(`axe-core finds nothing in the widget: ${colorScheme}, ${html}`, async (context) => {
      const { page } = await openHelped(context, browser, { html: pageHtml(html), colorScheme });
      await meet(page);
      await dialog(page).waitFor();
      await page.getByText("Error: no luck").waitFor();
      await page.locator(".check").first().click();
      await page.getByText("/api/polls/17").waitFor();
      assert.deepEqual(await violations(page), []);
      const box = (await dialog(page).boundingBox())!;
      const isAtStart = box.x < 1280 - box.x - box.width;
      assert.equal(isAtStart, html.includes("rtl"), "it stands at the line's end");
      await page.locator(".go").click();
      await page.getByText("123").waitFor();
      assert.deepEqual(await violations(page), []);
    });

test("it is used by keyboard alone: Tab goes through it, Enter sends, Escape closes and gives the focus back", async (context) => {
  const { page, desk } = await openHelped(context, browser);
  await page.locator("#launch").focus();
  await meet(page);
  await dialog(page).waitFor();
  assert.equal(await focused(page), "message");
  const stops: string[] = [];
  for (let i = 0; i < 7; i++) {
    await page.keyboard.press("Tab");
    stops.push(await focused(page));
  }
  assert.deepEqual(stops, ["contact", "INPUT", "What will be sent", "DL", "INPUT", "Not now", "Send"]);
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "detached" });
  assert.equal(await focused(page), "launch");

  await page.evaluate(() => (window as any).help.openWithPrefill("by hand"));
  await dialog(page).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText("number 123").waitFor();
  assert.equal(await focused(page), "Close");
  await page.keyboard.press("Enter");
  await dialog(page).waitFor({ state: "detached" });
  assert.equal(desk.reports.length, 1);
});

test("who is writing something else goes on writing it, and is told", async (context) => {
  const { page } = await openHelped(context, browser);
  await page.locator("#name").focus();
  await page.keyboard.type("An");
  await meet(page);
  await dialog(page).waitFor();
  await page.keyboard.type("na");
  assert.equal(await page.locator("#name").inputValue(), "Anna");
  await page.getByRole("status").filter({ hasText: "A form to report it is open" }).waitFor({ state: "attached" });
});

test("it stands above everything, and keeps the page's keys and the page's styles out", async (context) => {
  const { page } = await openHelped(context, browser);
  await page.evaluate(() => {
    const cover = document.body.appendChild(document.createElement("div"));
    Object.assign(cover.style, { position: "fixed", inset: "0", zIndex: "2147483647" });
    document.body.style.font = "40px monospace";
    const keys: string[] = [];
    document.addEventListener("keydown", ({ key }) => keys.push(key));
    Object.assign(window, { keys });
  });
  await page.evaluate(() => (window as any).help.openWithPrefill("x"));
  await page.getByLabel("What happened?").pressSequentially("y");
  await page.getByRole("button", { name: "Not now" }).hover({ trial: true });
  assert.deepEqual(await page.evaluate(() => (window as any).keys), []);
  const text = page.locator("textarea");
  assert.equal(await text.evaluate((each) => getComputedStyle(each).fontSize), "15px");
});

test("a page's variables and colour scheme decide how it looks", async (context) => {
  const { page } = await openHelped(context, browser, { colorScheme: "dark" });
  const colours = (): Promise<string[]> =>
    page.evaluate(() => {
      const root = document.querySelector("mayday-support")!.shadowRoot!;
      return [".box", ".go"].map((each) => getComputedStyle(root.querySelector(each)!).backgroundColor);
    });
  await page.evaluate(() => (window as any).help.open());
  await dialog(page).waitFor();
  const [dark] = await colours();
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("mayday-support { color-scheme: light; --mayday-accent: rgb(1, 2, 3) }");
    document.adoptedStyleSheets = [sheet];
  });
  const [light, accent] = await colours();
  assert.deepEqual([dark, light, accent], ["rgb(28, 31, 38)", "rgb(255, 255, 255)", "rgb(1, 2, 3)"]);
});

test("an element of the page's own is used where there is one", async (context) => {
  const { page } = await openHelped(context, browser);
  await page.evaluate(() => document.querySelector("main")!.append(document.createElement("mayday-support")));
  await page.evaluate(() => (window as any).help.open());
  await dialog(page).waitFor();
  assert.equal(await page.locator("main > mayday-support").count(), 1);
  assert.equal(await page.locator("mayday-support").count(), 1);
});

const strict =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src data:; " +
  "require-trusted-types-for 'script'; trusted-types 'none'";

test("the strictest policy and Trusted Types refuse nothing of it", async (context) => {
  const { page, desk } = await openHelped(context, browser, { headers: { "content-security-policy": strict } });
  await meet(page);
  await dialog(page).waitFor();
  assert.equal(await page.locator("[style], style").count(), 0);
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("number 123").waitFor();
  assert.equal(desk.reports.length, 1);
  assert.deepEqual(await page.evaluate(() => (window as any).refused), []);
});
