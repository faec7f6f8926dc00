/** CRC-32 as gzip has it (RFC 1952, section 8), eight bytes a step. `node:zlib` has one only from Node 20.15 on. */

const polynomial = 0xedb8_8320;

/** `tables[k][byte]` is what `byte` does to a sum with `k` bytes after it. */
const tables = makeTables();

/** Of `bytes`, behind what `before` is the sum of. */
export function crc32(bytes: Uint8Array, before = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables;
  let sum = ~before;
  let at = 0;
  for (; at + 8 <= bytes.length; at += 8) {
    sum ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    sum =
      t7[sum & 255]! ^
      t6[(sum >>> 8) & 255]! ^
      t5[(sum >>> 16) & 255]! ^
      t4[sum >>> 24]! ^
      t3[bytes[at + 4]!]! ^
      t2[bytes[at + 5]!]! ^
      t1[bytes[at + 6]!]! ^
      t0[bytes[at + 7]!]!;
  }
  for (; at < bytes.length; at += 1) sum = t0[(sum ^ bytes[at]!) & 255]! ^ (sum >>> 8);
  return ~sum >>> 0;
}

type Tables = [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array];

function makeTables(): Tables {
  const made = Array.from({ length: 8 }, () => new Int32Array(256)) as Tables;
  for (let byte = 0; byte < 256; byte += 1) {
    let sum = byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ polynomial : sum >>> 1;
    made[0][byte] = sum;
  }
  for (let after = 1; after < 8; after += 1) {
    for (let byte = 0; byte < 256; byte += 1) {
      const sum = made[after - 1]![byte]!;
      made[after]![byte] = made[0][sum & 255]! ^ (sum >>> 8);
    }
  }
  return made;
}
