/** What LangGraph.js does, as events: `graph.invoke(input, { callbacks: [langGraphHandler(mayday)] })`. Importing this does nothing. */

import type { ErrorContext, ServerEvent } from "../node/event.ts";
import { summaryOf } from "./summary.ts";

/** What `createMayday` of `mayday/node` gives. */
export interface EventSink {
  logEvent(event: ServerEvent): void;
  captureException(error: unknown, context?: ErrorContext): void;
}

export interface LangGraphOptions {
  /** Default: the name that the graph was compiled with, `LangGraph` if with none. */
  graph_id?: string;
  /** Of the job that the run belongs to. */
  job_id?: string;
  customer_id?: string;
  trace_id?: string;
}

/** A callback handler as LangChain takes it. A plain object: nothing of LangChain is loaded here. */
export interface LangGraphHandler {
  name: string;
  handleChainStart(
    chain: unknown,
    inputs: unknown,
    runId: string,
    parentRunId?: string,
    tags?: string[],
    metadata?: Record<string, unknown>,
    runType?: string,
    runName?: string,
  ): void;
  handleChainEnd(outputs: unknown, runId: string): void;
  handleChainError(error: unknown, runId: string): void;
}

interface Run {
  /** The run of the whole graph. Its id is the `run_id` of all that happens in it. */
  root: string;
  graph: string;
  /** Missing for the graph itself. */
  node?: string | undefined;
  /** Neither the graph nor one of its nodes: a chain within a node. */
  isInner: boolean;
  started: number;
}

/** Runs that never end must not fill the memory; the oldest is forgotten. */
const runsMax = 10_000;

/**
 * Logs start, end and error of each graph and each of its nodes, subgraphs' too, under `service: "langgraph"`. Inputs and outputs
 * are told by their shape (`{ question: "string(31)", messages: "array(4)" }`), never by what is in them.
 */
export function langGraphHandler(mayday: EventSink, options: LangGraphOptions = {}): LangGraphHandler {
  const runs = new Map<string, Run>();
  const given = { job_id: options.job_id, customer_id: options.customer_id, trace_id: options.trace_id };

  const idsOf = (run: Run): ErrorContext => ({
    service: "langgraph",
    component: "langgraph",
    ...given,
    run_id: run.root,
    graph_id: run.graph,
    node: run.node,
  });
  const take = (runId: string): Run | undefined => {
    const run = runs.get(runId);
    runs.delete(runId);
    return run?.isInner ? undefined : run;
  };
  const end = (run: Run, how: string, payload?: Record<string, unknown>): void =>
    mayday.logEvent({
      ...idsOf(run),
      message: `${nameOf(run)} ${how}`,
      status: "end",
      duration_ms: msSince(run.started),
      payload,
    });

  return {
    name: "mayday",
    handleChainStart(_, inputs, runId, parentRunId, tags = [], metadata = {}, _type, runName) {
      const parent = parentRunId === undefined ? undefined : runs.get(parentRunId);
      const node = nodeName(tags, metadata, runName);
      const run: Run = {
        root: parent?.root ?? runId,
        graph: parent?.graph ?? options.graph_id ?? runName ?? "LangGraph",
        node,
        isInner: parent !== undefined && node === undefined,
        started: performance.now(),
      };
      if (runs.size >= runsMax) runs.delete(runs.keys().next().value!);
      runs.set(runId, run);
      if (run.isInner) return;
      const payload = { input: summaryOf(inputs) };
      mayday.logEvent({ ...idsOf(run), message: `${nameOf(run)} started`, status: "start", payload });
    },
    handleChainEnd(outputs, runId) {
      const run = take(runId);
      if (run) end(run, "ended", { output: summaryOf(outputs) });
    },
    handleChainError(error, runId) {
      const run = take(runId);
      if (!run) return;
      // An interrupt waits for a person, and a command goes to the parent graph: LangGraph throws both, and neither has failed.
      if ((error as { is_bubble_up?: boolean } | null)?.is_bubble_up) return end(run, "was interrupted");
      // The graph ends in its node's error: that is one event, the node's.
      mayday.captureException(error, { ...idsOf(run), status: "error", duration_ms: msSince(run.started) });
    },
  };
}

/** Only a node's own run has both; what runs in it inherits the metadata alone. What LangGraph hides has no node of the user's. */
function nodeName(tags: string[], metadata: Record<string, unknown>, runName?: string): string | undefined {
  const isStep = tags.some((tag) => tag.startsWith("graph:step:")) && !tags.includes("langsmith:hidden");
  return isStep && runName !== undefined && metadata["langgraph_node"] === runName ? runName : undefined;
}

function nameOf({ node, graph }: Run): string {
  return node === undefined ? `Graph ${graph}` : `Node ${node}`;
}

function msSince(started: number): number {
  return Math.round((performance.now() - started) * 10) / 10;
}
