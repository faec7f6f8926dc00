import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import type { Browser, Page } from "playwright-core";

import { launchBrowser } from "../support/browser.ts";
import { ingest, makeEvent, type Origin, originBinary, removeFolders, startOrigin } from "../support/origin.js";
import { signToken } from "../support/tokens.ts";

let origin: Origin;
let browser: Browser;
before(async () => {
  origin = await startOrigin();
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await origin.stop();
  await removeFolders();
});

/** Opens the page and gathers what it complains of: a test ends with `complaints` empty. */
async function open(path = "/"): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage();
  await page
    .context()
    .addCookies([
      { name: "mayday_access", value: signToken({ sub: "jane", role: "agent", name: "Jane" }), url: origin.url },
    ]);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("dialog", (dialog) => {
    complaints.push(`a dialog opened: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(origin.url + path);
  await page.locator('#live-state[data-state="connected"]').waitFor();
  return { page, complaints };
}

test("an empty origin tells how to send a first event, and shows it when it comes", async () => {
  const { page, complaints } = await open();
  await page.getByText("No events yet").first().waitFor();
  await page.getByText("/v1/logs").first().waitFor();
  await ingest(origin, [makeEvent({ message: "the very first" })]);
  await page.locator(".event-table tbody tr", { hasText: "the very first" }).waitFor();
  await page.locator("#first-steps").waitFor({ state: "hidden" });
  assert.deepEqual(complaints, []);
  await page.close();
});

test("hostile text stays text, in the list, the patterns and the drawer", async () => {
  const hostile = '<img src=x onerror="alert(1)"><script>alert(2)</script>';
  await ingest(origin, [
    makeEvent({
      message: hostile,
      fingerprint: "00000000000000ee",
      route: hostile,
      session_id: hostile,
      tags: { [hostile]: hostile },
      error: { type: hostile, message: hostile, stack: [hostile] },
      breadcrumbs: [{ category: hostile, message: hostile }],
      _meta: { [hostile]: hostile },
    }),
  ]);
  const { page, complaints } = await open();
  const row = page.locator(".event-table tbody tr", { hasText: "<img src=x" });
  await row.waitFor();
  await page.locator("#patterns", { hasText: "<script>alert(2)" }).waitFor();
  await row.click();
  await page.locator("dialog[open] h2", { hasText: hostile }).waitFor();
  assert.equal(await page.locator("dialog img, dialog script, tbody img, #patterns img").count(), 0);
  assert.deepEqual(complaints, []);
  await page.close();
});

test("the keyboard alone is enough to read an event and come back", async () => {
  await ingest(origin, [
    makeEvent({ message: "older", service: "keys", timestamp: new Date(Date.now() - 60_000).toISOString() }),
    makeEvent({ message: "newer", service: "keys" }),
  ]);
  const { page, complaints } = await open("/?service=keys");
  await page.locator(".event-table tbody tr").nth(1).waitFor();
  await page.locator(".event-table tbody tr").first().focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.locator("dialog[open] h2", { hasText: "older" }).waitFor();
  assert.match(page.url(), /#[0-9a-f-]{36}$/);
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "hidden" });
  assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ""), /older/);
  assert.deepEqual(complaints, []);
  await page.close();
});

test("filters stand in the address, and the back button takes them back", async () => {
  await ingest(origin, [
    makeEvent({ message: "apples", service: "fruit" }),
    makeEvent({ message: "pears", service: "fruit", level: "warn" }),
  ]);
  const { page, complaints } = await open("/?service=fruit");
  await page.locator(".event-table tbody tr", { hasText: "apples" }).waitFor();
  await page.getByLabel("Level").selectOption("warn");
  await page.locator(".event-table tbody tr", { hasText: "apples" }).waitFor({ state: "detached" });
  assert.match(page.url(), /level=warn/);
  await page.goBack();
  await page.locator(".event-table tbody tr", { hasText: "apples" }).waitFor();
  await page.getByLabel("Search").fill("PEAR");
  await page.locator(".event-table tbody tr", { hasText: "apples" }).waitFor({ state: "detached" });
  assert.match(page.url(), /q=PEAR/);
  assert.deepEqual(complaints, []);
  await page.close();
});

test("new events do not move what is being read", async () => {
  await ingest(
    origin,
    Array.from({ length: 60 }, (_, i) => makeEvent({ message: `old ${i}`, service: "scroll" })),
  );
  const { page, complaints } = await open("/?service=scroll");
  await page.locator(".event-table tbody tr").nth(49).waitFor();
  await page.evaluate(() => scrollTo(0, 700));
  const before = await page.locator(".event-table tbody tr").first().textContent();
  await ingest(origin, [
    makeEvent({ message: "arrived", service: "scroll" }),
    makeEvent({ message: "not for this list", service: "other" }),
  ]);
  await page.getByRole("button", { name: "1 new event" }).waitFor();
  assert.equal(await page.locator(".event-table tbody tr").first().textContent(), before);
  await page.getByRole("button", { name: "1 new event" }).click();
  await page.locator(".event-table tbody tr", { hasText: "arrived" }).waitFor();
  assert.equal(await page.evaluate(() => scrollY), 0);
  await page.getByRole("button", { name: "Load older" }).click();
  await page.locator(".event-table tbody tr").nth(60).waitFor();
  assert.equal(await page.locator(".event-table tbody tr").count(), 61, "each event once");
  assert.deepEqual(complaints, []);
  await page.close();
});

test("a pattern narrows the list to its events, and lets go again", async () => {
  const shared = { service: "pattern", fingerprint: "00000000000000ab", message: "the pattern" };
  await ingest(origin, [makeEvent(shared), makeEvent({ service: "pattern", message: "something else" })]);
  const { page, complaints } = await open("/?service=pattern");
  await page.getByRole("button", { name: /the pattern/ }).click();
  await page.locator(".event-table tbody tr", { hasText: "something else" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: /Remove Pattern/ }).click();
  await page.locator(".event-table tbody tr", { hasText: "something else" }).waitFor();
  assert.deepEqual(complaints, []);
  await page.close();
});

test("a link to an event opens it", async () => {
  const event = makeEvent({ message: "linked to" });
  await ingest(origin, [event]);
  const { page, complaints } = await open(`/#${event.event_id}`);
  await page.locator("dialog[open] h2", { hasText: "linked to" }).waitFor();
  assert.deepEqual(complaints, []);
  await page.close();
});

test("pausing stops the stream, resuming catches up", async () => {
  const { page, complaints } = await open("/?service=pause");
  await page.getByRole("button", { name: "Pause" }).click();
  await page.locator('#live-state[data-state="paused"]').waitFor();
  await ingest(origin, [makeEvent({ message: "meanwhile", service: "pause" })]);
  await page.getByRole("button", { name: "Resume" }).click();
  await page.locator(".event-table tbody tr", { hasText: "meanwhile" }).waitFor();
  await page.locator('#live-state[data-state="connected"]').waitFor();
  assert.deepEqual(complaints, []);
  await page.close();
});

test("whoever is not signed in is asked to, and sees the events behind it", async () => {
  const env = { PATH: process.env["PATH"] ?? "", MAYDAY_PASSWORD: "nine purple llamas" };
  for (const [email, role] of [
    ["agent@example.com", "agent"],
    ["user@example.com", "user"],
  ] as const) {
    const args = ["admin", "create", "--email", email, "--name", "Alex", "--role", role, "--data", origin.dataDir];
    execFileSync(originBinary, args, { env });
  }
  await ingest(origin, [makeEvent({ message: "behind the sign-in" })]);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(origin.url);
  const dialog = page.getByRole("dialog", { name: "Sign in to Mayday" });
  await dialog.getByLabel("E-mail").fill("agent@example.com");
  await dialog.getByLabel("Password").fill("wrong");
  await page.keyboard.press("Enter");
  await dialog.getByRole("alert").getByText("E-mail or password is wrong.").waitFor();
  await page.keyboard.press("Escape");
  assert.ok(await dialog.isVisible(), "there is nothing behind it to go back to");

  await dialog.getByLabel("E-mail").fill("user@example.com");
  await dialog.getByLabel("Password").fill("nine purple llamas");
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await dialog.getByRole("alert").getByText("no agent’s").waitFor();

  await dialog.getByLabel("E-mail").fill("agent@example.com");
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await page.locator(".event-table tbody tr", { hasText: "behind the sign-in" }).waitFor();
  await page.locator('#live-state[data-state="connected"]').waitFor();
  await page.locator("#account", { hasText: "Alex" }).waitFor();

  // The access token runs out; the page renews it and asks again.
  await context.clearCookies({ name: "mayday_access" });
  const answered = page.waitForResponse((response) => response.url().includes("level=error") && response.ok());
  await page.getByLabel("Level").selectOption("error");
  await answered;
  assert.ok((await context.cookies()).some(({ name }) => name === "mayday_access"));

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("dialog", { name: "Sign in to Mayday" }).waitFor();
  assert.deepEqual(await context.cookies(), []);
  await context.close();
});

test("operations show what fails, who struggles and what was raised; a pattern is resolved; a pack is exported", async () => {
  const fingerprint = "00000000000000d1";
  const user_id = "ab".repeat(32);
  const hostile = '<img src=x onerror="alert(1)">';
  await ingest(
    origin,
    Array.from({ length: 7 }, () =>
      makeEvent({ fingerprint, user_id, message: hostile, route: "/cart", tags: { "impact.severity": "critical" } }),
    ),
  );
  const context = await browser.newContext({ acceptDownloads: true });
  await context.addCookies([
    { name: "mayday_access", value: signToken({ sub: "root", role: "admin", name: "Root" }), url: origin.url },
  ]);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(`${origin.url}/admin/ops`);
  const row = page.locator("#patterns tr", { hasText: hostile });
  await row.waitFor();
  assert.equal(await page.locator("main img").count(), 0);
  await page.locator("#struggling", { hasText: user_id.slice(0, 12) }).waitFor();
  await page.locator("#impact", { hasText: "critical" }).waitFor();
  await row.getByRole("button", { name: /^Resolve/ }).click();
  await row.getByText("resolved").waitFor();

  await page.getByLabel("Session, if it is about one").fill("sess-of-the-pack");
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export support pack" }).click();
  const download = await downloading;
  assert.match(download.suggestedFilename(), /^pack-\d+-\w+\.json$/);
  const pack = JSON.parse(readFileSync(await download.path(), "utf8")) as { sessionParity: unknown };
  assert.ok(pack.sessionParity);
  assert.deepEqual(complaints, []);
  await context.close();
});
