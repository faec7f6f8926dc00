/** Every case of tests/cases/admit, in the module under Node; the real hosts have a file each beside this one. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, test } from "node:test";
import { createEdge } from "../../edge-worker/hosts/edge.ts";
import { edgeModules } from "../support/edge-modules.ts";
import { admitCases, askOf, expectFits, runsIn, type AdmitCase } from "../support/cases.ts";
import { edgeHosts } from "../support/edge-host.ts";
import { splitLines, timesOf } from "../support/host-cases.ts";
import type { Answer } from "../support/http.ts";
import { inRoot } from "../support/paths.ts";

const cases = admitCases();

test("there are cases", () => assert.ok(cases.length > 50, `${cases.length} cases`));

test("every host is told them", () => {
  for (const { name } of edgeHosts) assert.ok(existsSync(inRoot(`tests/edge/cases-in-${name}.test.ts`)), name);
});

describe("the module under Node", () => {
  const modules = edgeModules();
  for (const one of cases.filter((each) => runsIn(each, "module"))) {
    test(`${one.file}: ${one.name}`, async (context) => {
      if (one.now) context.mock.method(Date, "now", () => Date.parse(one.now!));
      let lines = "";
      const sink = {
        roomBytes: () => Number.MAX_SAFE_INTEGER,
        keep: (bytes: Uint8Array) => ((lines += new TextDecoder().decode(bytes)), true),
        work: () => undefined,
        state: () => ({ forwarded: 0, pending: 0, stalledMs: 0, refused: 0, replayed: 0 }),
        close: () => Promise.resolve(0),
      };
      const edge = createEdge(modules, one.policy ?? {}, sink);
      let answer: Answer | undefined;
      for (let time = 0; time < timesOf(one); time += 1) {
        lines = "";
        answer = await answerOf(edge, one);
      }
      expectFits(one, answer!, splitLines(lines));
    });
  }
});

async function answerOf(edge: ReturnType<typeof createEdge>, one: AdmitCase): Promise<Answer> {
  const { method = "POST", target = "/v1/logs", headers = {}, body = "" } = askOf(one);
  const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const outgoing = await edge.answer({
    method,
    target,
    header: (name) => byName.get(name),
    address: "203.0.113.7",
    body: (bytesMax) => Promise.resolve(bytes.subarray(0, bytesMax)),
  });
  return {
    status: outgoing.status,
    headers: Object.fromEntries(outgoing.headers),
    text: outgoing.body,
  };
}
