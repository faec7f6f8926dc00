/** The real LangGraph.js, telling a real edge what it does. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Annotation, END, interrupt, MemorySaver, START, StateGraph } from "@langchain/langgraph";
import { langGraphHandler } from "../../npm/src/langgraph/index.ts";
import { createMayday, type Mayday } from "../../npm/src/node/index.ts";
import { startMonitoredEdge, type Line, type MonitoredEdge } from "../support/monitored-edge.ts";

let world: MonitoredEdge;
let mayday: Mayday;

before(async () => {
  world = await startMonitoredEdge();
  mayday = createMayday({ endpoint: world.endpoint, environment: "dev", uncaught: false });
  world.pump = () => mayday.flush();
});
after(async () => {
  await mayday.close();
  await world.close();
});

const State = Annotation.Root({ question: Annotation<string>(), steps: Annotation<number>() });
type Update = Partial<typeof State.State>;
const step = async ({ steps }: typeof State.State): Promise<Update> => ({ steps: steps + 1 });
const input = { question: "call me at bob@example.com", steps: 0 };

/** What a graph of this job has told, once its own end has come. */
async function told(job_id: string, endings = 1): Promise<Line[]> {
  const isEnd = (line: Line): boolean =>
    line["job_id"] === job_id && (line["level"] === "error" || (line["status"] === "end" && !line["node"]));
  await world.linesWhere(`the end of ${job_id}`, isEnd, endings);
  return world.lines().filter((line) => line["job_id"] === job_id);
}

const outline = (lines: Line[]): unknown[] => lines.map(({ node, status }) => [node ?? "", status]);

test("start and end of a graph and of each node, a subgraph's too, share the run's id", async () => {
  const inner = new StateGraph(State).addNode("inner", step).addEdge(START, "inner").addEdge("inner", END);
  const graph = new StateGraph(State)
    .addNode("plan", step)
    .addNode("work", inner.compile({ name: "worker" }))
    .addEdge(START, "plan")
    .addEdge("plan", "work")
    .addEdge("work", END)
    .compile({ name: "orders" });
  const callbacks = [langGraphHandler(mayday, { job_id: "graph-1", customer_id: "customer-3" })];
  assert.equal((await graph.invoke(input, { callbacks })).steps, 2);
  const lines = await told("graph-1");
  assert.deepEqual(outline(lines), [
    ["", "start"],
    ["plan", "start"],
    ["plan", "end"],
    ["work", "start"],
    ["inner", "start"],
    ["inner", "end"],
    ["work", "end"],
    ["", "end"],
  ]);
  assert.equal(new Set(lines.map(({ run_id }) => run_id)).size, 1);
  for (const line of lines) {
    const { service, graph_id, customer_id, level } = line;
    assert.deepEqual([service, graph_id, customer_id, level], ["langgraph", "orders", "customer-3", "info"]);
    if (line["status"] === "end") assert.ok(line["duration_ms"] >= 0);
  }
  assert.deepEqual(lines[0]!["payload"], { input: { question: "string(26)", steps: "number" } });
  assert.deepEqual(lines[2]!["payload"], { output: { steps: "number" } });
  assert.ok(!JSON.stringify(world.lines()).includes("bob"));
});

test("a node that throws is one error event, and the graph throws as it would have", async () => {
  const failure = new RangeError("no price for bob@example.com");
  const graph = new StateGraph(State)
    .addNode("price", () => Promise.reject<Update>(failure))
    .addEdge(START, "price")
    .addEdge("price", END)
    .compile();
  const callbacks = [langGraphHandler(mayday, { job_id: "graph-2", graph_id: "pricing" })];
  await assert.rejects(graph.invoke(input, { callbacks }), failure);
  const lines = await told("graph-2");
  assert.deepEqual(outline(lines), [
    ["", "start"],
    ["price", "start"],
    ["price", "error"],
  ]);
  const { graph_id, level, message, error, run_id } = lines[2]!;
  assert.deepEqual([graph_id, level, run_id], ["pricing", "error", lines[0]!["run_id"]]);
  assert.equal(message, "RangeError: no price for [redacted:email]");
  assert.equal(error.type, "RangeError");
});

test("an interrupt that waits for a person is no error", async () => {
  const graph = new StateGraph(State)
    .addNode("ask", () => ({ question: interrupt("Sure?") as string }))
    .addEdge(START, "ask")
    .addEdge("ask", END)
    .compile({ checkpointer: new MemorySaver() });
  const callbacks = [langGraphHandler(mayday, { job_id: "graph-3" })];
  await graph.invoke(input, { callbacks, configurable: { thread_id: "thread-1" } });
  const lines = await told("graph-3");
  assert.deepEqual(outline(lines).slice(0, 3), [
    ["", "start"],
    ["ask", "start"],
    ["ask", "end"],
  ]);
  assert.equal(lines[2]!["message"], "Node ask was interrupted");
  assert.ok(lines.every(({ level }) => level === "info"));
});

test("runs side by side are kept apart", async () => {
  const graph = new StateGraph(State).addNode("plan", step).addEdge(START, "plan").addEdge("plan", END).compile();
  const callbacks = [langGraphHandler(mayday, { job_id: "graph-4" })];
  await Promise.all([1, 2, 3].map(() => graph.invoke(input, { callbacks })));
  const lines = await told("graph-4", 3);
  assert.equal(lines.length, 12);
  const ids = [...new Set(lines.map(({ run_id }) => run_id))];
  assert.deepEqual(
    ids.map((id) => lines.filter(({ run_id }) => run_id === id).length),
    [4, 4, 4],
  );
});
