import type { Capture, Kind, Request as PageRequest, State } from "./state.ts";

type Page = typeof globalThis;

/**
 * Equal for equal errors. Reading `stack` makes the engine format it, which is most of what an error costs; so a line is read
 * only for the first few with the same text, which is where two different errors would show.
 */
export function signatureOf(kind: Kind, error: unknown): string {
  try {
    const { name, message } = error as Error;
    const text = `${kind}|${name}|${message ?? String(error)}`;
    const known = places.get(text) ?? { times: 0, place: "" };
    if (known.times++ < 8) {
      if (places.size > 99) places.clear();
      places.set(text, known);
      known.place = /^\s+at .*|^.*@.*:\d+:\d+$/m.exec((error as Error).stack ?? "")?.[0] ?? "";
    }
    return text + known.place;
  } catch {
    return kind;
  }
}
const places = new Map<string, { times: number; place: string }>();

/** False where the same error came another way before: it is reported once, however often it is thrown on. */
export function isNew({ seen }: State, kind: Kind, error: unknown): boolean {
  if (!(error instanceof Object)) return true;
  const first = seen.get(error) ?? kind;
  seen.set(error, first);
  return first === kind;
}

/** Hooks the page, and returns what gives all of it back. A hook never throws, and never swallows what it sees. */
export function installHooks(page: Page, capture: Capture, state: State): () => void {
  const undo: (() => void)[] = [];
  let active = true;

  const report: Capture = (kind, signature, detail) => active && capture(kind, signature, detail);

  const listen = (type: string, handler: (event: any) => void): void => {
    const guarded = (event: Event): void => {
      try {
        handler(event);
      } catch {
        // A page can put anything into an event.
      }
    };
    page.addEventListener(type, guarded, true);
    undo.push(() => page.removeEventListener(type, guarded, true));
  };

  // A proxy keeps what a wrapper loses: prototype, constants, name, length, `instanceof` and subclassing.
  const wrap = (owner: any, name: string, traps: ProxyHandler<any>): void => {
    const native = owner?.[name];
    if (!native) return;
    const ours = (owner[name] = new Proxy(native, traps));
    undo.push(() => owner[name] === ours && (owner[name] = native));
  };

  listen("error", (event: ErrorEvent) => {
    const { message, target: element } = event as any;
    // Only an ErrorEvent has a message; a failed resource tells by its element alone.
    if (message !== undefined) {
      // Without `stack`: the place is in the event already.
      if (isNew(state, "error", event.error))
        report("error", `${message}|${event.filename}:${event.lineno}:${event.colno}`, event);
    } else if (/^(img|script|link)$/i.test(element.tagName)) {
      const url = element.currentSrc || element.src || element.href;
      if (url) report("resource", `resource|${url}`, { tag: element.tagName.toLowerCase(), url });
    }
  });
  listen("unhandledrejection", ({ reason }: PromiseRejectionEvent) => {
    if (isNew(state, "rejection", reason)) report("rejection", signatureOf("rejection", reason), reason);
  });

  listen("securitypolicyviolation", (event: SecurityPolicyViolationEvent) => {
    // Our own try, or one that throws a CompileError at the page too.
    if (event.blockedURI !== "wasm-eval") report("csp", `csp|${event.effectiveDirective}|${event.blockedURI}`, event);
  });

  /** A request ended, well or not. */
  const ended = (request: PageRequest): void => {
    const { method, status, error } = request;
    const url = request.url.split(/[?#]/)[0];
    if (error || status! >= 400) report("request", [method, url, status ?? error].join("|"), request);
    else state.remember({ category: request.component, message: `${method} ${url} ${status}` });
  };

  wrap(page, "fetch", {
    apply(native, self, args: Parameters<typeof fetch>) {
      const started = performance.now();
      const describe = (): PageRequest => {
        const [input, init] = args;
        const request = input instanceof Request ? input : undefined;
        return {
          component: "fetch",
          method: (init?.method ?? request?.method ?? "GET").toUpperCase(),
          url: request?.url ?? String(input),
          durationMs: performance.now() - started,
        };
      };
      const answer = Reflect.apply(native, self, args) as Promise<Response>;
      return answer.then(
        (response) => {
          try {
            // An opaque answer of another origin says nothing, not even that it failed.
            if (response.status)
              ended({
                ...describe(),
                status: response.status,
                requestId: response.headers.get("x-request-id"),
                traceId: response.headers.get("x-trace-id"),
              });
          } catch {
            // The answer is the page's, whatever we make of it.
          }
          return response;
        },
        (error) => {
          try {
            const signal = args[1]?.signal ?? (args[0] as Request)?.signal;
            const timeout = error?.name === "TimeoutError";
            // Who aborts a request of theirs has had no error; a time limit that ran out is one.
            const cancelled = error?.name === "AbortError" || (signal?.aborted && !timeout);
            isNew(state, "request", error);
            if (!cancelled) ended({ ...describe(), error: timeout ? "TimeoutError" : "NetworkError" });
          } catch {
            // As above.
          }
          throw error;
        },
      );
    },
  });

  const requests = new WeakMap<object, [method: string, url: string, started: number]>();
  const xhr = page.XMLHttpRequest?.prototype;
  wrap(xhr, "open", {
    apply(native, self, args) {
      requests.set(self, [String(args[0]).toUpperCase(), String(args[1]), 0]);
      return Reflect.apply(native, self, args);
    },
  });
  wrap(xhr, "send", {
    apply(native, self: XMLHttpRequest, args) {
      const request = requests.get(self);
      if (request) {
        request[2] = performance.now();
        for (const type of ["load", "error", "timeout"])
          self.addEventListener(
            type,
            () => {
              const [method, url, started] = request;
              ended({
                component: "XMLHttpRequest",
                method,
                url,
                durationMs: performance.now() - started,
                status: self.status || undefined,
                error: type === "load" ? undefined : type === "error" ? "NetworkError" : "TimeoutError",
              });
            },
            { once: true },
          );
      }
      return Reflect.apply(native, self, args);
    },
  });

  for (const [name, type] of [
    ["EventSource", "error"],
    ["WebSocket", "close"],
  ] as const)
    wrap(page, name, {
      construct(native, args, target) {
        const stream: EventSource | WebSocket = Reflect.construct(native, args, target);
        let opened = false;
        stream.addEventListener("open", () => (opened = true));
        stream.addEventListener(type, (event) => {
          const { code, wasClean } = event as CloseEvent;
          // An EventSource that is not closed comes back by itself; a socket that was open, most pages bring back.
          const isLost = code ? !opened : stream.readyState === 2;
          if (!wasClean)
            report("stream", [name, stream.url, isLost].join("|"), { component: name, url: stream.url, isLost, code });
        });
        return stream;
      },
    });

  return () => {
    active = false;
    for (const back of undo) back();
  };
}
