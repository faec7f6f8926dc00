/** Requests as they are written, which `fetch` does not allow: any method, any header, any target. */

import { request, type IncomingHttpHeaders } from "node:http";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface Ask {
  method?: string;
  target?: string;
  headers?: Record<string, string>;
  body?: Uint8Array | string;
  /** Of which of this machine's addresses the request comes. */
  localAddress?: string | undefined;
}

export function ask(
  base: string,
  { method = "GET", target = "/", headers = {}, body, localAddress }: Ask,
): Promise<Answer> {
  const { hostname, port } = new URL(base);
  const bytes = body === undefined ? undefined : Buffer.from(body as string);
  const length = bytes === undefined ? {} : { "content-length": String(bytes.length) };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { hostname, port, method, path: target, headers: { ...length, ...headers }, agent: false, localAddress },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.once("error", reject);
        incoming.once("end", () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text: Buffer.concat(chunks).toString("utf8"),
          }),
        );
      },
    );
    outgoing.once("error", reject);
    outgoing.end(bytes);
  });
}
