import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { brotliCompressSync, constants } from "node:zlib";
import { launchBrowser, newPage } from "../support/browser.ts";
import { dist, root, startRecordingServer } from "../support/recording-server.ts";

const folder = mkdtempSync(join(tmpdir(), "mayday-app-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const brotliBytes = (name: string): number =>
  brotliCompressSync(readFileSync(join(dist, name)), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;

const shipped = readdirSync(dist)
  // The loader stands in for a bundler, and comes alone.
  .filter((name) => /\.(js|wasm)$/.test(name) && name !== "loader.js")
  .sort();

test("what loads before the first paint is 2 KB, and all JavaScript 7.3 KB (brotli)", () => {
  assert.deepEqual(shipped, ["client.js", "fallback.js", "index.js", "mayday.wasm"]);
  assert.ok(brotliBytes("index.js") <= 2 * 1024, `index.js: ${brotliBytes("index.js")}`);
  assert.ok(brotliBytes("index.js") + brotliBytes("client.js") <= 7.3 * 1024, `client.js: ${brotliBytes("client.js")}`);
});

/** The fallback is loaded in place of the module. */
const sum = (): number =>
  shipped.filter((name) => name !== "fallback.js").reduce((bytes, name) => bytes + brotliBytes(name), 0);

test("the fallback is 14.25 KB (brotli)", () => {
  assert.ok(brotliBytes("fallback.js") <= 14.25 * 1024, `fallback.js: ${brotliBytes("fallback.js")}`);
});

test("all of it is 16 KB (brotli)", () => {
  assert.ok(sum() <= 16 * 1024, `${sum()}: ${shipped.map((name) => `${name} ${brotliBytes(name)}`)}`);
});

test("the widget, with what opens it, is 6 KB (brotli)", () => {
  const bytes = ["support/index.js", "support/widget.js"].map(brotliBytes);
  assert.ok(bytes[0]! + bytes[1]! <= 6 * 1024, `${bytes}`);
});

test("the package exports this, and nothing else", async () => {
  const mayday = await import(join(dist, "index.js"));
  assert.deepEqual(Object.keys(mayday).sort(), [
    "addBreadcrumb",
    "captureException",
    "captureMessage",
    "close",
    "flush",
    "init",
    "logEvent",
    "setContext",
    "setUser",
  ]);
});

test("on a server it is imported and called without effect", async () => {
  const mayday = await import(join(dist, "index.js"));
  mayday.init({ service: "ssr" });
  mayday.captureException(new Error("rendered"));
  mayday.setUser("u-1");
  mayday.addBreadcrumb({ message: "rendered" });
  assert.equal(await mayday.flush(10), false);
  assert.equal(await mayday.close(10), false);
});

const appSource = `
import { init, flush, type LogEvent } from 'mayday';
init({ service: 'app', beforeSend: (event: LogEvent) => ({ ...event, tags: { built: 'vite' } }) });
setTimeout(() => void flush(), 300);
throw new Error('from the app');
`;

/** Packs the package and unpacks it where npm would put it. Answers the names of the files in it. */
function installPacked(): string[] {
  const packed = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--pack-destination", folder], { cwd: join(root, "npm"), encoding: "utf8" }),
  )[0];
  const installed = join(folder, "node_modules/mayday");
  mkdirSync(installed, { recursive: true });
  const tarball = join(folder, packed.filename);
  execFileSync("tar", ["--extract", "--file", tarball, "--directory", installed, "--strip-components", "1"]);
  return packed.files.map(({ path }: { path: string }) => path).sort();
}

/** An app as `npm create vite` would begin it, type-checked and built. */
function buildApp(): void {
  for (const name of ["vite", "typescript"])
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
  writeFileSync(join(folder, "package.json"), '{"type": "module", "private": true}');
  const page = '<!doctype html><title>app</title><script type="module" src="./main.ts"></script>';
  writeFileSync(join(folder, "index.html"), page);
  writeFileSync(join(folder, "main.ts"), appSource);
  const options =
    "--noEmit --strict --module esnext --moduleResolution bundler --target es2022 --lib es2022,dom --types";
  const inApp = { cwd: folder, stdio: "inherit" as const };
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [compiler, ...options.split(" "), "", "main.ts"], inApp);
  execFileSync(process.execPath, [join(root, "node_modules/vite/bin/vite.js"), "build", "--logLevel", "warn"], inApp);
}

test("the packed package works in a fresh Vite app, built and run in Chromium", async (context) => {
  const isListed = (name: string): boolean => !/\.d\.c?ts$/.test(name);
  // The origin's source by its folders: tests/e2e/npx.test.ts looks whether it is whole.
  const shown = installPacked()
    .filter(isListed)
    .map((name) => name.replace(/^(dist\/native\/[^/]+).*/, "$1"));
  assert.deepEqual(
    [...new Set(shown)],
    [
      "README.md",
      "dist/cli/index.js",
      "dist/client.js",
      "dist/edge/edge.wasm",
      "dist/edge/node.js",
      "dist/edge/on-demand.wasm",
      "dist/fallback.js",
      "dist/index.js",
      "dist/langgraph/index.cjs",
      "dist/langgraph/index.js",
      "dist/loader.js",
      "dist/mayday.wasm",
      "dist/native/CMakeLists.txt",
      "dist/native/CMakePresets.json",
      "dist/native/build",
      "dist/native/cmake",
      "dist/native/core",
      "dist/native/digest",
      "dist/native/origin",
      "dist/native/scripts",
      "dist/next/index.js",
      "dist/node/index.cjs",
      "dist/node/index.js",
      "dist/react/index.js",
      "dist/recovery/index.js",
      "dist/support/index.js",
      "dist/support/widget.js",
      "dist/vue/index.js",
      "package.json",
    ],
  );
  buildApp();
  const page = readFileSync(join(folder, "dist/index.html"), "utf8");
  const server = await startRecordingServer(page, {}, { "/assets/": join(folder, "dist/assets") });
  context.after(() => server.close());
  const browser = await launchBrowser();
  context.after(() => browser.close());
  for (const forbidden of ["nothing", "**/*.wasm"]) {
    const page = await newPage(browser);
    await page.route(forbidden, (route) => route.abort());
    await page.goto(server.url);
    const event = (await server.until((events) => events.length > 0)).pop();
    assert.equal(event.message, "Error: from the app", `without ${forbidden}`);
    assert.deepEqual(event.tags, { built: "vite" });
    server.batches.length = 0;
  }
});
