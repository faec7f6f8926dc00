import { captureException, logEvent } from "../index.ts";
import { codeOf, getUserMessage, typeOf, type ErrorCode, type ErrorType } from "./codes.ts";

/** What an error did to the person it happened to. */
export interface Impact {
  severity?: "low" | "medium" | "high" | "critical";
  userBlocked?: boolean;
  workflowFailed?: boolean;
  dataLoss?: boolean;
}

/** What the person was doing. */
export interface TrackContext extends Impact {
  /** For example `checkout_pay`. */
  action?: string;
  page?: string;
  workflowId?: string;
  agentId?: string;
  /** Where the error itself does not tell. */
  code?: ErrorCode;
}

export interface Recovery {
  /** How: `retry`, `reload`, `fallback`, ... */
  method: string;
  successful: boolean;
  /** What the user did for it, where they did something. */
  userAction?: string;
}

export interface TrackedError {
  error: unknown;
  code: ErrorCode;
  type: ErrorType;
  /** For the user, in the page's language. */
  userMessage: string;
  /** Says what was tried against it, and whether it helped. */
  recovery(recovery: Recovery): void;
}

/** Reports an error with what it did to its user. What was cancelled is described and not reported. */
export function trackError(error: unknown, context: TrackContext = {}): TrackedError {
  const code = context.code ?? codeOf(error);
  const tags = tagsOf(code, context);
  if (code !== "CANCELLED") captureException(error, { component: context.action ?? "trackError", tags });
  return {
    error,
    code,
    type: typeOf(code),
    userMessage: getUserMessage(code),
    recovery: (recovery) => trackRecovery(code, recovery, context),
  };
}

/** In production the edge keeps no `info`: a recovery that is to be known of is a `warn`. */
export function trackRecovery(code: ErrorCode, recovery: Recovery, context: TrackContext = {}): void {
  if (code === "CANCELLED") return;
  const { method, successful, userAction } = recovery;
  const what = context.action ?? "An action";
  logEvent({
    message: `${what} ${successful ? "recovered from" : "did not recover from"} ${code} by ${method}`,
    level: "warn",
    component: context.action ?? "trackRecovery",
    tags: {
      ...tagsOf(code, context),
      "recovery.attempted": "true",
      "recovery.successful": String(successful),
      "recovery.method": method,
      ...(userAction === undefined ? {} : { "recovery.user_action": userAction }),
    },
  });
}

function tagsOf(code: ErrorCode, context: TrackContext): Record<string, string> {
  const { action, page, severity, userBlocked, workflowFailed, dataLoss, workflowId, agentId } = context;
  const named = {
    "error.code": code,
    "error.type": typeOf(code),
    action,
    page,
    "impact.severity": severity,
    "impact.user_blocked": userBlocked,
    "impact.workflow_failed": workflowFailed,
    "impact.data_loss": dataLoss,
    workflow_id: workflowId,
    agent_id: agentId,
  };
  const known = Object.entries(named).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known.map(([key, value]) => [key, String(value)]));
}
