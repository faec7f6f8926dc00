/** Many files as one stream, in the order of time, in little memory. */

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { readLine } from "./line.mjs";

/** Events are written in the order in which they came, and not in which they happened: this many are looked at for the next. */
const lookahead = 500;

/** A file's lines, up to the byte `end` where one is given. What can't be read ends it: a file that has just been rotated away. */
async function* linesOf(path, end) {
  if (end === 0) return;
  const isPacked = path.endsWith(".gz");
  const file = createReadStream(path, end === undefined || isPacked ? {} : { end: end - 1 });
  const bytes = isPacked ? file.pipe(createGunzip()) : file;
  file.on("error", (error) => bytes.destroy(error));
  try {
    for await (const text of createInterface({ input: bytes, crlfDelay: Infinity })) {
      const line = readLine(text);
      if (line) yield line;
    }
  } catch {
    // What was whole in it has been told.
  }
}

/** One chain's lines; nearly in order becomes in order. */
async function* ordered(chain, ends) {
  const waiting = [];
  const byTime = (a, b) => a.time - b.time;
  for (const path of chain) {
    for await (const line of linesOf(path, ends?.get(path))) {
      waiting.push(line);
      if (waiting.length < 2 * lookahead) continue;
      waiting.sort(byTime);
      yield* waiting.splice(0, lookahead);
    }
  }
  yield* waiting.sort(byTime);
}

/** `ends`: how much of a file is to be read, by path; of the others all. */
export async function* inTimeOrder(chains, ends) {
  const heads = [];
  const advance = async (lines) => {
    const { value, done } = await lines.next();
    if (!done) heads.push({ line: value, lines });
  };
  for (const chain of chains) await advance(ordered(chain, ends));
  while (heads.length > 0) {
    let first = 0;
    for (let i = 1; i < heads.length; i += 1) if (heads[i].line.time < heads[first].line.time) first = i;
    const [{ line, lines }] = heads.splice(first, 1);
    yield line;
    await advance(lines);
  }
}
