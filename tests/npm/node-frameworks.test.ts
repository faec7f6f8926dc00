/** `mayday/node` in Express 5 and 4, Fastify and node:http: one suite, real servers, a real edge. */

import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import express from "express";
import fastify from "fastify";
import { createMayday, type Mayday, type RequestTrace } from "../../npm/src/node/index.ts";
import { ask } from "../support/http.ts";
import { startMonitoredEdge, type MonitoredEdge } from "../support/monitored-edge.ts";

/** It has no types of its own; what is used of it is as in 5. */
const express4 = createRequire(import.meta.url)("express-4") as typeof express;

interface Running {
  url: string;
  close(): Promise<unknown>;
}

class OrderMissing extends Error {
  override name = "OrderMissing";
  statusCode = 404;
  status = 404;
}

const broken = (): never => {
  throw new TypeError("cart of mallory@example.com is undefined");
};

async function listen(server: Server): Promise<Running> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Routes that all of them have: /works, /orders/:id (throws), /busy (503), /missing (throws 404), /caught, /never. */
const onExpress = (create: typeof express) => (mayday: Mayday) => {
  const app = create();
  app.use(mayday.express());
  app.use(create.json());
  app.get("/works", (_, response) => void response.send("fine"));
  app.get("/orders/:id", broken);
  app.get("/busy", (_, response) => void response.status(503).end());
  app.get("/missing", () => {
    throw new OrderMissing("no such order");
  });
  app.get("/caught", (_, response) => {
    mayday.captureException(new RangeError("caught on the way"));
    response.end();
  });
  app.get("/never", () => {});
  app.use(mayday.expressErrors());
  // Express's own last handler prints what was thrown.
  app.set("env", "test");
  return listen(createServer(app));
};

async function onFastify(mayday: Mayday): Promise<Running> {
  const app = fastify();
  app.register(mayday.fastify());
  app.get("/works", () => "fine");
  app.get("/orders/:id", broken);
  app.get("/busy", (_, reply) => reply.code(503).send());
  app.get("/missing", () => {
    throw new OrderMissing("no such order");
  });
  app.get("/caught", async () => {
    mayday.captureException(new RangeError("caught on the way"));
    return "";
  });
  app.get("/never", () => new Promise(() => {}));
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return {
    url,
    close: () => {
      app.server.closeAllConnections();
      return app.close();
    },
  };
}

function onNode(mayday: Mayday): Promise<Running> {
  const routes: Record<string, (request: IncomingMessage, response: ServerResponse) => unknown> = {
    "/works": (_, response) => response.end("fine"),
    "/orders/7": broken,
    "/busy": (_, response) => response.writeHead(503).end(),
    "/missing": (_, response) => response.writeHead(404).end(),
    "/caught": (_, response) => {
      mayday.captureException(new RangeError("caught on the way"));
      response.end();
    },
    "/never": () => {},
  };
  const handler = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> =>
    routes[request.url!.split("?")[0]!]?.(request, response);
  return listen(createServer(mayday.http(handler)));
}

const frameworks: Record<string, { start: (mayday: Mayday) => Promise<Running>; template: string }> = {
  "Express 5": { start: onExpress(express), template: "/orders/:id" },
  "Express 4": { start: onExpress(express4), template: "/orders/:id" },
  Fastify: { start: onFastify, template: "/orders/:id" },
  "node:http": { start: onNode, template: "/orders/7" },
};

const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

