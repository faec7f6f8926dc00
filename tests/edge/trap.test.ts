/** A trap costs one answer, not the host. */

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { edgeHosts, startEdge } from "../support/edge-host.ts";
import { ask } from "../support/http.ts";
import { inRoot } from "../support/paths.ts";
import { until } from "../support/poll.ts";
import { trappingModule } from "../support/trapping-module.ts";

let folder = "";

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), "mayday-trap-"));
  cpSync(inRoot("build/edge/hosts"), folder, { recursive: true });
  writeFileSync(path.join(folder, "edge.wasm"), trappingModule());
});
after(() => rmSync(folder, { recursive: true, force: true }));

for (const { name } of edgeHosts.filter(({ survivesTraps }) => survivesTraps)) {
  test(`${name} answers 500 to the request that trapped, and the next one from a new instance`, async () => {
    const edge = await startEdge(name, { MAYDAY_SINK: "stdout" }, folder);
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    try {
      const first = await ask(edge.url, { method: "POST", target: "/v1/logs", body: "fine" });
      const second = await ask(edge.url, { method: "POST", target: "/v1/logs", body: "fine" });
      assert.equal(second.status, first.status + 1, "one instance serves both");

      const headers = { "x-request-id": "mine-1", traceparent };
      const trapped = await ask(edge.url, { method: "POST", target: "/v1/logs", body: "!", headers });
      assert.equal(trapped.status, 500);
      assert.deepEqual(JSON.parse(trapped.text), { detail: "internal_error", request_id: "mine-1" });
      assert.equal(trapped.headers["x-request-id"], "mine-1");
      assert.equal(trapped.headers["x-trace-id"], "0af7651916cd43dd8448eb211c80319c");

      const third = await ask(edge.url, { method: "POST", target: "/v1/logs", body: "fine" });
      assert.equal(third.status, 201, "a new instance begins to count anew");
      // Where a worker's console.error goes differs.
      await until("the log says so", () => /"request_id":"mine-1"/.test(edge.stderr() + edge.stdout()));
    } finally {
      await edge.stop();
    }
  });

  test(`${name} makes up a request id where the caller's is not sane`, async () => {
    const edge = await startEdge(name, { MAYDAY_SINK: "stdout" }, folder);
    try {
      const headers = { "x-request-id": "not sane" };
      const { text } = await ask(edge.url, { method: "POST", target: "/v1/logs", body: "!", headers });
      assert.match((JSON.parse(text) as { request_id: string }).request_id, /^[0-9a-f-]{36}$/);
    } finally {
      await edge.stop();
    }
  });
}
