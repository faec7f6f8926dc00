/**
 * `./mayday bench edge`: the edge module's whole `handle` against JSON.parse alone, against a JavaScript worker with the
 * same checks, and against the same core native; all on the same bytes, in one run, in turns.
 */

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { brotliCompressSync } from "node:zlib";
import { Instance } from "../../edge-worker/hosts/instance.ts";
import { inRoot } from "../support/paths.ts";
import { JsWorker } from "./js-worker.ts";
import { edgeModules } from "../support/edge-modules.ts";
import { refusalTimes } from "./refusals.ts";
import { measure, median } from "./rounds.ts";
import { sampleBodies } from "./sample-events.ts";

const now = 1_795_253_400_000;
const rounds = 15;
const roundMs = 60;
const nativeTurns = 5;
const address = "203.0.113.7";
const agent =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
/** A limiter that lets all of it through: its work is measured, its refusal is not. The module takes no larger one. */
const rate = 1_000_000;

interface Figure {
  what: string;
  value: number;
  bar: number;
  unit: string;
  /** Whether more is better. */
  atLeast: boolean;
}

const { values } = parseArgs({ options: { json: { type: "string" } } });
const wasm = readFileSync(inRoot("build/edge/hosts/edge.wasm"));
const module = new WebAssembly.Module(wasm);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

function contest(label: string, bodies: string[]): { times: Map<string, number>; native: number } {
  const bytes = bodies.map((body) => encoder.encode(body));
  const seed = "0123456789abcdef".repeat(4);
  const instance = new Instance(module, `:seed=${seed}\nLOG_RATE_BURST=${rate}\nLOG_RATE_PER_SECOND=${rate}\n`);
  const js = new JsWorker(rate, rate);
  const headers = new Map([
    ["content-type", "application/json"],
    ["user-agent", agent],
  ]);
  // Time goes on, as it does: the limiter's tokens are never used up.
  let clock = now;
  const contestants = [
    {
      name: "wasm",
      work: (index: number) => {
        const head = `POST /v1/logs\n:now: ${(clock += 1)}\n:ip: ${address}\n:room: 4194304\ncontent-type: application/json\nuser-agent: ${agent}\n\n`;
        expectAccepted(instance.handle(head, bytes[index]!).status, "the module");
      },
    },
    { name: "JSON.parse", work: (index: number) => void JSON.parse(bodies[index]!) },
    { name: "decode + JSON.parse", work: (index: number) => void JSON.parse(decoder.decode(bytes[index])) },
    {
      name: "JavaScript worker",
      work: (index: number) => {
        const request = { method: "POST", path: "/v1/logs", headers, address, now: (clock += 1), body: bytes[index]! };
        expectAccepted(js.handle(request).status, "the JavaScript worker");
      },
    },
  ];
  const native = [nativeMicroseconds(label, bodies)];
  const turns = Array.from({ length: nativeTurns }, () => {
    const times = measure(contestants, bodies.length, Math.ceil(rounds / nativeTurns), roundMs);
    native.push(nativeMicroseconds(label, bodies));
    return times;
  });
  const times = new Map(contestants.map(({ name }) => [name, median(turns.map((turn) => turn.get(name)!))]));
  return { times, native: median(native) };
}

function expectAccepted(status: number, who: string): void {
  if (status !== 200) throw new Error(`${who} answered ${status}: nothing would be measured`);
}

function nativeMicroseconds(label: string, bodies: string[]): number {
  const file = inRoot("build/bench", `edge-${label}.ndjson`);
  mkdirSync(inRoot("build/bench"), { recursive: true });
  writeFileSync(file, `${bodies.join("\n")}\n`);
  const output = execFileSync(inRoot("build/native/bin/mayday-edge-bench"), [file, "5"], { encoding: "utf8" });
  return (JSON.parse(output) as { ns_per_body: number }).ns_per_body / 1000;
}

