/** What is written from now on, to files that are there and to those that come, also while they are rotated. */

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { liveFilesIn } from "./folders.mjs";
import { readLine } from "./line.mjs";

const lookMs = 200;
const readBytesMax = 1024 * 1024;

/** A file that is held open: it stays readable when it is renamed, and tells when another stands in its place. */
class Followed {
  constructor(path, fromStart) {
    this.path = path;
    this.file = openSync(path, "r");
    const { ino, size } = fstatSync(this.file);
    this.inode = ino;
    this.offset = fromStart ? 0 : size;
    this.rest = Buffer.alloc(0);
  }

  /** The whole lines that have come; half a line waits for its end. */
  take() {
    const lines = [];
    const { size } = fstatSync(this.file);
    if (size < this.offset) this.offset = 0; // Truncated in its place, as logrotate's copytruncate does.
    while (this.offset < size) {
      const bytes = Buffer.alloc(Math.min(readBytesMax, size - this.offset));
      const read = readSync(this.file, bytes, 0, bytes.length, this.offset);
      if (read === 0) break;
      this.offset += read;
      this.rest = Buffer.concat([this.rest, bytes.subarray(0, read)]);
      const end = this.rest.lastIndexOf(10) + 1;
      lines.push(...this.rest.subarray(0, end).toString("utf8").split("\n"));
      this.rest = this.rest.subarray(end);
    }
    return lines.map(readLine).filter(Boolean);
  }

  isReplaced() {
    try {
      const now = openSync(this.path, "r");
      const { ino } = fstatSync(now);
      closeSync(now);
      return ino !== this.inode;
    } catch {
      return true;
    }
  }

  close() {
    closeSync(this.file);
  }
}

/** Begins at once; `ends` says where each file ended then. */
export function follow(folders, signal) {
  const followed = new Map();
  const look = (fromStart) => {
    for (const path of folders.flatMap(liveFilesIn)) {
      if (followed.has(path)) continue;
      try {
        followed.set(path, new Followed(path, fromStart));
      } catch {
        // Gone again.
      }
    }
  };
  look(false);
  const ends = new Map([...followed].map(([path, { offset }]) => [path, offset]));
  async function* lines() {
    while (!signal.aborted) {
      const come = [];
      for (const [path, file] of followed) {
        const isReplaced = file.isReplaced();
        come.push(...file.take());
        if (!isReplaced) continue;
        file.close();
        followed.delete(path);
      }
      look(true);
      yield* come.sort((a, b) => a.time - b.time);
      if (come.length === 0) await wait(lookMs, undefined, { signal }).catch(() => undefined);
    }
    for (const file of followed.values()) file.close();
  }
  return { ends, lines: lines() };
}
