import { Component, type ErrorInfo, type ReactNode } from "react";
import { trackError, type TrackContext, type TrackedError } from "../recovery/index.ts";
import { UserErrorWidget } from "./user-error-widget.tsx";

/** What stands in the place of what could not be rendered. */
export interface Failure extends TrackedError {
  /** Renders the children again. */
  reset(): void;
}

export interface ErrorBoundaryProps extends TrackContext {
  children?: ReactNode;
  /** Default: the sentence for users, and a button that tries again. */
  fallback?: ReactNode | ((failure: Failure) => ReactNode);
  /** Told after the error has been reported. */
  onError?: (tracked: TrackedError, info: ErrorInfo) => void;
}

interface State {
  hasFailed: boolean;
  tracked?: TrackedError | undefined;
  /** What was shown before the children were asked to render again. */
  retried?: TrackedError | undefined;
}

/** Reports what its children throw while they render, and shows `fallback` in their place. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, State> {
  override state: State = { hasFailed: false };

  static getDerivedStateFromError(): Partial<State> {
    return { hasFailed: true };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    const { children: _, fallback: __, onError, ...context } = this.props;
    this.state.retried?.recovery({ ...byReset, successful: false });
    const tracked = trackError(error, { ...context, action: context.action ?? componentIn(info) });
    this.setState({ tracked, retried: undefined });
    onError?.(tracked, info);
  }

  override componentDidUpdate(): void {
    const { hasFailed, retried } = this.state;
    if (hasFailed || !retried) return;
    retried.recovery({ ...byReset, successful: true });
    this.setState({ retried: undefined });
  }

  override render(): ReactNode {
    const { hasFailed, tracked } = this.state;
    if (!hasFailed) return this.props.children;
    // React tells what was thrown once this is in the page, and renders again before it is painted.
    if (!tracked) return null;
    const { fallback } = this.props;
    const reset = (): void => this.setState({ hasFailed: false, tracked: undefined, retried: tracked });
    if (typeof fallback === "function") return fallback({ ...tracked, reset });
    return fallback ?? <UserErrorWidget error={tracked} onRetry={reset} />;
  }
}

const byReset = { method: "reset", userAction: "try again" };

/** The innermost component, as React's stack names it. */
function componentIn({ componentStack }: ErrorInfo): string {
  return /^\s*(?:at )?([\w$.]+)/.exec(componentStack?.trimStart() ?? "")?.[1] ?? "ErrorBoundary";
}
