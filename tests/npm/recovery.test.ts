/** What `mayday/recovery` decides, where no page is needed for it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { inRoot } from "../support/paths.ts";

const { codeOf, getUserMessage, withRetry } = await import(inRoot("npm/dist/recovery/index.js"));

const quick = { delayMs: 1 };

test("every code has a sentence of its own in English and French, and any other text a plain one", () => {
  const codes = ["NETWORK_ERROR", "PERMISSION_DENIED", "TIMEOUT", "VALIDATION_ERROR", "WORKFLOW_FAILED", "CANCELLED"];
  const sentences = ["en", "fr-CA"].flatMap((language) => codes.map((code) => getUserMessage(code, language)));
  assert.equal(new Set(sentences).size, 12);
  for (const odd of ["", "toString", "E_OTHER"]) assert.equal(getUserMessage(odd), getUserMessage("UNKNOWN", "en"));
});

test("a code is told from what errors carry", () => {
  const told: [unknown, string][] = [
    [Object.assign(new Error(), { code: "WORKFLOW_FAILED" }), "WORKFLOW_FAILED"],
    [new DOMException("", "AbortError"), "CANCELLED"],
    [new DOMException("", "TimeoutError"), "TIMEOUT"],
    [{ status: 401 }, "PERMISSION_DENIED"],
    [{ response: { status: 422 } }, "VALIDATION_ERROR"],
    [{ status: 504 }, "TIMEOUT"],
    [new TypeError("Failed to fetch"), "NETWORK_ERROR"],
    [new TypeError("NetworkError when attempting to fetch resource."), "NETWORK_ERROR"],
    [new TypeError("Load failed"), "NETWORK_ERROR"],
    [new TypeError("x is not a function"), "UNKNOWN"],
    [null, "UNKNOWN"],
    ["text", "UNKNOWN"],
    [new Proxy({}, { get: () => assert.fail() }), "UNKNOWN"],
  ];
  for (const [error, code] of told) assert.equal(codeOf(error), code);
});

test("it is tried three times, and what can't come right only once", async () => {
  const attempts: number[] = [];
  await assert.rejects(withRetry((attempt: number) => Promise.reject(attempts.push(attempt)), quick));
  assert.deepEqual(attempts, [1, 2, 3]);
  let tries = 0;
  const refused = { status: 403 };
  const run = (): Promise<never> => Promise.reject(((tries += 1), refused));
  await assert.rejects(withRetry(run, quick), (error: unknown) => error === refused);
  assert.equal(tries, 1);
});

test("a signal ends the waiting at once", async () => {
  const leaving = new AbortController();
  const hour = { delayMs: 3_600_000, signal: leaving.signal };
  let tries = 0;
  const running = withRetry(() => {
    tries += 1;
    queueMicrotask(() => setImmediate(() => leaving.abort()));
    throw new Error("again");
  }, hour);
  await assert.rejects(running, { name: "AbortError" });
  assert.equal(tries, 1);
});
