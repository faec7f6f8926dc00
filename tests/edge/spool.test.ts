/** The waiting room on a disk: what it gives back after it was closed, killed, cut short or damaged. */

import assert from "node:assert/strict";
import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { afterEach, test } from "node:test";
import { gzipSync } from "node:zlib";
import { disk } from "../../edge-worker/hosts/disk.ts";
import { createHost } from "../../edge-worker/hosts/host.ts";
import { ConfigurationError } from "../../edge-worker/hosts/instance.ts";
import { crc32 } from "../../edge-worker/hosts/spool/crc32.ts";
import { DiskRoom } from "../../edge-worker/hosts/spool/disk-room.ts";
import { edgeModules } from "../support/edge-modules.ts";
import { makeFolder, removeFolders } from "../support/folders.ts";
import { until } from "../support/poll.ts";

const mebibyte = 1024 * 1024;
const rooms: DiskRoom[] = [];
const logs: { message: string; facts: Record<string, unknown> }[] = [];

afterEach(() => {
  for (const room of rooms.splice(0)) room.close();
  logs.length = 0;
  removeFolders();
});

function open(folder: string, bytesMax = 16 * mebibyte): DiskRoom {
  const room = new DiskRoom(folder, bytesMax, (message, facts) => logs.push({ message, facts }));
  rooms.push(room);
  return room;
}

/** As a kill leaves it: the files as they are, the lock of a process that is no more. */
function killed(folder: string): string {
  const copy = makeFolder();
  cpSync(folder, copy, { recursive: true });
  writeFileSync(path.join(copy, "lock"), JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), token: "t" }));
  return copy;
}

const line = (id: number | string, padding = 0): string => `{"event_id":"${id}","message":"${"m".repeat(padding)}"}\n`;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function keep(room: DiskRoom, ...lines: string[]): boolean {
  return room.keep(bytesOf(lines.join("")), lines.length, 1_000);
}

/** Takes everything out, `bytesMax` at a time. */
function takeAll(room: DiskRoom, bytesMax = 64 * 1024): string {
  let text = "";
  for (let batch = room.first(bytesMax); batch; batch = room.first(bytesMax)) {
    text += new TextDecoder().decode(batch.body);
    room.remove(batch);
  }
  return text;
}

const segmentsIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith(".spool"));

test("lines come back as they were kept, oldest first", () => {
  const room = open(makeFolder());
  keep(room, line(1), line(2));
  keep(room, line(3));
  assert.equal(room.events, 3);
  assert.equal(room.oldestAt, 1_000);
  assert.equal(takeAll(room), line(1) + line(2) + line(3));
  assert.equal(room.events, 0);
  assert.equal(room.bytes, 0);
  assert.equal(room.oldestAt, undefined);
});

test("what is not removed is answered again", () => {
  const room = open(makeFolder());
  keep(room, line(1));
  assert.deepEqual(room.first(1024)?.body, room.first(1024)?.body);
  assert.equal(room.events, 1);
});

test("a batch holds whole lines up to its bound, and at least one", () => {
  const room = open(makeFolder());
  keep(room, line(1), line(2), line(3));
  keep(room, line(4));
  const two = line(1).length * 2;
  assert.equal(new TextDecoder().decode(room.first(two + 1)?.body), line(1) + line(2));
  const one = room.first(0)!;
  assert.deepEqual([new TextDecoder().decode(one.body), one.events], [line(1), 1]);
  room.remove(one);
  assert.equal(takeAll(room, 1), line(2) + line(3) + line(4));
});

test("a kill loses nothing, and what was taken is not sent again", () => {
  const folder = makeFolder();
  const room = open(folder);
  for (let id = 0; id < 10; id += 1) keep(room, line(id));
  for (let id = 0; id < 4; id += 1) room.remove(room.first(1)!);
  const after = open(killed(folder));
  assert.equal(after.replayed, 6);
  assert.equal(after.events, 6);
  assert.equal(takeAll(after), [4, 5, 6, 7, 8, 9].map((id) => line(id)).join(""));
});

