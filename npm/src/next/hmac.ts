/**
 * HMAC-SHA256 (RFC 2104), here and not in the module: only pages of NEXT_PUBLIC_LOG_INGEST_HMAC pay for it. Not by the browser's own,
 * which answers later, when a page that is left is gone.
 */

const wordsOf = (root: (n: number) => number, count: number): number[] => {
  const words: number[] = [];
  for (let n = 2; words.length < count; n++) {
    let isPrime = true;
    for (let d = 2; d * d <= n; d++) isPrime &&= n % d !== 0;
    // The first 32 bits of the fraction (FIPS 180-4, 4.2.2 and 5.3.3).
    if (isPrime) words.push((root(n) * 2 ** 32) | 0);
  }
  return words;
};

const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

function sha256(bytes: Uint8Array): Uint8Array {
  const state = wordsOf((n) => Math.sqrt(n) % 1, 8);
  const constants = wordsOf((n) => Math.cbrt(n) % 1, 64);
  const padded = new Uint8Array((((bytes.length + 8) >> 6) + 1) << 6);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, bytes.length / 2 ** 29);
  view.setUint32(padded.length - 4, bytes.length << 3);
  const w = new Int32Array(64);
  for (let at = 0; at < padded.length; at += 64) {
    for (let i = 0; i < 64; i++) {
      const [a, b] = [w[i - 15]!, w[i - 2]!];
      const small = (rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3)) + (rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10));
      w[i] = i < 16 ? view.getInt32(at + i * 4) : w[i - 16]! + w[i - 7]! + small;
    }
    let [a, b, c, d, e, f, g, h] = state as [number, number, number, number, number, number, number, number];
    for (let i = 0; i < 64; i++) {
      const first = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + constants[i]! + w[i]!;
      const second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] = (state[i]! + word) | 0));
  }
  const digest = new DataView(new ArrayBuffer(32));
  state.forEach((word, i) => digest.setInt32(i * 4, word));
  return new Uint8Array(digest.buffer);
}

/** 64 lower-case hex digits. */
export function hmacSha256(secret: string, body: string): string {
  const encoder = new TextEncoder();
  const given = encoder.encode(secret);
  const key = new Uint8Array(64);
  key.set(given.length > 64 ? sha256(given) : given);
  const hashed = (mask: number, bytes: Uint8Array): Uint8Array => {
    const all = new Uint8Array(64 + bytes.length);
    all.set(key.map((byte) => byte ^ mask));
    all.set(bytes, 64);
    return sha256(all);
  };
  const digest = hashed(0x5c, hashed(0x36, encoder.encode(body)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
