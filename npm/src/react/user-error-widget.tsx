import type { ReactNode } from "react";
import { buttonTexts, type TrackedError } from "../recovery/index.ts";

export interface UserErrorWidgetProps {
  /** What `trackError` gave; nothing is shown where there is none. */
  error: TrackedError | null | undefined;
  /** Each button is there where there is something to do. */
  onRetry?: () => void;
  onHelp?: () => void;
  onDismiss?: () => void;
}

/** Tells the user what went wrong and what they can do. Unstyled: `.mayday-error`, and `data-type` for the kind of error. */
export function UserErrorWidget({ error, onRetry, onHelp, onDismiss }: UserErrorWidgetProps): ReactNode {
  if (!error) return null;
  const { retry, help, dismiss } = buttonTexts();
  const button = (text: string, onClick?: () => void): ReactNode =>
    onClick && (
      <button type="button" onClick={() => onClick()}>
        {text}
      </button>
    );
  return (
    <div role="alert" className="mayday-error" data-type={error.type}>
      <p>{error.userMessage}</p>
      {button(retry, onRetry)}
      {button(help, onHelp)}
      {button(dismiss, onDismiss)}
    </div>
  );
}
