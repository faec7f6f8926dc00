/** The edge behind the web's own `fetch(request)`, for runtimes that have it (WinterTC). */

import type { Edge, Incoming } from "./edge.ts";

/** What a platform tells about the peer. */
export interface Peer {
  /** Empty where it is not known. */
  address: string;
  country?: string;
  colo?: string;
  isLimited?: boolean;
}

export async function answerWeb(edge: Edge, request: Request, peer: Peer): Promise<Response> {
  const url = new URL(request.url);
  const incoming: Incoming = {
    method: request.method,
    target: url.pathname + url.search,
    header: (name) => request.headers.get(name) ?? (name === "host" ? url.host : null),
    ...peer,
    body: (bytesMax) => readStream(request.body, bytesMax, bodyMsMax),
  };
  const answer = await edge.answer(incoming).catch((error: unknown) => {
    if (!(error instanceof BodyError)) throw error;
    return { status: error.status, headers: [], body: "" };
  });
  const { status, headers, body } = answer;
  // A 204 with a body, even an empty one, is an error in the Fetch standard.
  return new Response(body === "" ? null : body, { status, headers });
}

/** A body that trickles in for longer is a slow attack. A phone on a bad network needs a while for 256 KiB. */
const bodyMsMax = 30_000;

/** A body that did not come whole: too slow (408), or broken off, where nobody is left to read the status. */
class BodyError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the body did not come whole: ${status}`);
    this.status = status;
  }
}

/** The first `bytesMax` bytes, after which the stream is cancelled. Throws `BodyError`. */
export async function readStream(
  stream: ReadableStream<Uint8Array> | null,
  bytesMax: number,
  msMax: number,
): Promise<Uint8Array> {
  if (stream === null) return new Uint8Array();
  const reader = stream.getReader();
  // Not awaited: a peer that goes on sending must not keep its answer waiting.
  const leave = (): void => void reader.cancel().catch(() => {});
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    leave();
  }, msMax);
  try {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    while (bytes < bytesMax) {
      const { done, value } = await reader.read();
      // Cancelling ends the read that waits.
      if (isLate) throw new BodyError(408);
      if (done) return join(chunks, bytes);
      chunks.push(value.subarray(0, bytesMax - bytes));
      bytes += Math.min(value.length, bytesMax - bytes);
    }
    leave();
    return join(chunks, bytes);
  } catch (error) {
    throw error instanceof BodyError ? error : new BodyError(400);
  } finally {
    clearTimeout(timer);
  }
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

/** A socket for both families tells an IPv4 peer as an IPv6 address. */
export const plainAddress = (address: string | undefined): string => address?.replace(/^::ffff:(?=\d+\.)/, "") ?? "";
