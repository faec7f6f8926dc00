/** Mayday for Vue 3. Importing this does nothing; on a server its components render and report nothing. */

export { ErrorBoundary, ErrorPatternAlert, UserErrorWidget } from "./components.ts";
export { mayday } from "./plugin.ts";
export { useErrorTracking, type ErrorTracking } from "./use-error-tracking.ts";
export { useSupportTrigger, useSupportWidget, type SupportRefs } from "./use-support.ts";
