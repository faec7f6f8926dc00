/** Mayday for React 18 and 19. Importing this does nothing; on a server its components render and report nothing. */

export { ErrorBoundary, type ErrorBoundaryProps, type Failure } from "./error-boundary.tsx";
export { ErrorPatternAlert, type ErrorPatternAlertProps } from "./error-pattern-alert.tsx";
export { useErrorTracking, type ErrorTracking } from "./use-error-tracking.ts";
export { UserErrorWidget, type UserErrorWidgetProps } from "./user-error-widget.tsx";
export { useSupportTrigger, useSupportWidget } from "./use-support.ts";
