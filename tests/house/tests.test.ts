/** `./mayday test` counts right: what passes, fails, is skipped, crashes, or does not run at all. */

import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { outcomesIn, runGoogleTest } from "../../scripts/test/google-test.mjs";
import { runNodeTests } from "../../scripts/test/node-tests.mjs";
import { Tally } from "../../scripts/test/tally.mjs";

interface Outcome {
  kind: "passed" | "failed" | "skipped";
  name: string;
  reason?: string;
  error?: string;
}

const suiteMs = 30_000;
let folder = "";

before(() => (folder = mkdtempSync(path.join(tmpdir(), "mayday-tests-"))));
after(() => rmSync(folder, { recursive: true, force: true }));

async function outcomesOf(text: string, limitMs = suiteMs): Promise<Outcome[]> {
  const file = path.join(folder, "some.test.mjs");
  writeFileSync(file, `import { describe, test } from "node:test";\nimport assert from "node:assert/strict";\n${text}`);
  const outcomes: Outcome[] = [];
  await runNodeTests([file], { suiteMs: limitMs }, (one: Outcome) => outcomes.push(one));
  return outcomes;
}

const kinds = (outcomes: Outcome[]): string[] => outcomes.map(({ kind }) => kind);

test("each test counts once, a group not at all", async () => {
  const outcomes = await outcomesOf(
    'describe("group", () => { test("one", () => {}); test("two", () => assert.equal(1, 2)); });',
  );
  assert.deepEqual(kinds(outcomes).sort(), ["failed", "passed"]);
  const failed = outcomes.find(({ kind }) => kind === "failed");
  assert.equal(failed?.name, "group > two");
  assert.match(failed?.error ?? "", /1 !== 2/);
});

test("a skip brings its reason", async () => {
  const outcomes = await outcomesOf('test("later", { skip: "no such server here" }, () => {});');
  assert.deepEqual(
    outcomes.map(({ kind, reason }) => [kind, reason]),
    [["skipped", "no such server here"]],
  );
});

test("a file that can't be loaded fails", async () => {
  assert.deepEqual(kinds(await outcomesOf('throw new Error("at once");')), ["failed"]);
});

test("a file without a test fails", async () => {
  assert.deepEqual(kinds(await outcomesOf("")), ["failed"]);
});

test("a file that ends the process in the middle fails", async () => {
  const outcomes = await outcomesOf('test("one", () => {}); test("two", () => process.exit(7));');
  assert.ok(kinds(outcomes).includes("failed"), JSON.stringify(outcomes));
});

test("a file that never ends is ended, and fails", async () => {
  const outcomes = await outcomesOf('test("one", () => {}); setInterval(() => {}, 1000);', 3_000);
  assert.ok(kinds(outcomes).includes("failed"), JSON.stringify(outcomes));
});

async function googleOutcomes(script: string): Promise<Outcome[]> {
  const program = path.join(folder, "mayday-fake-test");
  writeFileSync(program, `#!/bin/sh\nreport=\${1#--gtest_output=json:}\n${script}\n`);
  chmodSync(program, 0o755);
  const outcomes: Outcome[] = [];
  await runGoogleTest(program, { suiteMs }, (one: Outcome) => outcomes.push(one));
  return outcomes;
}

const report = JSON.stringify({
  testsuites: [
    {
      name: "Limiter",
      testsuite: [
        { name: "Passes", status: "RUN", result: "COMPLETED" },
        { name: "Fails", status: "RUN", result: "COMPLETED", failures: [{ failure: "a.cpp:3\nexpected 1" }] },
        { name: "Waits", status: "RUN", result: "SKIPPED" },
        { name: "DISABLED_Sleeps", status: "NOTRUN", result: "SUPPRESSED" },
      ],
    },
  ],
});

test("a GoogleTest program counts by its report", async () => {
  const outcomes = await googleOutcomes(`cat > "$report" <<'END'\n${report}\nEND\nexit 1`);
  assert.deepEqual(kinds(outcomes), ["passed", "failed", "skipped", "skipped"]);
  assert.equal(outcomes[1]?.name, "Limiter.Fails");
  assert.match(outcomes[1]?.error ?? "", /expected 1/);
});

test("why GoogleTest skipped a test is found in its output", () => {
  const output = "[ RUN      ] Limiter.Waits\na.cpp:9: Skipped\nno clock\n\n[  SKIPPED ] Limiter.Waits (0 ms)\n";
  const outcomes = outcomesIn(JSON.parse(report), output) as Outcome[];
  assert.equal(outcomes[2]?.reason, "no clock");
});

test("a GoogleTest program that crashes fails, and shows its last words", async () => {
  const [outcome, ...more] = await googleOutcomes("echo 'half of it'; kill -SEGV $$");
  assert.equal(outcome?.kind, "failed");
  assert.match(outcome?.error ?? "", /SIGSEGV[^]*half of it/);
  assert.deepEqual(more, []);
});

function tallied(...outcomes: Outcome[][]): { lines: string[]; isGood: boolean } {
  const lines: string[] = [];
  const tally = new Tally((line: string) => lines.push(line));
  for (const suite of outcomes) {
    tally.begin("some");
    for (const outcome of suite) tally.add(outcome);
    tally.end();
  }
  tally.close();
  return { lines: lines.join("\n").split("\n"), isGood: tally.isGood() };
}

test("the last line is the sum", () => {
  const { lines, isGood } = tallied(
    [
      { kind: "passed", name: "a" },
      { kind: "skipped", name: "b", reason: "too early" },
    ],
    [{ kind: "passed", name: "c" }],
  );
  assert.equal(lines.at(-1), "2 passed, 0 failed, 1 skipped");
  assert.ok(lines.includes("  some: b: too early"));
  assert.equal(isGood, true);
});

test("a suite that ran nothing is a failure", () => {
  const { lines, isGood } = tallied([{ kind: "passed", name: "a" }], []);
  assert.equal(lines.at(-1), "1 passed, 1 failed, 0 skipped");
  assert.equal(isGood, false);
});
