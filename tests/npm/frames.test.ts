/** Every stack of stacks.json, as its engine wrote it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { framesOf } from "../../npm/src/frames.ts";
import { inRoot } from "../support/paths.ts";

interface Stack {
  engine: string;
  /** Where it was taken from. */
  source: string;
  message: string;
  stack: string;
  frames: string[];
}

for (const { engine, message, stack, frames } of JSON.parse(
  readFileSync(inRoot("tests/npm/stacks.json"), "utf8"),
) as Stack[])
  test(`the frames of ${engine} are kept, and nothing else of the stack`, () => {
    assert.deepEqual(framesOf(stack, message), frames);
  });

test("a stack that is missing, or no text, has no frames", () => {
  assert.deepEqual(framesOf(undefined), []);
  assert.deepEqual(framesOf({ toString: () => "f@a.js:1:2" }), ["f@a.js:1:2"]);
});
