/** How `./mayday up` ends, and what it does where it can't begin. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { eventOf } from "../support/events.ts";
import { ask } from "../support/http.ts";
import { inRoot } from "../support/paths.ts";
import { until } from "../support/poll.ts";
import { isAlive, run } from "../support/process.ts";
import { startUp, type Up } from "../support/up.ts";

const open: Up[] = [];

async function start(): Promise<Up> {
  const up = await startUp();
  open.push(up);
  return up;
}

afterEach(async () => {
  for (const up of open.splice(0)) await up.clear();
});

async function expectAllGone(up: Up, pids: number[]): Promise<void> {
  await until("every process has ended", () => !pids.some(isAlive));
  for (const address of [up.origin, up.edge, up.demo])
    await assert.rejects(ask(address, {}), `${address} still answers`);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test(`${signal} ends all of it, and nothing that was accepted is lost`, async () => {
    const up = await start();
    const processes = up.processes();
    assert.ok(processes.length >= 4, JSON.stringify(processes));
    const event = eventOf();
    const headers = { "content-type": "application/json" };
    const answer = await ask(up.edge, { method: "POST", target: "/v1/logs", headers, body: JSON.stringify(event) });
    assert.equal(answer.status, 200);

    const { code } = await up.stop(signal);
    assert.equal(code, 0, up.stderr());
    await expectAllGone(
      up,
      processes.map(({ pid }) => pid),
    );
    assert.equal(up.count(`select count(*) from events where event_id = x'${event.event_id.replaceAll("-", "")}'`), 1);
  });
}

test("where it is killed itself, its children end too", async () => {
  const up = await start();
  const pids = up.processes().map(({ pid }) => pid);
  await up.stop("SIGKILL");
  await expectAllGone(up, pids);
});

test("where one child dies, it says which, and ends the others", async () => {
  const up = await start();
  const processes = up.processes();
  const edge = processes.find(({ command }) => command.includes("workerd"));
  assert.ok(edge, "the edge's process");
  process.kill(edge.pid, "SIGKILL");
  const { code } = await up.ended;
  assert.equal(code, 1);
  assert.match(up.stderr(), /the edge worker was ended by SIGKILL/);
  await expectAllGone(
    up,
    processes.map(({ pid }) => pid),
  );
});

test("a second one on the same ports says which port is taken and how to choose another", async () => {
  const up = await start();
  const second = run(inRoot("mayday"), ["up", "--port-base", String(up.portBase), "--data", up.data]);
  const { code } = await second.ended;
  assert.equal(code, 1);
  assert.match(second.stderr(), new RegExp(`port ${up.portBase}, wanted for the origin, is taken`));
  assert.match(second.stderr(), /--port-base \d+/);
  assert.equal((await ask(up.origin, { target: "/health" })).status, 200, "the first is unharmed");
});
