/** What to do when something failed: try again, tell the user, and say whether it helped. */

export { codeOf, getUserMessage, type ErrorCode, type ErrorType } from "./codes.ts";
export { withRetry, type RetryOptions } from "./retry.ts";
export {
  trackError,
  trackRecovery,
  type Impact,
  type Recovery,
  type TrackContext,
  type TrackedError,
} from "./track.ts";
export { describePattern, watchPatterns, type ErrorPattern, type PatternOptions } from "./patterns.ts";
export { buttonTexts } from "./texts.ts";
