/** The cases of tests/cases, and what it means that an answer fits one (tests/cases/README.md). */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import type { Answer, Ask } from "./http.ts";
import { inRoot } from "./paths.ts";

export interface AdmitCase {
  name: string;
  file: string;
  hosts?: string[];
  policy?: Record<string, string>;
  times?: number;
  /** The time of the request, where it matters. */
  now?: string;
  request: {
    method?: string;
    target?: string;
    headers?: Record<string, string>;
    body?: string;
    body_json?: unknown;
    body_base64?: string;
    body_repeat?: { text: string; times: number; before?: string; after?: string };
    times?: number;
  };
  answer: { status: number; headers?: Record<string, string | null>; body?: unknown };
  /** Missing: no line goes on; "*": whichever. */
  lines?: unknown[] | "*";
  never?: string[];
  raw_never?: string[];
}

export function admitCases(): AdmitCase[] {
  const folder = inRoot("tests/cases/admit");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .flatMap((file) => {
      const cases = JSON.parse(readFileSync(`${folder}/${file}`, "utf8")) as AdmitCase[];
      return cases.map((one) => ({ ...one, file }));
    });
}

/** `kinds` are what tests/cases/README.md calls a host. */
export const runsIn = (one: AdmitCase, ...kinds: string[]): boolean =>
  one.hosts === undefined || kinds.some((kind) => one.hosts!.includes(kind));

export function askOf({ request }: AdmitCase): Ask {
  return {
    method: request.method ?? "POST",
    target: request.target ?? "/v1/logs",
    headers: request.headers ?? { "content-type": "application/json" },
    ...bodyOf(request),
  };
}

function bodyOf(request: AdmitCase["request"]): { body?: Uint8Array | string } {
  if (request.body !== undefined) return { body: request.body };
  if (request.body_json !== undefined) return { body: JSON.stringify(request.body_json) };
  if (request.body_base64 !== undefined) return { body: Buffer.from(request.body_base64, "base64") };
  if (request.body_repeat === undefined) return {};
  const { text, times, before = "", after = "" } = request.body_repeat;
  return { body: before + text.repeat(times) + after };
}

/** `lines` is what went on, as text. */
export function expectFits(one: AdmitCase, answer: Answer, lines: string[]): void {
  assert.equal(answer.status, one.answer.status, `status; the body: ${answer.text}`);
  for (const [name, wanted] of Object.entries(one.answer.headers ?? {})) {
    const given = answer.headers[name.toLowerCase()];
    if (wanted === null) assert.equal(given, undefined, name);
    else if (wanted === "*") assert.ok(given, name);
    else assert.equal(given, wanted, name);
  }
  if (one.answer.body !== undefined) expectSubset(JSON.parse(answer.text), one.answer.body, "body");
  const events = lines.map((line) => JSON.parse(line) as unknown);
  if (one.lines === undefined) assert.deepEqual(events, [], "no line goes on");
  else expectSubset(events, one.lines, "lines");
  for (const spelling of one.raw_never ?? []) {
    for (const line of lines) assert.ok(!line.includes(spelling), `"${spelling}" went on as it is`);
  }
  for (const secret of one.never ?? []) {
    for (const line of lines) {
      assert.ok(!line.includes(secret), `"${secret}" went on`);
      assert.ok(!JSON.stringify(JSON.parse(line)).includes(secret), `"${secret}" went on, unescaped`);
    }
  }
}

export function expectSubset(given: unknown, wanted: unknown, place: string): void {
  if (wanted === "*") {
    assert.notEqual(given, undefined, `${place} must be there`);
  } else if (Array.isArray(wanted)) {
    assert.ok(Array.isArray(given), `${place} must be an array`);
    assert.equal(given.length, wanted.length, `length of ${place}`);
    wanted.forEach((one, index) => expectSubset(given[index], one, `${place}[${index}]`));
  } else if (typeof wanted === "object" && wanted !== null) {
    assert.ok(typeof given === "object" && given !== null, `${place} must be an object`);
    for (const [key, one] of Object.entries(wanted)) {
      expectSubset((given as Record<string, unknown>)[key], one, `${place}.${key}`);
    }
  } else {
    assert.deepEqual(given, wanted, place);
  }
}
