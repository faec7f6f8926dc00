/** The support widget in a page: when it opens by itself, what it sends, and that nothing is sent which was not shown. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { launchBrowser } from "../support/browser.ts";
import { openHelped, requestLogs, startSupport } from "../support/support-page.ts";

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const dialog = (page: Page): Locator => page.getByRole("dialog");
const message = (page: Page): Locator => page.getByLabel("What happened?");

/** An error that an action of the page's meets. */
const meet = (page: Page, action: string, text = "no luck", more: Record<string, unknown> = {}): Promise<void> =>
  page.evaluate(
    ([action, text, more]) => (window as any).help.trigger(Object.assign(new Error(text), more), { action }),
    [action, text, more] as const,
  );

/** What an earlier error would have opened is open by now, or never will be. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(() => (window as any).mayday.flush(15_000));
  await page.evaluate(() => import("/mayday/support/widget.js" as string));
}

const lastSupport = async (page: Page, desk: any, message: string): Promise<unknown> => {
  await page.evaluate(() => (window as any).mayday.flush(15_000));
  const isIt = (event: any): boolean => event.message.includes(message);
  return (await desk.until((events: any[]) => events.some(isIt))).find(isIt).support;
};

test("an error in an action opens the widget, and becomes a ticket with its evidence", async (context) => {
  const { page, desk } = await openHelped(context, browser, { support: "{ onTicket: (each) => tickets.push(each) }" });
  await page.evaluate(() => (window as any).mayday.setUser("anna"));
  await meet(page, "poll_launch", "the poll is closed", { status: 503 });
  await dialog(page).waitFor();
  assert.equal(await message(page).inputValue(), "I could not start a poll.");
  assert.equal(await page.locator(".badge").innerText(), "Server error");
  await page.getByText("Error: the poll is closed").waitFor();
  assert.equal(desk.reports.length, 0);

  await message(page).fill("I could not start a poll, twice.");
  await page.getByLabel("How can we reach you?").fill("anna@example.org");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("Your ticket is number 123.").waitFor();
  const [event] = desk.events();
  assert.deepEqual(event.support, { action: "poll_launch", opened: true });
  assert.deepEqual([event.component, event.tags.action], ["poll_launch", "poll_launch"]);
  const [report] = desk.reports;
  const { report_id, ...body } = report!.body;
  assert.match(report_id, /^[0-9a-f-]{36}$/);
  assert.deepEqual(body, {
    message: "I could not start a poll, twice.",
    action: "poll_launch",
    event_ids: [event.event_id],
    session_id: "session-1",
    user_id: event.user_id,
    page: "/app",
    contact: "anna@example.org",
  });
  assert.equal(report!.headers["authorization"], undefined);
  assert.deepEqual(await page.evaluate(() => (window as any).tickets), [{ id: "t-1", number: 123, status: "open" }]);
  await page.getByRole("button", { name: "Close" }).last().click();
  await dialog(page).waitFor({ state: "detached" });
});

test("it opens once a minute at most, never twice for one error, and a reload changes nothing of that", async (context) => {
  const { page, desk } = await openHelped(context, browser);
  await page.clock.install();
  await meet(page, "poll_launch", "poll 17 is closed");
  await dialog(page).waitFor();
  await page.keyboard.press("Escape");
  await meet(page, "poll_vote", "too late");
  assert.deepEqual(await lastSupport(page, desk, "too late"), { action: "poll_vote", opened: false });
  await page.clock.fastForward(61_000);
  await page.reload();
  await startSupport(page);
  await meet(page, "poll_launch", "poll 4711 is closed");
  assert.deepEqual(await lastSupport(page, desk, "4711"), { action: "poll_launch", opened: false });
  await settled(page);
  assert.equal(await dialog(page).count(), 0);
});

test("what was cancelled, is expected, or was left to the page's own form, opens nothing", async (context) => {
  const { page, desk } = await openHelped(context, browser);
  for (const [text, more] of [
    ["one", { name: "AbortError" }],
    ["two", { code: "CANCELLED" }],
    ["three", { code: "VALIDATION_ERROR" }],
    ["four", { response: { status: 422 } }],
  ] as const)
    await meet(page, "poll_vote", text, more);
  await page.evaluate(() => fetch("/api/invalid"));
  await page.evaluate(() => (window as any).mayday.logEvent({ level: "warn", message: "five", tags: { action: "x" } }));
  await settled(page);
  assert.equal(await dialog(page).count(), 0);
  assert.ok(desk.events().every(({ support }) => !support?.opened));
  await meet(page, "poll_vote", "six");
  await dialog(page).waitFor();
});

test("a user who turns it off is left alone, until they turn it on, and can open it all the same", async (context) => {
  const { page } = await openHelped(context, browser);
  await meet(page, "poll_launch");
  await page.getByLabel("Don’t open by itself again").check();
  await page.getByRole("button", { name: "Not now" }).click();
  await page.evaluate(() => sessionStorage.clear());
  await page.reload();
  await startSupport(page);
  await meet(page, "poll_launch");
  await settled(page);
  assert.equal(await dialog(page).count(), 0);
  await page.evaluate(() => (window as any).help.openWithPrefill("", "payment_refund"));
  assert.equal(await message(page).inputValue(), "I could not get a refund.");
});

test("what nobody caught, and what a server failed, opens it too, unless the team says otherwise", async (context) => {
  for (const [support, fails, expected] of [
    ["{}", "setTimeout(() => { throw new Error('uncaught') })", "Something unexpected went wrong."],
    ["{}", "fetch('/api/fails')", "The server answered with an error."],
    [
      "{ automatic: (event) => event.http && 'cart_pay', actions: { cart_pay: { en: 'Paying failed.' } } }",
      "fetch('/api/fails')",
      "Paying failed.",
    ],
    ["{ automatic: false }", "fetch('/api/fails')", undefined],
  ] as const) {
    const { page } = await openHelped(context, browser, { support });
    await page.evaluate(fails);
    if (expected) assert.equal(await message(page).inputValue(), expected, fails);
    else {
      await settled(page);
      assert.equal(await dialog(page).count(), 0);
    }
  }
});

test("what the page says of an error takes the place of a guess, but not of what the user wrote", async (context) => {
  const { page, desk } = await openHelped(context, browser);
  await page.evaluate(() => fetch("/api/fails"));
  await dialog(page).waitFor();
  await meet(page, "poll_launch", "answered 500", { status: 500 });
  await page.waitForFunction(() => (window as any).help.getState().prefillActionType === "poll_launch");
  assert.equal(await message(page).inputValue(), "I could not start a poll.");
  assert.deepEqual(await lastSupport(page, desk, "Error: answered 500"), { action: "poll_launch", opened: false });
  await message(page).fill("mine");
  await meet(page, "poll_vote", "answered 502");
  await settled(page);
  assert.equal(await message(page).inputValue(), "mine");
});

test("the user's requests go along if they ask for it, and only those that they saw", async (context) => {
  const { page, desk } = await openHelped(context, browser, { support: "{ getAccessToken: async () => 'token-1' }" });
  await page.evaluate(() => (window as any).help.openWithPrefill("help"));
  await message(page).waitFor();
  assert.equal(desk.asked.length, 0);
  await page.getByLabel("Attach my recent requests").check();
  await page.getByText("POST /api/polls/17 500 no such poll").waitFor();
  assert.equal(desk.asked[0]!.url, "/support/logs?limit=50");
  assert.equal(desk.asked[0]!.headers["authorization"], "Bearer token-1");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("number 123").waitFor();
  assert.deepEqual(desk.reports[0]!.body.request_logs, requestLogs);
  assert.equal(desk.reports[0]!.headers["authorization"], "Bearer token-1");

  await page.evaluate(() => (window as any).help.openWithPrefill("again"));
  await page.getByLabel("Attach my recent requests").check();
  await page.getByText("POST /api/polls/17 500 no such poll").waitFor();
  await page.getByLabel("Attach my recent requests").uncheck();
  await page.getByText("POST /api/polls/17 500 no such poll").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("number 123").waitFor();
  assert.equal(desk.reports[1]!.body.request_logs, undefined);
});

test("a refused report says why and keeps what was written; the refusal itself is no error of the page's", async (context) => {
  const { page, desk } = await openHelped(context, browser);
  await page.evaluate(() => (window as any).help.openWithPrefill("precious"));
  for (const [status, text] of [
    [503, "This could not be sent"],
    [401, "Sign in again"],
    [429, "too many reports"],
  ] as const) {
    desk.refuse(status);
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("alert").filter({ hasText: text }).waitFor();
    assert.equal(await message(page).inputValue(), "precious");
  }
  const [first, ...more] = desk.refused.map(({ report_id }) => report_id);
  assert.deepEqual(more, [first, first], "a report that is sent again is the same report");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("number 123").waitFor();
  await page.evaluate(() => (window as any).mayday.flush());
  assert.deepEqual(desk.events(), []);
});

test("an empty message is not sent", async (context) => {
  const { page, desk } = await openHelped(context, browser);
  await page.evaluate(() => (window as any).help.open());
  await page.getByRole("button", { name: "Send" }).click();
  assert.equal(await message(page).evaluate((text: HTMLTextAreaElement) => text.validity.valueMissing), true);
  assert.equal(desk.reports.length, 0);
});

test("what errors and servers say stays text", async (context) => {
  const { page, desk } = await openHelped(context, browser);
  const hostile = "<img src=x onerror='window.hacked = 1'>";
  await meet(page, "poll_launch", hostile);
  await page.getByText(`Error: ${hostile}`).waitFor();
  await page.getByLabel("Attach my recent requests").check();
  await page.getByText("POST /api/polls/17").waitFor();
  assert.equal(await page.locator("mayday-support img").count(), 0);
  assert.equal(await page.evaluate(() => (window as any).hacked), undefined);
  assert.equal(desk.reports.length, 0);
});

test("an answer that makes no sense is a failure that is told, and loses nothing", async (context) => {
  const { page } = await openHelped(context, browser);
  await page.route("**/support/logs*", (route) => route.fulfill({ json: { data: { logs: "none" } } }));
  await page.route("**/support/report", (route) => route.fulfill({ status: 201, body: "<html>" }));
  await page.evaluate(() => (window as any).help.openWithPrefill("precious"));
  await page.getByLabel("Attach my recent requests").click();
  await page.getByRole("alert").filter({ hasText: "not available" }).waitFor();
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("alert").filter({ hasText: "could not be sent" }).waitFor();
  assert.equal(await message(page).inputValue(), "precious");
});

test("a team's own message stands before ours, in the user's language", async (context) => {
  const { page } = await openHelped(context, browser, {
    support:
      "{ language: 'fr-CA', actions: { auth_login: { en: 'No entry.', fr: 'Pas d’accès.' }, cart_pay: 'Cart!' } }",
  });
  const texts: string[] = [];
  for (const action of ["auth_login", "cart_pay", "poll_vote", "__proto__"]) {
    await page.evaluate((each) => (window as any).help.openWithPrefill("", each), action);
    await page.waitForFunction((each) => (window as any).help.getState().prefillActionType === each, action);
    texts.push(await page.getByLabel("Que s’est-il passé").inputValue());
  }
  assert.deepEqual(texts, [
    "Pas d’accès.",
    "Cart!",
    "Je n’ai pas pu voter dans un sondage.",
    "Une erreur inattendue est survenue.",
  ]);
});
