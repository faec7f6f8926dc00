/** The cases of tests/cases/admit, told to a real host. Each host has a file of its own in tests/edge: it takes its time. */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { admitCases, askOf, expectFits, runsIn, type AdmitCase } from "./cases.ts";
import { askEdge, edgeHosts, kindsOf, startEdge, type EdgeHost } from "./edge-host.ts";
import { eventOf, signatureOf } from "./events.ts";
import type { Answer } from "./http.ts";
import { eventually } from "./poll.ts";

const cases = admitCases();
export const timesOf = (one: AdmitCase): number => one.request.times ?? one.times ?? 1;

/** Hosts of one runtime, each with a policy of its own, start and answer beside one another. */
const hostsAtOnce = 3;

export function describeHost(name: string): void {
  const host = edgeHosts.find((one) => one.name === name);
  assert.ok(host, `a host ${name}`);
  describe(`the edge in ${name}`, { concurrency: hostsAtOnce }, () => {
    for (const [policy, group] of groupsFor(kindsOf(host))) describeGroup(name, JSON.parse(policy), group);
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
export const splitLines = (text: string): string[] => text.split("\n").filter((line) => line.startsWith("{"));

function acceptedIn(answer: Answer): number {
  return answer.status === 200 ? ((JSON.parse(answer.text) as { accepted?: number }).accepted ?? 0) : 0;
}
