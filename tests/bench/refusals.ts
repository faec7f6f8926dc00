/** What each kind of refusal costs beside an accepted request of the same body: less, or refusing would be an attack's lever. */

import { createHmac } from "node:crypto";
import { Instance, OnDemand, type Modules } from "../../edge-worker/hosts/instance.ts";
import { measure } from "./rounds.ts";

const now = 1_795_253_400_000;
const secret = "a-secret-of-the-bench";

/** CPU microseconds of a call by kind, `accepted` among them. Bodies are batches as pages send them. */
export function refusalTimes(modules: Modules, bodies: string[], rounds: number, roundMs: number) {
  const encoder = new TextEncoder();
  const bytes = bodies.map((body) => encoder.encode(body));
  const cut = bytes.map((body) => body.subarray(0, body.length - 1));
  const open = `:seed=${"0123456789abcdef".repeat(4)}\nLOG_RATE_BURST=1000000\nLOG_RATE_PER_SECOND=1000000\n`;
  const module = modules.edge;
  const onDemand = new OnDemand(modules.onDemand());
  const accepting = new Instance(module, open);
  const signing = new Instance(module, `${open}LOG_INGEST_HMAC_SECRET=${secret}\n`);
  const limiting = new Instance(
    module,
    `:seed=${"0123456789abcdef".repeat(4)}\nLOG_RATE_BURST=1\nLOG_RATE_PER_SECOND=1\n`,
  );
  const signatures = bytes.map((body) => createHmac("sha256", secret).update(body).digest("hex"));
  let clock = now;
  const kind = (
    name: string,
    instance: Instance,
    status: number,
    headers: string | ((index: number) => string) = "",
    body = bytes,
    isFrozen = false,
  ) => ({
    name,
    work: (index: number) => {
      const own = typeof headers === "string" ? headers : headers(index);
      const type = own.includes("content-type") ? "" : "content-type: application/json\n";
      const at = isFrozen ? now : (clock += 1);
      let head = `POST /v1/logs\n:now: ${at}\n:ip: 203.0.113.7\n:room: 4194304\n${type}${own}\n`;
      let reply = instance.handle(head, body[index]!);
      while (reply.status === 0) {
        const { facts, text } = onDemand.prepare(reply.body, body[index]!);
        head = `${head.slice(0, -1)}${facts}\n`;
        reply = instance.handle(head, text);
      }
      const given = reply.status;
      if (given !== status) throw new Error(`${name} was answered ${given}: nothing would be measured`);
    },
  });
  const contestants = [
    kind("accepted", accepting, 200),
    kind("accepted, signed", signing, 200, (index) => `x-log-signature: ${signatures[index]}\n`),
    kind("signature wrong", signing, 401, `x-log-signature: ${"0".repeat(64)}\n`),
    kind("signature missing", signing, 401),
    kind("another type", accepting, 415, "content-type: text/html\n"),
    kind("another origin", accepting, 403, "origin: https://evil.example\n"),
    kind("rate limited", limiting, 429, "", bytes, true),
    kind("not gzip", accepting, 400, "content-encoding: gzip\n"),
    kind("JSON that ends too early", accepting, 400, "", cut),
  ];
  limiting.handle(`POST /v1/logs\n:now: ${now}\n:ip: 203.0.113.7\ncontent-type: application/json\n\n`, bytes[0]!);
  return measure(contestants, bodies.length, rounds, roundMs);
}
