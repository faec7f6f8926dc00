/** Jobs by `mayday/node`, as the edge in production keeps them. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createMayday, type Mayday } from "../../npm/src/node/index.ts";
import { startMonitoredEdge, type MonitoredEdge } from "../support/monitored-edge.ts";

let world: MonitoredEdge;
let mayday: Mayday;

before(async () => {
  const secrets = { LOG_INGEST_HMAC_SECRET: "a-secret-of-the-tests-0123456789abcdef", ORIGIN_TOKEN: "t".repeat(40) };
  world = await startMonitoredEdge({ ENVIRONMENT: "prod", ...secrets });
  mayday = createMayday({
    endpoint: world.endpoint,
    environment: "prod",
    hmacSecret: secrets.LOG_INGEST_HMAC_SECRET,
    uncaught: false,
  });
  world.pump = () => mayday.flush();
});
after(async () => {
  await mayday.close();
  await world.close();
});

test("a job's start, nodes and end share its ids, in production too", async () => {
  const job = mayday.startJob({
    job_id: "job-7",
    customer_id: "customer-3",
    cohort: "autumn",
    snapshot_hash: "9f2c",
    payload: { mode: "full" },
  });
  assert.equal(await job.node("score", () => 41 + 1), 42);
  job.finish({ totals: { scored: 42 }, warnings: ["two rows had no price"] });
  job.finish();
  const lines = await world.linesWhere("its events", ({ job_id }) => job_id === "job-7", 4);
  for (const line of lines) {
    assert.deepEqual([line["service"], line["customer_id"], line["run_id"]], ["langgraph", "customer-3", job.runId]);
    assert.equal(line["trace_id"], job.traceId);
  }
  const [start, nodeStart, nodeEnd, end] = lines;
  assert.deepEqual(start!["payload"], { cohort: "autumn", snapshot_hash: "9f2c", mode: "full" });
  assert.deepEqual([nodeStart!["node"], nodeStart!["status"]], ["score", "start"]);
  assert.deepEqual([nodeEnd!["node"], nodeEnd!["status"]], ["score", "end"]);
  assert.ok(nodeEnd!["duration_ms"] >= 0);
  assert.deepEqual([end!["status"], end!["level"]], ["end", "warn"]);
  assert.deepEqual(end!["payload"], { totals: { scored: 42 }, warnings: ["two rows had no price"] });
});

test("a failure is one error event with the same ids, and the error is the caller's again", async () => {
  const job = mayday.startJob({ job_id: "job-8" });
  const failure = new Error("the model of bob@example.com is gone");
  const node = job.node("load", () => Promise.reject(failure));
  await assert.rejects(node, failure);
  job.fail(failure);
  mayday.startJob({ job_id: "job-9" }).fail(new Error("at once"));
  await world.linesWhere("the next job's end", ({ job_id, status }) => job_id === "job-9" && status === "error");
  const errors = world.lines().filter(({ job_id, level }) => job_id === "job-8" && level === "error");
  assert.equal(errors.length, 1);
  const [error] = errors;
  assert.deepEqual([error!["node"], error!["status"], error!["run_id"]], ["load", "error", job.runId]);
  assert.equal(error!["message"], "Error: the model of [redacted:email] is gone");
});