test("a kill in the middle of a record's lines sends only the rest again", () => {
  const folder = makeFolder();
  const room = open(folder);
  keep(room, line(1), line(2), line(3));
  keep(room, line(4));
  room.remove(room.first(1)!);
  const after = open(killed(folder));
  assert.equal(after.replayed, 3);
  assert.equal(after.bytes, line(2).length * 3);
  assert.equal(takeAll(after), line(2) + line(3) + line(4));
  assert.equal(after.lost, 0);
});

test("a write that was cut anywhere is cut off, and nothing before it is lost", () => {
  const folder = makeFolder();
  const room = open(folder);
  keep(room, line("whole"));
  const [name] = segmentsIn(folder);
  const whole = statSync(path.join(folder, name!)).size;
  keep(room, line("torn"));
  const end = statSync(path.join(folder, name!)).size;
  for (let size = whole; size < end; size += 1) {
    const copy = killed(folder);
    truncateSync(path.join(copy, name!), size);
    const after = open(copy);
    assert.equal(after.events, 1, `cut at ${size} of ${end}`);
    assert.equal(statSync(path.join(copy, name!)).size, whole);
    assert.ok(keep(after, line("next")));
    assert.equal(takeAll(after), line("whole") + line("next"));
  }
  const cuts = logs.filter(({ message }) => message.includes("unfinished write"));
  assert.equal(cuts.length, end - whole - 1, "each cut is told, but the one that left nothing");
});

test("any damaged byte costs its record, is told, and costs no other", () => {
  const folder = makeFolder();
  const room = open(folder);
  keep(room, line("a"));
  const [name] = segmentsIn(folder);
  const start = statSync(path.join(folder, name!)).size;
  keep(room, line("b"));
  const end = statSync(path.join(folder, name!)).size;
  keep(room, line("c"));
  for (let at = start; at < end; at += 1) {
    const copy = killed(folder);
    const bytes = readFileSync(path.join(copy, name!));
    bytes[at]! ^= 0x55;
    writeFileSync(path.join(copy, name!), bytes);
    logs.length = 0;
    const after = open(copy);
    assert.equal(takeAll(after), line("a") + line("c"), `damaged at ${at}`);
    assert.ok(logs.some(({ message, facts }) => message.includes("damaged") && facts["damagedBytes"] === end - start));
  }
});

test("a record is found again wherever the damage before it ends", () => {
  // Damage is searched through in windows of 64 KiB from its second byte on; a header may begin at the edge of one.
  for (let gap = 65_533; gap <= 65_539; gap += 1) {
    const folder = makeFolder();
    const room = open(folder);
    keep(room, `${"x".repeat(gap - 24 - 1)}\n`);
    keep(room, line("next"));
    const copy = killed(folder);
    const file = path.join(copy, segmentsIn(copy)[0]!);
    const bytes = readFileSync(file);
    bytes[100]! ^= 0x55;
    writeFileSync(file, bytes);
    assert.equal(takeAll(open(copy)), line("next"), `after ${gap} bytes`);
  }
});

test("what an earlier process wrote is only read", () => {
  const folder = makeFolder();
  const room = open(folder);
  keep(room, line(1));
  const copy = killed(folder);
  const [old] = segmentsIn(copy);
  const before = readFileSync(path.join(copy, old!));
  const after = open(copy);
  keep(after, line(2));
  assert.deepEqual(readFileSync(path.join(copy, old!)), before);
  assert.equal(segmentsIn(copy).length, 2);
  assert.equal(takeAll(open(killed(copy))), line(1) + line(2));
});

test("numbers go on where the position is, though no segment is left", () => {
  const folder = makeFolder();
  const room = open(folder);
  for (let id = 0; id < 10; id += 1) keep(room, line(id, 100_000));
  takeAll(room);
  assert.deepEqual(segmentsIn(folder), []);
  const copy = killed(folder);
  keep(open(copy), line("next"));
  assert.equal(takeAll(open(killed(copy))), line("next"), "a number below the position would count as taken");
});

