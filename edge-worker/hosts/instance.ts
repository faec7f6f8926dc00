/** The edge module (`reactor.h`) as an object: text and bytes in, a reply out. Knows memory layout, decides nothing. */

export interface Reply {
  status: number;
  headers: [name: string, value: string][];
  body: string;
  /** NDJSON to forward, and how many lines that is. In the module's own memory: void with the next call. */
  lines: Uint8Array;
  events: number;
}

interface Exports {
  memory: WebAssembly.Memory;
  _initialize?: () => void;
  reserve(bytes: number): number;
  configure(bytes: number): number;
  handle(bytes: number): number;
  refuse(): number;
  body_bytes_read_max(): number;
}

/** What is wrong with a configuration, in one line for a person. */
export class ConfigurationError extends Error {}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const nothing = new Uint8Array();

export class Instance {
  /** Where a host stops reading a body: one byte past the largest that is accepted. */
  readonly bodyBytesReadMax: number;
  readonly #exports: Exports;
  #view = nothing;
  #words = new DataView(nothing.buffer);

  /** Throws `ConfigurationError` where the module refuses its configuration. */
  constructor(module: WebAssembly.Module, configuration: string) {
    this.#exports = new WebAssembly.Instance(module, {}).exports as unknown as Exports;
    this.#exports._initialize?.();
    this.bodyBytesReadMax = this.#exports.body_bytes_read_max();
    const reply = this.#reply(this.#exports.configure(this.#write(configuration)));
    if (reply.status !== 200) throw new ConfigurationError(reply.body.trim());
  }

  /** Answers one request. Throws where the module traps; the instance is then of no more use. */
  handle(head: string, body: Uint8Array): Reply {
    return this.#reply(this.#exports.handle(this.#write(head, body)));
  }

  /** Instead of the last reply, whose lines could not be kept. */
  refuse(): Reply {
    return this.#reply(this.#exports.refuse());
  }

  /** A UTF-16 unit takes at most three bytes of UTF-8, so one reservation is enough for any head. */
  #write(head: string, body?: Uint8Array): number {
    const reserved = head.length * 3 + (body?.length ?? 0);
    const address = this.#exports.reserve(reserved) >>> 0;
    // A failed allocation answers 0; memory that is full does not recover, so this instance ends like one that trapped.
    if (address === 0) throw new WebAssembly.RuntimeError("the module is out of memory");
    const memory = this.#bytes();
    const { written } = encoder.encodeInto(head, memory.subarray(address, address + reserved));
    if (body) memory.set(body, address + written);
    return written + (body?.length ?? 0);
  }

  /** Copies the texts out: the next call makes every view of the module's memory void. */
  #reply(address: number): Reply {
    this.#bytes();
    const at = address >>> 0;
    return {
      status: this.#words.getUint32(at, true),
      headers: parseHeaders(decoder.decode(this.#part(at + 4))),
      body: decoder.decode(this.#part(at + 12)),
      lines: this.#part(at + 20),
      events: this.#words.getUint32(at + 28, true),
    };
  }

  /** What the two words at `at` tell: an address and a size. */
  #part(at: number): Uint8Array {
    const begin = this.#words.getUint32(at, true);
    return this.#view.subarray(begin, begin + this.#words.getUint32(at + 4, true));
  }

  /** Memory that has grown is another buffer, and the view of the old one is empty. */
  #bytes(): Uint8Array {
    const { buffer } = this.#exports.memory;
    if (this.#view.buffer !== buffer) {
      this.#view = new Uint8Array(buffer);
      this.#words = new DataView(buffer);
    }
    return this.#view;
  }
}

/** `name: value` lines, each ended by a line feed. */
function parseHeaders(text: string): [string, string][] {
  const headers: [string, string][] = [];
  for (let at = 0; at < text.length;) {
    const colon = text.indexOf(": ", at);
    const end = text.indexOf("\n", colon);
    headers.push([text.slice(at, colon), text.slice(colon + 2, end)]);
    at = end + 1;
  }
  return headers;
}
