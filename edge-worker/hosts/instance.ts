/** The edge's two modules (`reactor.h`, `on_demand.cpp`) as objects: text and bytes in, a reply out. Knows memory layout, decides nothing. */

/** What a host has compiled, or compiles when it is first asked for. */
export interface Modules {
  edge: WebAssembly.Module;
  /** For what few requests need: bodies that are gzip or OTLP, signatures, Diagnostic Mode, figures. */
  onDemand: () => WebAssembly.Module;
}

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
}

interface EdgeExports extends Exports {
  configure(bytes: number): number;
  handle(bytes: number): number;
  refuse(): number;
  body_bytes_read_max(): number;
}

interface OnDemandExports extends Exports {
  prepare(bytes: number): number;
}

/** What is wrong with a configuration, in one line for a person. */
export class ConfigurationError extends Error {}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const nothing = new Uint8Array();

/** An instance's memory, and what passes through it. */
class Door<Names extends Exports> {
  readonly exports: Names;
  #view = nothing;
  #words = new DataView(nothing.buffer);

  constructor(module: WebAssembly.Module) {
    this.exports = new WebAssembly.Instance(module, {}).exports as unknown as Names;
    this.exports._initialize?.();
  }

  /** A UTF-16 unit takes at most three bytes of UTF-8, so one reservation is enough for any head. */
  write(head: string, body?: Uint8Array): number {
    const reserved = head.length * 3 + (body?.length ?? 0);
    const address = this.exports.reserve(reserved) >>> 0;
    // A failed allocation answers 0; memory that is full does not recover, so this instance ends like one that trapped.
    if (address === 0) throw new WebAssembly.RuntimeError("the module is out of memory");
    const memory = this.#bytes();
    const { written } = encoder.encodeInto(head, memory.subarray(address, address + reserved));
    if (body) memory.set(body, address + written);
    return written + (body?.length ?? 0);
  }

  /** The 32-bit word at an index of a reply. */
  word(reply: number, index: number): number {
    this.#bytes();
    return this.#words.getUint32((reply >>> 0) + 4 * index, true);
  }

  /** What a word and the next of a reply tell: an address and a size. Void with the next call. */
  part(reply: number, index: number): Uint8Array {
    const begin = this.word(reply, index);
    return this.#view.subarray(begin, begin + this.word(reply, index + 1));
  }

  /** Memory that has grown is another buffer, and the view of the old one is empty. */
  #bytes(): Uint8Array {
    const { buffer } = this.exports.memory;
    if (this.#view.buffer !== buffer) {
      this.#view = new Uint8Array(buffer);
      this.#words = new DataView(buffer);
    }
    return this.#view;
  }
}

export class Instance {
  /** Where a host stops reading a body: one byte past the largest that is accepted. */
  readonly bodyBytesReadMax: number;
  readonly #door: Door<EdgeExports>;

  /** Throws `ConfigurationError` where the module refuses its configuration. */
  constructor(module: WebAssembly.Module, configuration: string) {
    this.#door = new Door(module);
    const { exports } = this.#door;
    this.bodyBytesReadMax = exports.body_bytes_read_max();
    const reply = this.#reply(exports.configure(this.#door.write(configuration)));
    if (reply.status !== 200) throw new ConfigurationError(reply.body.trim());
  }

  /**
   * Answers one request. Status 0 is no answer: the request is for `OnDemand` first, with the reply's body as its errand.
   * Throws where the module traps; the instance is then of no more use.
   */
  handle(head: string, body: Uint8Array): Reply {
    return this.#reply(this.#door.exports.handle(this.#door.write(head, body)));
  }

  /** Instead of the last reply, whose lines could not be kept. */
  refuse(): Reply {
    return this.#reply(this.#door.exports.refuse());
  }

  /** Copies the texts out: the next call makes every view of the module's memory void. */
  #reply(address: number): Reply {
    return {
      status: this.#door.word(address, 0),
      headers: parseHeaders(decoder.decode(this.#door.part(address, 1))),
      body: decoder.decode(this.#door.part(address, 3)),
      lines: this.#door.part(address, 5),
      events: this.#door.word(address, 7),
    };
  }
}

/** What an errand came to. */
export interface Prepared {
  /** Lines for the head of the request that is asked again with `text` as its body. */
  facts: string;
  /** In the module's own memory: void with the next call. */
  text: Uint8Array;
}

export class OnDemand {
  readonly #door: Door<OnDemandExports>;

  constructor(module: WebAssembly.Module) {
    this.#door = new Door(module);
  }

  /** Throws where the module traps; the instance is then of no more use. */
  prepare(errand: string, body: Uint8Array): Prepared {
    const reply = this.#door.exports.prepare(this.#door.write(errand, body));
    return { facts: decoder.decode(this.#door.part(reply, 0)), text: this.#door.part(reply, 2) };
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
