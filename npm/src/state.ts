import type { Breadcrumb, Context, Options } from "./types.ts";

/** What a hook saw; some are called as the event's component is. `client.ts` knows what each carries as its detail. */
export type Kind =
  | "window.onerror"
  | "unhandledrejection"
  | "securitypolicyviolation"
  | "console.error"
  | "resource"
  | "request"
  | "stream"
  | "exception"
  | "event";

/** Takes what was captured. `signature` is equal for equal things: most of a storm is told by it alone. */
export type Capture = (kind: Kind, signature: string, detail: unknown) => void;

/** Captured before the module was there. */
export interface Early {
  kind: Kind;
  detail: unknown;
  at: number;
  count: number;
}

/** A request of the page's own that ended. `error` is missing where there was an answer. */
export interface Request {
  component: "fetch" | "XMLHttpRequest";
  method: string;
  url: string;
  durationMs: number;
  status?: number;
  error?: "NetworkError" | "TimeoutError";
  requestId?: string | null;
  traceId?: string | null;
}

/** How the page is watched; `leave` gives all of it back. */
export interface Ways {
  listen(type: string, handler: (event: any) => void): void;
  wrap(owner: any, name: string, traps: ProxyHandler<any>): void;
  leave(): void;
}

/** What the two halves of the package share. */
export interface State {
  openPage(): Ways;
  options?: Options;
  /** The page's own, from before our hook. */
  fetch?: typeof globalThis.fetch;
  user?: string;
  /** `setContext`. */
  context?: Context;
  crumbs: Breadcrumb[];
  /** There once the module is. */
  client?: Client | undefined;
  /** Until then, by signature, in order of capture. */
  early: Map<string, Early>;
  /** Captured when `early` was full. */
  lost: number;
  /** False once the page has been given back. */
  isHooked?: boolean;
  /** False where the same error came another way before. */
  isNew(kind: Kind, error: unknown): boolean;
  /** `addBreadcrumb`. */
  remember: (crumb: Breadcrumb) => void;
}

/** The half that comes after the first paint. */
export interface Client {
  capture: Capture;
  flush(): Promise<boolean>;
  close(): void;
}
