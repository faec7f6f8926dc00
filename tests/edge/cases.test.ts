/** Every case of tests/cases/admit, in the module under Node and in each real host. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { createEdge } from "../../edge-worker/hosts/edge.ts";
import { admitCases, askOf, expectFits, runsIn, type AdmitCase } from "../support/cases.ts";
import { askEdge, edgeHosts, kindsOf, startEdge, type EdgeHost } from "../support/edge-host.ts";
import { eventOf, signatureOf } from "../support/events.ts";
import type { Answer } from "../support/http.ts";
import { inRoot } from "../support/paths.ts";
import { eventually } from "../support/poll.ts";

const cases = admitCases();
const timesOf = (one: AdmitCase): number => one.request.times ?? one.times ?? 1;

test("there are cases", () => assert.ok(cases.length > 50, `${cases.length} cases`));

describe("the module under Node", () => {
  const module = new WebAssembly.Module(readFileSync(inRoot("build/edge/hosts/edge.wasm")));
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
      const edge = createEdge(module, one.policy ?? {}, sink);
      let answer: Answer | undefined;
      for (let time = 0; time < timesOf(one); time += 1) {
        lines = "";
        answer = await answerOf(edge, one);
      }
      expectFits(one, answer!, splitLines(lines));
    });
  }
});

/** Hosts of one runtime, each with a policy of its own, start and answer beside one another. */
const hostsAtOnce = 3;

for (const host of edgeHosts) {
  describe(`the edge in ${host.name}`, { concurrency: hostsAtOnce }, () => {
    for (const [policy, group] of groupsFor(kindsOf(host))) describeGroup(host.name, JSON.parse(policy), group);
  });
}

/** Cases that can share one host: with the same policy, and without a count of requests. */
function groupsFor(kinds: string[]): Map<string, AdmitCase[]> {
  const groups = new Map<string, AdmitCase[]>();
  for (const one of cases.filter((each) => runsIn(each, ...kinds))) {
    const alone = timesOf(one) > 1 ? { ":alone": one.name } : {};
    const key = JSON.stringify({ ...one.policy, ...alone });
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return groups;
}

function describeGroup(host: string, policy: Record<string, string>, group: AdmitCase[]): void {
  const { ":alone": alone, ...environment } = policy;
  const name =
    alone ??
    (Object.entries(environment)
      .map((pair) => pair.join("="))
      .join(" ") ||
      "no policy");
  describe(name, { concurrency: 1 }, () => {
    let edge: EdgeHost;
    before(async () => {
      const rate = alone === undefined ? { LOG_RATE_BURST: "100000" } : {};
      edge = await startEdge(host, { ...rate, ...environment, MAYDAY_SINK: "stdout" });
    });
    after(() => edge.stop());

    for (const one of group) {
      test(`${one.file}: ${one.name}`, async () => {
        const seen = edge.stdout().length;
        let answer: Answer | undefined;
        let linesBefore = 0;
        for (let time = 0; time < timesOf(one); time += 1) {
          if (time > 0) linesBefore += acceptedIn(answer!);
          answer = await askEdge(edge, askOf(one));
        }
        const lines =
          alone === undefined
            ? await linesUntilMark(edge, seen, environment)
            : await countedLines(edge, seen, linesBefore + (one.lines?.length ?? 0));
        expectFits(one, answer!, lines.slice(linesBefore));
      });
    }
  });
}

/** Where a mark would change the outcome: it takes a token of the rate limiter. */
function countedLines(edge: EdgeHost, seen: number, count: number): Promise<string[]> {
  return eventually(`${count} lines`, () => {
    const lines = splitLines(edge.stdout().slice(seen));
    return lines.length >= count ? lines : undefined;
  });
}

/** What the host wrote until the line of an event that we send last. */
async function linesUntilMark(edge: EdgeHost, seen: number, policy: Record<string, string>): Promise<string[]> {
  const mark = eventOf({ environment: policy["ENVIRONMENT"] ?? "dev" });
  const body = JSON.stringify(mark);
  const secret = policy["LOG_INGEST_HMAC_SECRET"];
  const signature: Record<string, string> = secret ? { "x-log-signature": signatureOf(body, secret) } : {};
  const headers = { "content-type": "application/json", ...signature };
  const { status, text } = await askEdge(edge, { method: "POST", target: "/v1/logs", headers, body });
  assert.equal(status, 200, `the mark was refused: ${text}`);
  return eventually("the mark's line", () => {
    const lines = splitLines(edge.stdout().slice(seen));
    const end = lines.findIndex((line) => line.includes(mark.event_id));
    return end < 0 ? undefined : lines.slice(0, end);
  });
}

/** Some runtimes say things of their own between. */
const splitLines = (text: string): string[] => text.split("\n").filter((line) => line.startsWith("{"));

function acceptedIn(answer: Answer): number {
  return answer.status === 200 ? ((JSON.parse(answer.text) as { accepted?: number }).accepted ?? 0) : 0;
}

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
