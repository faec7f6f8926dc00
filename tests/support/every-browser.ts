/** Chromium, Firefox and WebKit behind one face: what a test of the package asks of a page, and no more. */

import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import puppeteer from "puppeteer-core";
import { Builder, Capabilities, type WebDriver } from "selenium-webdriver";
import { launchBrowser, newPage } from "./browser.ts";
import { until } from "./poll.ts";
import { freePorts } from "./ports.ts";

export interface AnyPage {
  goto(url: string): Promise<void>;
  reload(): Promise<void>;
  /** Runs a function in the page, which gets `given` and answers what it returns or resolves to, both as JSON. */
  evaluate<Given, Result>(run: (given: Given) => Result | Promise<Result>, given: Given): Promise<Result>;
  /** Cuts the page off the network, where the browser's driver can. */
  setOffline?(isOffline: boolean): Promise<void>;
  close(): Promise<void>;
}

export interface AnyBrowser {
  /** A page in a profile of its own. */
  newPage(): Promise<AnyPage>;
  close(): Promise<void>;
}

/** As text: tsx names functions by a helper that pages don't have, and selenium's arguments are not everybody's. */
const sourceOf = (run: (given: any) => unknown, given: unknown): string =>
  `(globalThis.__name ??= (named) => named, (${run})(${JSON.stringify(given) ?? ""}))`;

async function launchChromium(): Promise<AnyBrowser> {
  const browser = await launchBrowser();
  return {
    newPage: async () => {
      const page = await newPage(browser);
      return {
        goto: async (url) => void (await page.goto(url)),
        reload: async () => void (await page.reload()),
        evaluate: (run, given) => page.evaluate(sourceOf(run, given)) as Promise<any>,
        setOffline: (isOffline) => page.context().setOffline(isOffline),
        close: () => page.context().close(),
      };
    },
    close: () => browser.close(),
  };
}

/** Debian's, by WebDriver BiDi. */
async function launchFirefox(): Promise<AnyBrowser> {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
    headless: true,
  });
  return {
    newPage: async () => {
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      return {
        goto: async (url) => void (await page.goto(url)),
        reload: async () => void (await page.reload()),
        evaluate: (run, given) => page.evaluate(sourceOf(run, given)) as Promise<any>,
        setOffline: (isOffline) => page.setOfflineMode(isOffline),
        close: () => context.close(),
      };
    },
    close: () => browser.close(),
  };
}

const miniBrowser = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";

/** WebKitGTK's, which has no headless mode, on a screen of its own; each session of its driver is a new profile. */
async function launchWebKit(): Promise<AnyBrowser> {
  const screen = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const display = await new Promise<string>((resolve, reject) => {
    screen.once("error", reject);
    screen.once("exit", (code) => reject(new Error(`Xvfb ended with ${code}`)));
    screen.stdio[3]!.once("data", (text) => resolve(`:${String(text).trim()}`));
  });
  const port = await freePorts();
  const driver = spawn("WebKitWebDriver", [`--port=${port}`], {
    // A container has no namespaces for WebKit's sandbox, nor a bus for accessibility.
    env: { ...process.env, DISPLAY: display, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1", NO_AT_BRIDGE: "1" },
    stdio: "ignore",
  });
  const url = `http://127.0.0.1:${port}`;
  await until(
    "WebKit's driver listens",
    async () => (await fetch(`${url}/status`).catch(() => undefined))?.ok ?? false,
  );
  const sessions = new Set<WebDriver>();
  const end = (session: WebDriver): Promise<unknown> => {
    sessions.delete(session);
    return session.quit().catch(() => undefined);
  };
  return {
    newPage: async () => {
      const options = { binary: process.env.MINIBROWSER ?? miniBrowser, args: ["--automation"] };
      const capabilities = new Capabilities({ browserName: "MiniBrowser", "webkitgtk:browserOptions": options });
      const session = await new Builder().usingServer(url).withCapabilities(capabilities).build();
      sessions.add(session);
      await session.manage().setTimeouts({ script: 60_000, pageLoad: 30_000 });
      return {
        goto: (address) => session.get(address),
        reload: () => session.navigate().refresh(),
        evaluate: (run, given) => evaluateBySelenium(session, sourceOf(run, given)),
        close: async () => void (await end(session)),
      };
    },
    close: async () => {
      await Promise.all([...sessions].map(end));
      await Promise.all([driver, screen].map(ended));
    },
  };
}

async function evaluateBySelenium(session: WebDriver, source: string): Promise<any> {
  const answer = await session.executeAsyncScript<{ value?: unknown; error?: string }>(
    `const done = arguments[arguments.length - 1];
     Promise.resolve().then(() => ${source}).then((value) => done({ value }), (error) => done({ error: String(error) }));`,
  );
  if (answer.error) throw new Error(answer.error);
  return answer.value;
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    if (!child.kill()) resolve();
  });
}

interface Kind {
  launch(): Promise<AnyBrowser>;
  /** What it is found by. */
  program: string;
}

export const browsers: Record<"Chromium" | "Firefox" | "WebKit", Kind> = {
  Chromium: { launch: launchChromium, program: process.env.CHROMIUM ?? "/usr/bin/chromium" },
  Firefox: { launch: launchFirefox, program: process.env.FIREFOX ?? "/usr/bin/firefox-esr" },
  WebKit: { launch: launchWebKit, program: process.env.MINIBROWSER ?? miniBrowser },
};

/** Why there can be no test in this browser, if there can't. */
export const missing = ({ program }: Kind): string | false => !existsSync(program) && `${program} is not there`;