/** Compiling is the platform's once; a new instance is what a request may have to wait for. */
function instantiateMs(): number {
  const times = Array.from({ length: 25 }, () => {
    const began = performance.now();
    new Instance(module, `:seed=${"0".repeat(64)}\n`);
    return performance.now() - began;
  });
  return median(times);
}

const batch = contest("batch", sampleBodies(50, 10));
const single = contest("single", sampleBodies(200, 1));
/** What has been seen before is no help here. */
const unseen = contest("unseen", sampleBodies(200, 10, true));
const ratio = (times: Map<string, number>, of: string): number => times.get(of)! / times.get("wasm")!;

const refusals = refusalTimes(edgeModules(), sampleBodies(50, 10), rounds, roundMs / 2);
/** Where a signature is asked for, an accepted request pays for it too. */
const dearest = Math.max(
  ...[...refusals]
    .filter(([name]) => !name.startsWith("accepted"))
    .map(([name, time]) => time / refusals.get(name.startsWith("signature") ? "accepted, signed" : "accepted")!),
);

const figures: Figure[] = [
  {
    what: "batch of 10: time over JSON.parse alone",
    value: 1 / ratio(batch.times, "JSON.parse"),
    bar: 1,
    unit: "x",
    atLeast: false,
  },
  {
    what: "the same, each event with a message of its own",
    value: 1 / ratio(unseen.times, "JSON.parse"),
    bar: 1,
    unit: "x",
    atLeast: false,
  },
  {
    what: "batch of 10: times as fast as the JavaScript worker",
    value: ratio(batch.times, "JavaScript worker"),
    bar: 8,
    unit: "x",
    atLeast: true,
  },
  {
    what: "one event: times as fast as the JavaScript worker",
    value: ratio(single.times, "JavaScript worker"),
    bar: 4,
    unit: "x",
    atLeast: true,
  },
  {
    what: "batch of 10: speed of the same core native",
    value: batch.native / batch.times.get("wasm")!,
    bar: 0.6,
    unit: "x",
    atLeast: true,
  },
  { what: "the dearest refusal over accepting the same body", value: dearest, bar: 1, unit: "x", atLeast: false },
  { what: "module, brotli", value: brotliCompressSync(wasm).length / 1024, bar: 40, unit: "KB", atLeast: false },
  { what: "module, instantiate and configure", value: instantiateMs(), bar: 1, unit: "ms", atLeast: false },
];

const isMet = ({ value, bar, atLeast }: Figure): boolean => (atLeast ? value >= bar : value <= bar);

for (const [label, { times, native }] of [
  ["a batch of 10 events", batch],
  ["one event", single],
  ["a batch of 10 events, each with a message of its own", unseen],
] as const) {
  console.log(`\n${label}, CPU microseconds a call (median)`);
  for (const [name, time] of [...times, ["native core", native] as const])
    console.log(`  ${name.padEnd(22)}${time.toFixed(1).padStart(9)}`);
}
console.log("\nthe same batch refused, CPU microseconds a call (median)");
for (const [name, time] of refusals) console.log(`  ${name.padEnd(26)}${time.toFixed(1).padStart(9)}`);
console.log("");
for (const figure of figures) {
  const bar = `${figure.atLeast ? ">=" : "<="} ${figure.bar} ${figure.unit}`;
  const value = `${figure.value.toFixed(2)} ${figure.unit}`;
  console.log(
    `${figure.what.padEnd(54)}${value.padStart(10)}   bar ${bar.padEnd(9)}  ${isMet(figure) ? "met" : "missed"}`,
  );
}

if (values.json) {
  const times = Object.fromEntries(
    Object.entries({ batch, single, unseen }).map(([label, one]) => [
      label,
      { ...Object.fromEntries(one.times), native: one.native },
    ]),
  );
  const result = {
    unit: "microseconds of CPU a call",
    times,
    figures: figures.map((one) => ({ ...one, met: isMet(one) })),
  };
  writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
}
