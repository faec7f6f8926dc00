/** What `mayday/node` does with what it can't deliver at once, and with a process that ends. */

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test, type TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import { createMayday, type Mayday, type Problem, type ServerOptions } from "../../npm/src/node/index.ts";
import { startMonitoredEdge } from "../support/monitored-edge.ts";
import { inRoot } from "../support/paths.ts";
import { run } from "../support/process.ts";
import { startReceiver, type Receiver, type Reply } from "../support/receiver.ts";

/** A mayday whose edge answers `replies`, one after another, and then 200. */
async function startWith(
  context: TestContext,
  replies: Reply[],
  options: ServerOptions = {},
): Promise<{ mayday: Mayday; edge: Receiver; problems: Problem[] }> {
  const edge = await startReceiver(() => replies.shift() ?? { status: 200 });
  context.after(() => edge.close());
  const problems: Problem[] = [];
  const endpoint = `${edge.url}/v1/logs`;
  const onProblem = (problem: Problem): void => void problems.push(problem);
  const mayday = createMayday({ endpoint, uncaught: false, onProblem, ...options });
  context.after(() => mayday.close());
  return { mayday, edge, problems };
}

const messagesOf = (edge: Receiver, index: number): string[] =>
  JSON.parse(edge.received[index]!.body).events.map(({ message }: { message: string }) => message);

test("what was refused with 503 goes again, in order and under the same ids", async (context) => {
  const { mayday, edge, problems } = await startWith(context, [{ status: 503 }]);
  mayday.logEvent({ message: "first" });
  mayday.logEvent({ message: "second" });
  assert.equal(await mayday.flush(), false);
  assert.equal(await mayday.flush(), true);
  assert.deepEqual(messagesOf(edge, 1), ["first", "second"]);
  const [before, again] = edge.received.map(({ body }) => JSON.parse(body).events);
  assert.deepEqual(before, again);
  assert.deepEqual(problems, []);
});

test("what was refused for good is told, and is not in the way", async (context) => {
  const { mayday, edge, problems } = await startWith(context, [{ status: 400 }]);
  mayday.logEvent({ message: "not wanted" });
  assert.equal(await mayday.flush(), true);
  mayday.logEvent({ message: "wanted" });
  assert.equal(await mayday.flush(), true);
  assert.deepEqual(messagesOf(edge, 1), ["wanted"]);
  assert.deepEqual(problems, [{ what: "events_lost", count: 1, why: "refused_400" }]);
});

test("1,000 events wait; of more, the oldest go, and the edge is told how many", async (context) => {
  const { mayday, edge, problems } = await startWith(context, []);
  for (let index = 0; index < 1_003; index += 1) mayday.logEvent({ message: `event ${index}` });
  assert.equal(await mayday.flush(5_000), true);
  assert.equal(edge.received.length, 10);
  assert.deepEqual(messagesOf(edge, 0).slice(0, 1), ["event 3"]);
  assert.deepEqual(messagesOf(edge, 9).slice(-1), ["event 1002"]);
  const told = edge.received.map(({ body }) => JSON.parse(body).client.discarded?.queue_full);
  assert.deepEqual(told.slice(0, 2), [3, undefined]);
  assert.equal(
    problems.reduce((sum, { count }) => sum + count, 0),
    3,
  );
});

test("a body is signed over its bytes", async (context) => {
  const { mayday, edge } = await startWith(context, [], { hmacSecret: "s3cret" });
  mayday.logEvent({ message: "größer als ASCII" });
  await mayday.flush();
  const { headers, body } = edge.received[0]!;
  assert.equal(headers["x-log-signature"], createHmac("sha256", "s3cret").update(body).digest("hex"));
});

test("nothing that a caller hands over makes it throw", async (context) => {
  const { mayday, edge } = await startWith(context, []);
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  const hostile = new Proxy(new Error("hostile"), {
    get() {
      throw new Error("no");
    },
  });
  mayday.logEvent({ message: "a circle", payload: circle });
  mayday.captureException(hostile);
  mayday.captureException(undefined);
  mayday.captureException({ password: "hunter2" });
  mayday.captureException(Object.create(null));
  mayday.logEvent({ message: "a bigint", data: { duration_ms: 7n as unknown as number } });
  await mayday.flush();
  const messages = edge.received.flatMap((_, index) => messagesOf(edge, index));
  for (const message of ["a circle", "undefined", "Object with keys password", "a bigint"])
    assert.ok(messages.includes(message), message);
  assert.ok(!JSON.stringify(edge.received).includes("hunter2"));
});

test("one error is one event, however often it is passed on", async (context) => {
  const { mayday, edge } = await startWith(context, []);
  const error = new Error("once");
  mayday.captureException(error);
  mayday.captureException(error);
  await mayday.flush();
  assert.deepEqual(messagesOf(edge, 0), ["Error: once"]);
});

/** A program of its own, with `mayday` in it. */
function runProgram(endpoint: string, source: string): ReturnType<typeof run> {
  const entry = pathToFileURL(inRoot("npm/src/node/index.ts")).href;
  const program = `
    import { createMayday } from ${JSON.stringify(entry)};
    const mayday = createMayday({ endpoint: ${JSON.stringify(endpoint)}, service: "program", environment: "dev" });
    ${source}`;
  return run(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", program]);
}

const endings: Record<string, { source: string; code: number; messages: string[]; stderr: RegExp }> = {
  "an uncaught exception": {
    source: `mayday.logEvent({ message: "just before" }); setTimeout(() => { throw new TypeError("the end"); });`,
    code: 1,
    messages: ["TypeError: the end", "just before"],
    stderr: /TypeError: the end/,
  },
  "an unhandled rejection": {
    source: `void Promise.reject(new RangeError("nobody cares"));`,
    code: 1,
    messages: ["RangeError: nobody cares"],
    stderr: /RangeError: nobody cares/,
  },
  "nothing more to do": {
    source: `mayday.logEvent({ message: "all done" });`,
    code: 0,
    messages: ["all done"],
    stderr: /^$/,
  },
  "an exception that the program outlives": {
    source: `process.on("uncaughtException", () => setTimeout(() => mayday.logEvent({ message: "lived on" })));
      setTimeout(() => { throw new Error("survived"); });`,
    code: 0,
    messages: ["Error: survived", "lived on"],
    stderr: /^$/,
  },
};

for (const [what, { source, code, messages, stderr }] of Object.entries(endings)) {
  test(`a process that ends by ${what} has its last words heard, and ends as it would have`, async (context) => {
    const world = await startMonitoredEdge();
    context.after(() => world.close());
    const program = runProgram(world.endpoint, source);
    assert.equal((await program.ended).code, code);
    assert.match(program.stderr(), stderr);
    const lines = await world.linesWhere("its events", ({ service }) => service === "program", messages.length);
    assert.deepEqual(lines.map(({ message }) => message).sort(), messages);
  });
}
