import { signedFetch } from "./session.js";
import type { LogEvent } from "./types.js";

export type LiveState = "connecting" | "connected" | "reconnecting" | "paused";

interface LiveHandlers {
  onEvents(events: LogEvent[]): void;
  /** What was missed can't be known: the list must be fetched anew. */
  onReset(): void;
  onState(state: LiveState): void;
}

const reconnectMs = 3_000;

/** Listens to the origin's event stream. Events of one moment come together, so that a storm costs one drawing. */
export class Live {
  #handlers: LiveHandlers;
  #source: EventSource | undefined;
  #waiting: LogEvent[] = [];
  #wasConnected = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(handlers: LiveHandlers) {
    this.#handlers = handlers;
  }

  start(): void {
    this.#handlers.onState(this.#wasConnected ? "reconnecting" : "connecting");
    const source = new EventSource("/events/live");
    this.#source = source;
    source.addEventListener("open", () => {
      if (this.#wasConnected) this.#handlers.onReset();
      this.#wasConnected = true;
      this.#handlers.onState("connected");
    });
    source.addEventListener("message", (message: MessageEvent<string>) => this.#take(message.data));
    source.addEventListener("reset", () => this.#handlers.onReset());
    source.addEventListener("error", () => {
      this.#handlers.onState("reconnecting");
      // The browser tries again by itself unless the answer was no event stream.
      if (source.readyState === EventSource.CLOSED) this.#timer = setTimeout(() => void this.#restart(), reconnectMs);
    });
  }

  pause(): void {
    this.#source?.close();
    clearTimeout(this.#timer);
    this.#handlers.onState("paused");
  }

  /** An event stream does not tell why it was refused; a question does, and renews the sign-in on the way. */
  async #restart(): Promise<void> {
    await signedFetch("/auth/me").catch(() => undefined);
    this.start();
  }

  #take(text: string): void {
    try {
      this.#waiting.push(JSON.parse(text) as LogEvent);
    } catch {
      return;
    }
    if (this.#waiting.length === 1) {
      setTimeout(() => this.#handlers.onEvents(this.#waiting.splice(0)), 100);
    }
  }
}
