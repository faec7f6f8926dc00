/** The edge behind the web's own `fetch(request)`, for runtimes that have it (WinterTC). */

import type { Edge, Incoming } from "./edge.ts";

export async function answerWeb(edge: Edge, request: Request, address: string): Promise<Response> {
  const url = new URL(request.url);
  const incoming: Incoming = {
    method: request.method,
    target: url.pathname + url.search,
    header: (name) => request.headers.get(name) ?? (name === "host" ? url.host : null),
    address,
    body: (bytesMax) => readStream(request.body, bytesMax),
  };
  const { status, headers, body } = await edge.answer(incoming);
  // A 204 with a body, even an empty one, is an error in the Fetch standard.
  return new Response(body === "" ? null : body, { status, headers });
}

/** The first `bytesMax` bytes, after which the stream is cancelled. */
export async function readStream(stream: ReadableStream<Uint8Array> | null, bytesMax: number): Promise<Uint8Array> {
  if (stream === null) return new Uint8Array();
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < bytesMax) {
    const { done, value } = await reader.read();
    if (done) return join(chunks, bytes);
    chunks.push(value.subarray(0, bytesMax - bytes));
    bytes += Math.min(value.length, bytesMax - bytes);
  }
  // Not awaited: a peer that goes on sending must not keep its answer waiting.
  reader.cancel().catch(() => {});
  return join(chunks, bytes);
}

/** One array of all chunks; no copy where there is only one. */
export function join(chunks: Uint8Array[], bytes: number): Uint8Array {
  if (chunks.length === 1 && chunks[0]) return chunks[0];
  const whole = new Uint8Array(bytes);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