test("whatever is done to it in whatever order, nothing is lost, and nothing comes before its turn", () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    const random = randomOf(seed);
    const bytesMax = 1.5 * mebibyte;
    let folder = makeFolder();
    let room = open(folder, bytesMax);
    const waiting: string[] = [];
    for (let step = 0, id = 0; step < 300; step += 1) {
      const choice = random(10);
      if (choice < 6) {
        const lines = Array.from({ length: 1 + random(4) }, () =>
          line((id += 1), random(20) === 0 ? random(90_000) : random(900)),
        );
        if (keep(room, ...lines)) waiting.push(...lines);
      } else if (choice < 9) {
        const batch = room.first(random(3) === 0 ? 0 : random(200_000));
        if (batch && random(4) > 0) {
          room.remove(batch);
          assert.equal(new TextDecoder().decode(batch.body), waiting.splice(0, batch.events).join(""), `seed ${seed}`);
        }
      } else {
        folder = killed(folder);
        if (random(2) === 0) tear(folder, random(60));
        room = open(folder, bytesMax);
        assert.equal(room.replayed, waiting.length, `seed ${seed}, step ${step}`);
      }
      assert.equal(room.events, waiting.length, `seed ${seed}, step ${step}`);
      assert.equal(room.bytes, waiting.join("").length, `seed ${seed}, step ${step}`);
    }
    assert.equal(takeAll(room), waiting.join(""), `seed ${seed}`);
    assert.equal(room.lost, 0);
  }
});

/** Leaves the beginning of another record behind the last one, as a kill in the middle of a write would. */
function tear(folder: string, bytes: number): void {
  const last = segmentsIn(folder).sort().at(-1);
  if (last === undefined) return;
  const other = makeFolder();
  keep(open(other), line("torn", 60));
  appendFileSync(path.join(folder, last), readFileSync(path.join(other, segmentsIn(other)[0]!)).subarray(0, bytes));
}

/** Whole numbers below a bound, the same for the same seed (mulberry32). */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

test("damage that comes while the room is open is counted as lost", () => {
  const folder = makeFolder();
  const room = open(folder);
  keep(room, line("a"));
  const [name] = segmentsIn(folder);
  const start = statSync(path.join(folder, name!)).size;
  keep(room, line("b"), line("b2"));
  keep(room, line("c"));
  const bytes = readFileSync(path.join(folder, name!));
  bytes[start + 30]! ^= 0x55;
  writeFileSync(path.join(folder, name!), bytes);
  assert.equal(takeAll(room), line("a") + line("c"));
  assert.equal(room.lost, 2);
  assert.equal(room.events, 0);
});

test("files full of something else are passed over", () => {
  const folder = makeFolder();
  const room = open(folder);
  keep(room, line(1));
  const copy = killed(folder);
  writeFileSync(path.join(copy, "0000000000.spool"), "");
  writeFileSync(path.join(copy, "0000000009.spool"), Buffer.alloc(200_000, "MDY1"));
  writeFileSync(path.join(copy, "position"), "nonsense that is longer than a position");
  writeFileSync(path.join(copy, "notes.txt"), "not ours");
  const after = open(copy);
  assert.equal(takeAll(after), line(1));
  assert.ok(existsSync(path.join(copy, "notes.txt")));
});

test("a position past the end of what is there loses nothing that comes later", () => {
  const folder = makeFolder();
  const room = open(folder);
  keep(room, line(1));
  room.remove(room.first(1)!);
  const copy = killed(folder);
  truncateSync(path.join(copy, segmentsIn(copy)[0]!), 0);
  const after = open(copy);
  assert.equal(after.events, 0);
  keep(after, line(2));
  const again = open(killed(copy));
  assert.equal(takeAll(again), line(2));
});