for (const [name, { start, template }] of Object.entries(frameworks)) {
  describe(name, () => {
    let world: MonitoredEdge;
    let mayday: Mayday;
    let app: Running;
    const told: RequestTrace[] = [];
    before(async () => {
      world = await startMonitoredEdge();
      mayday = createMayday({
        endpoint: world.endpoint,
        service: "shop-api",
        environment: "staging",
        release: "3.1.0",
        originUrl: world.origin.url,
        originToken: "service-token",
        proxy: true,
        uncaught: false,
        userOf: (request) => request.headers["x-user"] as string | undefined,
        onRequest: (trace) => told.push(trace),
      });
      world.pump = () => mayday.flush();
      app = await start(mayday);
    });
    after(async () => {
      await app.close();
      await mayday.close();
      await world.close();
    });

    test("a request is traced to the origin and to the program's logger, without its query", async () => {
      const headers = { "x-request-id": "r-works", traceparent, "x-user": "u-7" };
      const answer = await ask(app.url, { target: "/works?token=hunter2", headers });
      assert.equal(answer.text, "fine");
      assert.equal(answer.headers["x-request-id"], "r-works");
      assert.equal(answer.headers["x-trace-id"], "4bf92f3577b34da6a3ce929d0e0e4736");
      const trace = await world.traceOf("r-works");
      const { timestamp, durationMs, ...rest } = trace;
      assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 60_000);
      assert.ok(durationMs >= 0);
      assert.deepEqual(rest, {
        requestId: "r-works",
        traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
        method: "GET",
        url: "/works",
        statusCode: 200,
        level: "info",
        userId: "u-7",
      });
      assert.deepEqual(
        told.find(({ requestId }) => requestId === "r-works"),
        trace,
      );
      assert.equal(world.origin.received[0]!.path, "/api/v1/requests");
      assert.equal(world.origin.received[0]!.headers.authorization, "Bearer service-token");
    });

    test("ids that are not usable are replaced", async () => {
      const bad = { "x-request-id": "no spaces, please", traceparent: traceparent.replace("00-", "ff-") };
      const { headers } = await ask(app.url, { target: "/works", headers: bad });
      assert.match(String(headers["x-request-id"]), /^[0-9a-f-]{36}$/);
      assert.match(String(headers["x-trace-id"]), /^[0-9a-f]{32}$/);
      assert.notEqual(headers["x-trace-id"], "4bf92f3577b34da6a3ce929d0e0e4736");
    });

    test("what a handler throws is one event at the edge, with the request's ids", async () => {
      const answer = await ask(app.url, { target: "/orders/7?card=1", headers: { "x-request-id": "r-throws" } });
      assert.equal(answer.status, 500);
      const trace = await world.traceOf("r-throws");
      assert.deepEqual([trace["statusCode"], trace["level"], trace["error"]], [500, "error", "TypeError"]);
      const [line] = await world.linesWhere("the event", ({ request_id }) => request_id === "r-throws");
      assert.equal(line!["message"], "TypeError: cart of [redacted:email] is undefined");
      assert.equal(line!["error"].type, "TypeError");
      assert.match(line!["error"].stack[0], /^at (Object\.)?broken .*node-frameworks\.test\.ts:\d+/);
      assert.deepEqual([line!["service"], line!["environment"], line!["release"]], ["shop-api", "staging", "3.1.0"]);
      assert.equal(line!["route"], "/orders/7");
      const { http } = line!;
      assert.deepEqual([http.method, http.route, http.status], ["GET", template, 500]);
      assert.equal(line!["trace_id"], trace["traceId"]);
      assert.equal(world.lines().filter(({ request_id }) => request_id === "r-throws").length, 1);
      assert.ok(!JSON.stringify([world.lines(), world.traces()]).match(/mallory|card=/));
    });

    test("an answer of 5xx that nothing was thrown for is reported, one of 4xx is not", async () => {
      await ask(app.url, { target: "/missing", headers: { "x-request-id": "r-missing" } });
      await ask(app.url, { target: "/busy", headers: { "x-request-id": "r-busy" } });
      const [line] = await world.linesWhere("the event", ({ request_id }) => request_id === "r-busy");
      assert.equal(line!["message"], "GET /busy answered 503");
      assert.equal(line!["error"].type, "HttpError");
      assert.equal((await world.traceOf("r-missing"))["level"], "warn");
      // It was handed over before the one that has arrived.
      assert.ok(!world.lines().some(({ request_id }) => request_id === "r-missing"));
    });

    test("what is captured on a request's way has that request's ids", async () => {
      await ask(app.url, { target: "/caught", headers: { "x-request-id": "r-caught" } });
      const [line] = await world.linesWhere("the event", ({ request_id }) => request_id === "r-caught");
      assert.equal(line!["message"], "RangeError: caught on the way");
      assert.equal(line!["component"], "captureException");
    });

    test("a client that leaves is traced as 499", async () => {
      const leaving = new AbortController();
      const gone = fetch(`${app.url}/never`, { headers: { "x-request-id": "r-left" }, signal: leaving.signal });
      setImmediate(() => setTimeout(() => leaving.abort(), 50));
      await assert.rejects(gone);
      const trace = await world.traceOf("r-left");
      assert.deepEqual([trace["statusCode"], trace["level"]], [499, "warn"]);
    });

    test("/v1/logs goes on to the edge before any body is parsed", async () => {
      const event = {
        timestamp: new Date().toISOString(),
        level: "error",
        service: "web",
        environment: "staging",
        release: "",
        message: `posted through ${name}`,
      };
      const headers = { "content-type": "application/json", "x-request-id": "r-proxied" };
      const body = JSON.stringify(event);
      const answer = await ask(app.url, { method: "POST", target: "/v1/logs", headers, body });
      assert.equal(answer.status, 200);
      assert.deepEqual(JSON.parse(answer.text), { accepted: 1, rejected: [], request_id: "r-proxied" });
      await world.linesWhere("the page's event", ({ message }) => message === event.message);
      assert.ok(!world.traces().some(({ requestId }) => requestId === "r-proxied"));
    });
  });
}
