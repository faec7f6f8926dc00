/** OpenTelemetry's own JavaScript SDK and exporter, posting to a real edge at the path that is their default. */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { SeverityNumber } from "@opentelemetry/api-logs";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { startEdge, type EdgeHost } from "../support/edge-host.ts";
import { ask } from "../support/http.ts";
import { eventually } from "../support/poll.ts";

type Line = Record<string, unknown> & { error?: { stack?: string[] }; tags?: Record<string, string> };

for (const compression of ["none", "gzip"] as const) {
  describe(`OpenTelemetry's exporter, compression ${compression}`, () => {
    let edge: EdgeHost;
    let provider: LoggerProvider;
    before(async () => {
      edge = await startEdge("node", { MAYDAY_SINK: "stdout", LOG_LEVEL: "info", LOG_RATE_BURST: "1000" });
      const exporter = new OTLPLogExporter({ url: `${edge.url}/v1/logs`, compression: compression as never });
      provider = new LoggerProvider({
        resource: resourceFromAttributes({
          "service.name": "checkout",
          "service.version": "2.1.0",
          "deployment.environment.name": "staging",
        }),
        processors: [new SimpleLogRecordProcessor({ exporter } as never)],
      });
    });
    after(async () => {
      await provider.shutdown();
      await edge.stop();
    });

    const lineWith = (text: string): Promise<Line> =>
      eventually(`the line of ${text}`, () => {
        const line = edge
          .stdout()
          .split("\n")
          .find((one) => one.includes(text));
        return line === undefined ? undefined : (JSON.parse(line) as Line);
      });

    test("an exception arrives as an error event", async () => {
      const failure = new TypeError("cannot read total of undefined");
      provider.getLogger("checkout.cart").emit({
        severityNumber: SeverityNumber.ERROR,
        severityText: "ERROR",
        body: "rendering failed",
        attributes: {
          "exception.type": failure.name,
          "exception.message": failure.message,
          "exception.stacktrace": failure.stack ?? "",
          "session.id": "session-7",
          "url.path": "/cart",
          "cart.items": 3,
        },
      });
      const line = await lineWith("rendering failed");
      assert.equal(line["service"], "checkout");
      assert.equal(line["environment"], "staging");
      assert.equal(line["release"], "2.1.0");
      assert.equal(line["component"], "checkout.cart");
      assert.equal(line["level"], "error");
      assert.equal(line["session_id"], "session-7");
      assert.equal(line["route"], "/cart");
      assert.match(line.error?.stack?.join("\n") ?? "", /otlp\.test\.ts:\d+/);
      assert.equal(line.tags?.["cart.items"], "3");
      assert.ok(Math.abs(Date.parse(String(line["timestamp"])) - Date.now()) < 60_000);
    });

    test("a record below the level is refused in part, which is no failure to the exporter", async () => {
      const logger = provider.getLogger("quiet");
      logger.emit({ severityNumber: SeverityNumber.DEBUG, body: "not wanted" });
      logger.emit({ severityNumber: SeverityNumber.WARN, body: { reason: "a structured body" } });
      await provider.forceFlush();
      const line = await lineWith("structured body");
      assert.equal(line["message"], '{"reason":"a structured body"}');
      assert.equal(line["level"], "warn");
      assert.ok(!edge.stdout().includes("not wanted"));
      const health = JSON.parse((await ask(edge.url, { target: "/v1/logs/health" })).text) as {
        rejected: Record<string, number>;
      };
      assert.equal(health.rejected["level_not_allowed"], 1);
    });
  });
}