test("there is room up to the bound and not beyond, and again when events were taken", () => {
  const room = open(makeFolder(), mebibyte);
  const big = line("big", 100_000);
  let kept = 0;
  while (keep(room, big)) kept += 1;
  assert.ok(kept >= 9 && kept <= 10, `${kept} were kept`);
  assert.ok(room.roomBytes() < big.length);
  const batch = room.first(mebibyte)!;
  assert.equal(batch.events, kept);
  room.remove(batch);
  assert.ok(keep(room, big));
});

test("segments go when what is in them was taken", () => {
  const folder = makeFolder();
  const room = open(folder, 64 * mebibyte);
  for (let id = 0; id < 100; id += 1) keep(room, line(id, 100_000));
  assert.ok(segmentsIn(folder).length >= 3);
  const all = takeAll(room, 256 * 1024);
  assert.deepEqual(
    [...all.matchAll(/"event_id":"(\d+)"/g)].map(([, id]) => Number(id)),
    [...Array(100).keys()],
  );
  assert.deepEqual(segmentsIn(folder), []);
});

test("a room that is closed empty leaves no segment, and takes nothing more", () => {
  const folder = makeFolder();
  const room = open(folder);
  keep(room, line(1));
  takeAll(room);
  room.close();
  assert.deepEqual(segmentsIn(folder), []);
  assert.ok(!existsSync(path.join(folder, "lock")));
  assert.equal(keep(room, line(2)), false);
});

test("a folder has one process: the second is told whose it is", () => {
  const folder = makeFolder();
  open(folder);
  assert.throws(
    () => open(folder),
    (error: Error) => error instanceof ConfigurationError && error.message.includes(`"pid":${process.pid}`),
  );
});

test("a lock that nobody touches is nobody's, whatever it says", () => {
  const folder = makeFolder();
  writeFileSync(path.join(folder, "lock"), JSON.stringify({ pid: 1, host: "elsewhere", token: "t" }));
  assert.ok(keep(open(folder), line(1)));
});

test("the checksum is gzip's", () => {
  assert.equal(crc32(bytesOf("123456789")), 0xcbf4_3926);
  for (let length = 0; length < 40; length += 1) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 151 + length) & 255);
    // A gzip member ends with its checksum and its length.
    const wanted = gzipSync(bytes).readUInt32LE(gzipSync(bytes).length - 8);
    assert.equal(crc32(bytes), wanted);
    assert.equal(crc32(bytes.subarray(length >> 1), crc32(bytes.subarray(0, length >> 1))), wanted);
  }
});

test("a bound that is no number of bytes, or too small for a few requests, is one clear line", () => {
  for (const bytes of ["256M", "-1", "1048575", "1e9", "9".repeat(16)]) {
    const environment = { MAYDAY_SPOOL_DIR: makeFolder(), MAYDAY_SPOOL_BYTES: bytes };
    assert.throws(() => disk.openRoom("origin", environment, () => {}), /^Error: MAYDAY_SPOOL_BYTES must be/);
  }
});

test("a start that fails leaves no lock", () => {
  const folder = makeFolder();
  const environment = { MAYDAY_SPOOL_DIR: folder, LOG_LEVEL: "loud" };
  assert.throws(() => createHost(edgeModules(), environment, { writeLines: () => {}, disk }), ConfigurationError);
  assert.deepEqual(readdirSync(path.join(folder, "origin")), ["position"]);
});

test("a folder that can't be made is one clear line", () => {
  const file = path.join(makeFolder(), "a-file");
  appendFileSync(file, "");
  assert.throws(
    () => open(path.join(file, "spool")),
    (error: Error) => error instanceof ConfigurationError && /^MAYDAY_SPOOL_DIR: .*ENOTDIR/.test(error.message),
  );
});

test("a room whose folder another process has taken gives up at once", async () => {
  const folder = makeFolder();
  const room = open(folder);
  keep(room, line(1));
  writeFileSync(path.join(folder, "lock"), "another's");
  await until("it has noticed", () => room.roomBytes() === 0);
  assert.equal(keep(room, line(2)), false);
  assert.equal(room.first(1), undefined);
  room.close();
  assert.equal(readFileSync(path.join(folder, "lock"), "utf8"), "another's");
});
