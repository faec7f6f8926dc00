import type { Capture, Kind, Request as PageRequest, State, Ways } from "./state.ts";

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
export function isNew(kind: Kind, error: unknown): boolean {
  if (!(error instanceof Object)) return true;
  const first = seen.get(error) ?? kind;
  seen.set(error, first);
  return first === kind;
}
/** Reported already, and as what: a failed fetch that nobody catches must not come again as a rejection. */
const seen = new WeakMap<object, Kind>();

/** Ways into the page, and the way out of all of them. What looks is guarded: a page can put anything anywhere. */
export function openPage(): Ways {
  const undo: (() => void)[] = [];
  return {
    listen(type, handler) {
      const guarded = (event: Event): void => {
        try {
          handler(event);
        } catch {
          // Not the page's trouble.
        }
      };
      addEventListener(type, guarded, true);
      undo.push(() => removeEventListener(type, guarded, true));
    },
    // A proxy keeps what a wrapper loses: prototype, constants, name, length, `instanceof` and subclassing.
    wrap(owner, name, traps) {
      const native = owner?.[name];
      if (!native) return;
      const ours = (owner[name] = new Proxy(native, traps));
      undo.push(() => owner[name] === ours && (owner[name] = native));
    },
    leave() {
      for (const back of undo) back();
    },
  };
}

/** Hooks the page. A hook never throws, and never swallows what it sees. */
export function installHooks(page: Page, capture: Capture, state: State): () => void {
  const ways = openPage();
  const report: Capture = (kind, signature, detail) => state.isHooked && capture(kind, signature, detail);
  /** A request ended, well or not. */
  const ended = (request: PageRequest): void => {
    const { method, status, error } = request;
    const url = request.url.split(/[?#]/)[0];
    if (error || status! >= 400) report("request", [method, url, status ?? error].join("|"), request);
    else state.remember({ category: request.component, message: `${method} ${url} ${status}` });
  };
  hookEvents(ways, report);
  ways.wrap(page, "fetch", { apply: (...call) => watchedFetch(ended, ...call) });
  hookXhr(ways, page, ended);
  hookStreams(ways, page, report);
  return ways.leave;
}

function hookEvents({ listen }: Ways, report: Capture): void {
  listen("error", (event: ErrorEvent) => {
    const { message, target: element } = event as any;
    // Only an ErrorEvent has a message; a failed resource tells by its element alone.
    if (message !== undefined) {
      // Without `stack`: the place is in the event already.
      if (isNew("window.onerror", event.error))
        report("window.onerror", `${message}|${event.filename}:${event.lineno}:${event.colno}`, event);
    } else if (/^(img|script|link)$/i.test(element.tagName)) {
      const url = element.currentSrc || element.src || element.href;
      if (url) report("resource", `resource|${url}`, { tag: element.tagName.toLowerCase(), url });
    }
  });
  listen("unhandledrejection", ({ reason }: PromiseRejectionEvent) => {
    if (isNew("unhandledrejection", reason))
      report("unhandledrejection", signatureOf("unhandledrejection", reason), reason);
  });
  listen("securitypolicyviolation", (event: SecurityPolicyViolationEvent) => {
    // Our own try, or one that throws a CompileError at the page too.
    if (event.blockedURI !== "wasm-eval")
      report("securitypolicyviolation", `csp|${event.effectiveDirective}|${event.blockedURI}`, event);
  });
}

type Ended = (request: PageRequest) => void;

function watchedFetch(ended: Ended, native: any, self: unknown, args: any[]): Promise<Response> {
  const started = performance.now();
  const [input, init] = args as Parameters<typeof fetch>;
  const tell = (look: () => Partial<PageRequest> | undefined): void => {
    try {
      const outcome = look();
      const request = input instanceof Request ? input : undefined;
      if (outcome)
        ended({
          component: "fetch",
          method: (init?.method ?? request?.method ?? "GET").toUpperCase(),
          url: request?.url ?? String(input),
          durationMs: performance.now() - started,
          ...outcome,
        });
    } catch {
      // What came of it is the page's, whatever we make of it.
    }
  };
  return (Reflect.apply(native, self, args) as Promise<Response>).then(
    (response) => {
      tell(() => {
        const { status, headers } = response;
        // An opaque answer of another origin says nothing, not even that it failed.
        if (!status) return undefined;
        return { status, requestId: headers.get("x-request-id"), traceId: headers.get("x-trace-id") };
      });
      return response;
    },
    (error) => {
      tell(() => {
        const isTimeout = error?.name === "TimeoutError";
        isNew("request", error);
        // Who aborts a request of theirs has had no error; a time limit that ran out is one.
        const isCancelled = error?.name === "AbortError" || (init?.signal ?? (input as Request)?.signal)?.aborted;
        if (isCancelled && !isTimeout) return undefined;
        return { error: isTimeout ? "TimeoutError" : "NetworkError" };
      });
      throw error;
    },
  );
}

function hookXhr({ wrap }: Ways, page: Page, ended: Ended): void {
  const requests = new WeakMap<object, [method: string, url: string]>();
  const xhr = page.XMLHttpRequest?.prototype;
  wrap(xhr, "open", {
    apply(native, self, args) {
      requests.set(self, [String(args[0]).toUpperCase(), String(args[1])]);
      return Reflect.apply(native, self, args);
    },
  });
  wrap(xhr, "send", {
    apply(native, self: XMLHttpRequest, args) {
      const [method, url] = requests.get(self) ?? [];
      const started = performance.now();
      for (const type of method ? ["load", "error", "timeout"] : [])
        self.addEventListener(
          type,
          () =>
            ended({
              component: "XMLHttpRequest",
              method: method!,
              url: url!,
              durationMs: performance.now() - started,
              status: self.status || undefined,
              error: type === "load" ? undefined : type === "error" ? "NetworkError" : "TimeoutError",
            }),
          { once: true },
        );
      return Reflect.apply(native, self, args);
    },
  });
}

function hookStreams({ wrap }: Ways, page: Page, report: Capture): void {
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
}
